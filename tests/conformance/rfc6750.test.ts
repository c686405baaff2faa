/** RFC 6750, bearer tokens at a protected resource, over HTTP: signed by `jose`, challenges read by `oauth4webapi`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { systemClock, systemTransport } from '@mintmark/runtime'
import { fixtureKeys } from '@mintmark/testkit'
import { importJWK, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'

const issuer = 'https://issuer.example'
const audience = 'https://api.example'
const { d: _, ...publicJwk } = fixtureKeys.ES256

async function token(overrides: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const now = Math.floor(systemClock.wallMs() / 1000)
  const claims = {
    ...{ iss: issuer, aud: audience, sub: 'partner-a', client_id: 'partner-a', jti: 'x' },
    ...{ iat: now, exp: now + 300, scope: 'decisions:read', ...overrides },
  }
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: fixtureKeys.ES256.kid ?? '' })
    .sign(await importJWK({ ...fixtureKeys.ES256 }, 'ES256'))
}

describe('RFC 6750', () => {
  let server: Server
  let origin: string

  before(async () => {
    const keys = JSON.stringify({ keys: [publicJwk] })
    const headers = { 'content-type': 'application/json' }
    const guard = createGuard({
      ...{ issuer, audience, jwksUri: `${issuer}/jwks` },
      transport: async () => new Response(keys, { headers }),
    })
    server = createServer(
      protect({ guard, scope: 'decisions:read' })((_request, response) => void response.end('ok')),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const call = (authorization?: string, path = '/', init: RequestInit = {}) =>
    systemTransport(origin + path, {
      ...init,
      headers: { ...init.headers, ...(authorization !== undefined && { authorization }) },
    })

  /** The only challenge of a refusal, as another library reads it. */
  async function challengeOf(response: Response) {
    const text = response.headers.get('www-authenticate') ?? ''
    const challenged = new Response(null, {
      status: response.status,
      headers: { 'www-authenticate': text },
    })
    const resource = new URL('https://api.example/')
    const failure = await oauth
      .protectedResourceRequest('x', 'GET', resource, undefined, undefined, {
        [oauth.customFetch]: async () => challenged,
      })
      .catch((error: unknown) => error)
    assert.ok(failure instanceof oauth.WWWAuthenticateChallengeError)
    assert.equal(failure.cause.length, 1)
    const [challenge] = failure.cause
    assert.equal(challenge?.scheme, 'bearer')
    return challenge?.parameters ?? {}
  }

  it('2.1: takes a token in the Authorization header, whatever the case of the scheme [R4]', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      assert.equal((await call(`${scheme} ${await token()}`)).status, 200)
    }
  })

  it('2.2, 2.3: reads no token from the body or the query [R4]', async () => {
    const good = await token()
    assert.equal((await call(undefined, `/?access_token=${good}`)).status, 401)
    const body = new URLSearchParams({ access_token: good })
    assert.equal((await call(undefined, '/', { method: 'POST', body })).status, 401)
  })

  it('2: refuses a token that is sent in more than one way, with 400 [R4]', async () => {
    const good = await token()
    const response = await call(`Bearer ${good}`, `/?access_token=${good}`)
    assert.equal(response.status, 400)
    assert.equal((await challengeOf(response)).error, 'invalid_request')
  })

  it('3: answers a request without credentials with a challenge and no error information [R4]', async () => {
    for (const authorization of [undefined, 'Basic eDp5']) {
      const response = await call(authorization)
      assert.equal(response.status, 401)
      assert.deepEqual({ ...(await challengeOf(response)) }, { realm: 'api' })
      assert.equal(await response.text(), '')
    }
  })

  const wrong: readonly [string, Readonly<Record<string, unknown>>, string][] = [
    ['expired', { exp: 1 }, 'expired'],
    ['of another audience', { aud: 'https://x.example' }, 'wrong_audience'],
    ['of another issuer', { iss: 'https://x.example' }, 'wrong_issuer'],
    ['not valid yet', { nbf: 9_999_999_999 }, 'not_yet_valid'],
    ['without a claim that RFC 9068 requires', { client_id: undefined }, 'missing_claim'],
  ]
  for (const [title, overrides, reason] of wrong) {
    it(`3.1: answers a token that is ${title} with 401 invalid_token and a reason [R4]`, async () => {
      const response = await call(`Bearer ${await token(overrides)}`)
      assert.equal(response.status, 401)
      const { error, error_description, ...others } = await challengeOf(response)
      assert.equal(error, 'invalid_token')
      assert.equal(others.reason, reason)
      // Section 3: %x20-21 / %x23-5B / %x5D-7E.
      assert.match(error_description ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    })
  }

  it('3.1: answers a good token without the scope with 403 insufficient_scope and the scope [R4]', async () => {
    const response = await call(`Bearer ${await token({ scope: 'applications:write' })}`)
    assert.equal(response.status, 403)
    const { error, scope } = await challengeOf(response)
    assert.deepEqual([error, scope], ['insufficient_scope', 'decisions:read'])
  })

  it('3.1: answers a malformed request with 400 invalid_request [R4]', async () => {
    const response = await call('Bearer')
    assert.equal(response.status, 400)
    assert.equal((await challengeOf(response)).error, 'invalid_request')
  })

  it('5.3: answers with refusals that no cache keeps [R4]', async () => {
    for (const authorization of [
      undefined,
      'Bearer x',
      `Bearer ${await token({ scope: 'other' })}`,
    ]) {
      assert.equal((await call(authorization)).headers.get('cache-control'), 'no-store')
    }
  })
})
