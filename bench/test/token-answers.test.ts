import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureKeys, type LoopbackServer, startLoopbackServer } from '@mintmark/testkit'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { checkRefusalAnswers, checkTokenAnswers } from '../load/token-answers.ts'
import type { ServerReady } from '../servers/server-ready.ts'

const { d: _, ...publicKey } = fixtureKeys.ES256
const foreverSeconds = 4_000_000_000
const good = { iss: 'https://issuer.example', aud: 'https://api.example', exp: foreverSeconds }

async function answer(claims: JWTPayload, typ = 'at+jwt'): Promise<string> {
  const key = await importJWK(fixtureKeys.ES256, 'ES256')
  const header = { alg: 'ES256', typ, kid: 'fixture-es256' }
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(key)
  return JSON.stringify({ access_token: token, token_type: 'Bearer' })
}

describe('checkTokenAnswers', () => {
  let server: LoopbackServer
  let ready: ServerReady

  before(async () => {
    const jwkSet = JSON.stringify({ keys: [publicKey] })
    server = await startLoopbackServer((_request, response) => {
      response.writeHead(200, { 'content-length': jwkSet.length }).end(jwkSet)
    })
    const port = Number(new URL(server.origin).port)
    ready = { port, issuer: good.iss, tokenPath: '/token', jwksPath: '/jwks' }
  })
  after(() => server.close())

  it('accepts tokens that verify and differ in their jti', async () => {
    const bodies = [await answer({ ...good, jti: 'one' }), await answer({ ...good, jti: 'two' })]
    await checkTokenAnswers(bodies, ready)
  })

  for (const [name, claims, typ] of [
    ['of another issuer', { ...good, iss: 'https://other.example', jti: 'one' }, undefined],
    ['for another audience', { ...good, aud: 'https://other.example', jti: 'one' }, undefined],
    ['that has expired', { ...good, exp: 1, jti: 'one' }, undefined],
    ['without a jti', good, undefined],
    ['of another type', { ...good, jti: 'one' }, 'JWT'],
  ] as const) {
    it(`refuses a token ${name}`, async () => {
      await assert.rejects(checkTokenAnswers([await answer(claims, typ)], ready))
    })
  }

  it('refuses a token with a changed signature', async () => {
    const body = await answer({ ...good, jti: 'one' })
    const changed = body.replace(/\.(.)([^.]*)"/, (_all, first, rest) => {
      return `.${first === 'A' ? 'B' : 'A'}${rest}"`
    })
    await assert.rejects(checkTokenAnswers([changed], ready))
  })

  it('refuses two tokens with the same jti', async () => {
    const body = await answer({ ...good, jti: 'one' })
    await assert.rejects(checkTokenAnswers([body, body], ready), /same jti/)
  })

  it('refuses a body that is no token response', async () => {
    await assert.rejects(checkTokenAnswers(['{"error":"invalid_client"}'], ready))
  })
})

describe('checkRefusalAnswers', () => {
  it('accepts invalid_client and nothing else', async () => {
    await checkRefusalAnswers(['{"error":"invalid_client"}'])
    await assert.rejects(checkRefusalAnswers(['{"error":"invalid_request"}']))
  })
})
