/**
 * What other verifiers do while an issuer's key set cannot be had, as measured with the versions that are installed:
 * the reason why the guard keeps its own keys. `guard-key-sets.test.ts` shows the guard in the same outages.
 */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { publicJwkOf } from '@mintmark/jwt'
import { fixtureKeys, some, startLoopbackServer, the } from '@mintmark/testkit'
import express from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
import { createRemoteJWKSet, customFetch, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'

const key = fixtureKeys.RS256
const goodSet = JSON.stringify({ keys: [publicJwkOf(key)] })

/** A token that is good now and by the real clock. */
async function goodToken(iss: string, typ: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return await new SignJWT({ ...some.claims({ iss, iat: now, exp: now + 600 }) })
    .setProtectedHeader({ alg: 'RS256', typ, kid: key.kid ?? '' })
    .sign(await importJWK({ ...key } as JWK, 'RS256'))
}

/** A key set whose answers can be changed, and how often it was asked for. */
function keySetOf(answer: () => Response) {
  let requests = 0
  return {
    requests: () => requests,
    fetch: async () => {
      requests += 1
      return answer()
    },
  }
}

for (const [title, broken] of [
  ['is down', () => new Response('', { status: 503 })],
  ['has an empty set', () => new Response('{"keys":[]}')],
] as const) {
  test(`jose, with old keys of an issuer that ${title}: twenty tokens, twenty requests, twenty failures`, async () => {
    let answer = () => new Response(goodSet)
    const { requests, fetch } = keySetOf(() => answer())
    const keys = createRemoteJWKSet(new URL(the.jwksUri), { cacheMaxAge: 0, [customFetch]: fetch })
    const token = await goodToken(the.issuer, 'at+jwt')
    await jwtVerify(token, keys)
    assert.equal(requests(), 1)
    answer = broken
    for (let at = 0; at < 20; at += 1) await assert.rejects(jwtVerify(token, keys))
    assert.equal(requests(), 21)
  })
}

async function brokenIssuer(
  context: TestContext,
): Promise<{ origin: string; requests: () => number }> {
  let requests = 0
  const server = await startLoopbackServer((_request, response) => {
    requests += 1
    response.writeHead(503).end()
  })
  context.after(() => server.close())
  return { origin: server.origin, requests: () => requests }
}

test('express-oauth2-jwt-bearer, with an issuer that is down: 401, and two requests each', async (context) => {
  const issuer = await brokenIssuer(context)
  const app = express()
  app.use(auth({ issuerBaseURL: issuer.origin, audience: the.audience, tokenSigningAlg: 'RS256' }))
  app.use(((error, _request, response, _next) => {
    response.status(error.status ?? 500).end()
  }) as express.ErrorRequestHandler)
  const api = await startLoopbackServer(app as RequestListener)
  context.after(() => api.close())
  const authorization = `Bearer ${await goodToken(issuer.origin, 'at+jwt')}`
  for (let at = 0; at < 5; at += 1) {
    const response = await fetch(api.origin, { headers: { authorization } })
    assert.equal(response.status, 401)
  }
  assert.equal(issuer.requests(), 10)
})

test('hono/jwk: a request for the key set with every request, and no RFC 9068 token gets through', async (context) => {
  let requests = 0
  const server = await startLoopbackServer((_request, response) => {
    requests += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(goodSet)
  })
  context.after(() => server.close())
  const app = new Hono()
  app.use(jwk({ jwks_uri: `${server.origin}/keys`, alg: ['RS256'] }))
  app.get('/', (hono) => hono.text('admitted'))
  const statusFor = async (typ: string) => {
    const authorization = `Bearer ${await goodToken(server.origin, typ)}`
    return (await app.request('/', { headers: { authorization } })).status
  }
  for (let at = 0; at < 10; at += 1) assert.equal(await statusFor('JWT'), 200)
  assert.equal(requests, 10)
  assert.equal(await statusFor('at+jwt'), 401)
})
