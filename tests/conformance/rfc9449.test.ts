/** RFC 9449, DPoP, over real HTTP: proofs that `jose` makes, at a server that wants nonces. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import { createGuard, type GuardOptions } from '@mintmark/resource-server'
import { fixtureKeys } from '@mintmark/testkit'
import { calculateJwkThumbprint, importJWK, SignJWT } from 'jose'
import type { ServedClient } from './served.ts'
import { api, clientMaker, members, readJwt, refusalOf, type Served, served } from './served.ts'

const { kty, crv = '', x = '', y = '' } = fixtureKeys.ES256
const jwk = { kty, crv, x, y }

let world: Served
let bound: ServedClient
let made = 0

async function proof(nonce?: string, more: object = {}): Promise<string> {
  made += 1
  const claims = {
    ...{ jti: `proof-${made}`, htm: 'POST', htu: `${world.issuer}/oauth/token` },
    ...{ iat: Math.floor(world.clock.wallMs() / 1000), ...(nonce !== undefined && { nonce }) },
    ...more,
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .sign(await importJWK({ ...fixtureKeys.ES256 }, 'ES256'))
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

const ask = (dpop?: string) =>
  world.post(
    '/oauth/token',
    { grant_type: 'client_credentials' },
    bound,
    dpop === undefined ? {} : { dpop },
  )

/** A nonce as the server gives it to whoever has none. */
async function nonce(): Promise<string> {
  const response = await ask(await proof())
  await response.body?.cancel()
  return response.headers.get('dpop-nonce') ?? ''
}

describe('RFC 9449', () => {
  before(async () => {
    world = await served({ dpopNonces: 'required' })
    bound = await clientMaker(world.server.server.registry)({
      ...{ id: 'bound', scope: 'read', resources: [api] },
      settings: { senderConstraint: 'dpop' },
    })
  })

  after(() => world.close())

  it('4.3: takes one DPoP header and not two, however right each is [A7]', async () => {
    const good = await nonce()
    const sent = request(`${world.issuer}/oauth/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: bound.basic,
        dpop: [await proof(good), await proof(good)],
      },
    })
    sent.end('grant_type=client_credentials')
    const [response] = await once(sent, 'response')
    const { error } = (await json(response)) as { error: string }
    assert.deepEqual([response.statusCode, error], [400, 'invalid_dpop_proof'])
  })

  it('5: binds the token to the key of the proof, and says so in response and introspection [A7]', async () => {
    const { token_type, access_token } = await members(await ask(await proof(await nonce())))
    const cnf = { jkt: await calculateJwkThumbprint(jwk) }
    const token = String(access_token)
    assert.equal(token_type, 'DPoP')
    assert.deepEqual(readJwt(token).claims.cnf, cnf)
    const about = await members(await world.post('/oauth/introspect', { token }, bound))
    assert.deepEqual([about.token_type, about.cnf], ['DPoP', cnf])
  })

  it('5.2: gives no token without a proof to a client whose tokens have to be bound [A7]', async () => {
    assert.equal(await refusalOf(await ask()), '400 invalid_dpop_proof')
  })

  it('8: asks for a nonce by use_dpop_nonce, and gives one in an answer that nobody keeps [A7]', async () => {
    const response = await ask(await proof())
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const given = response.headers.get('dpop-nonce')
    assert(given !== null && given !== '')
    assert.equal(await refusalOf(response), '400 use_dpop_nonce')
    assert.equal((await ask(await proof(given))).status, 200)
    assert.equal(await refusalOf(await ask(await proof('made-up'))), '400 use_dpop_nonce')
  })

  it('11.1: takes a proof once [A7]', async () => {
    const once = await proof(await nonce())
    assert.equal((await ask(once)).status, 200)
    assert.equal(await refusalOf(await ask(once)), '400 invalid_dpop_proof')
  })

  it('7.1: our guard lets nobody use a bound token as Bearer [A7] [R5]', async () => {
    const token = await boundToken()
    const headers = { authorization: `Bearer ${token}` }
    const verdict = await guard().check(new Request(api, { headers }), { scope: 'read' })
    assert(!verdict.admitted)
    assert.deepEqual([verdict.status, verdict.reason], [401, 'sender_constrained'])
  })

  it('7.1: our guard admits a bound token with a proof of its key for this request and no other [R5]', async () => {
    const token = await boundToken()
    const judge = guard()
    const right = { htm: 'GET', htu: `${api}/orders`, ath: hashOf(token) }
    const check = async (claims: object) => {
      const headers = { authorization: `DPoP ${token}`, dpop: await proof(undefined, claims) }
      return judge.check(new Request(`${api}/orders`, { headers }), { scope: 'read' })
    }
    assert((await check(right)).admitted)
    for (const [wrong, error, reason] of [
      [{ htm: 'POST' }, 'invalid_dpop_proof', 'wrong_proof_target'],
      [{ htu: `${api}/other` }, 'invalid_dpop_proof', 'wrong_proof_target'],
      [{ ath: hashOf('another token') }, 'invalid_dpop_proof', 'wrong_proof_token'],
      [{ ath: undefined }, 'invalid_dpop_proof', 'wrong_proof_token'],
    ] as const) {
      const verdict = await check({ ...right, ...wrong })
      assert(!verdict.admitted)
      assert.deepEqual([verdict.status, verdict.error, verdict.reason], [401, error, reason])
    }
  })

  it('7.1, 7.2: our guard challenges with both schemes, and lists the algorithms of proofs [R5]', async () => {
    const verdict = await guard().check(new Request(api))
    assert(!verdict.admitted)
    const challenges = parseChallenges(verdict.headers[0]?.[1] ?? '')
    assert.deepEqual(
      challenges.map(({ scheme }) => scheme),
      ['bearer', 'dpop'],
    )
    assert.equal(challenges[1]?.parameters.get('algs'), 'ES256 EdDSA RS256 PS256')
    const token = await boundToken()
    const headers = { authorization: `DPoP ${token}`, dpop: 'no proof' }
    const refused = await guard().check(new Request(api, { headers }))
    assert(!refused.admitted)
    const [first] = parseChallenges(refused.headers[0]?.[1] ?? '')
    assert.deepEqual(
      [first?.scheme, first?.parameters.get('error')],
      ['dpop', 'invalid_dpop_proof'],
    )
  })

  it('9: our guard asks for a nonce by use_dpop_nonce with 401 and DPoP-Nonce [R5]', async () => {
    const token = await boundToken()
    const judge = guard({ dpopNonces: 'required' })
    const claims = { htm: 'GET', htu: `${api}/`, ath: hashOf(token) }
    const check = async (given?: string) => {
      const headers = { authorization: `DPoP ${token}`, dpop: await proof(given, claims) }
      return judge.check(new Request(api, { headers }))
    }
    const refused = await check()
    assert(!refused.admitted)
    assert.deepEqual([refused.status, refused.error], [401, 'use_dpop_nonce'])
    const given = new Headers(refused.headers.map(([name, value]) => [name, value]))
    assert.equal(given.get('cache-control'), 'no-store')
    assert((await check(given.get('dpop-nonce') ?? '')).admitted)
    assert(!(await check('made-up')).admitted)
  })

  /** A guard for the API whose proofs are for the API's own URLs. */
  const guard = (options: Partial<GuardOptions> = {}) => {
    const { issuer, clock } = world
    return createGuard({ issuer, audience: api, publicOrigin: api, clock, ...options })
  }

  const boundToken = async (): Promise<string> =>
    String((await members(await ask(await proof(await nonce())))).access_token)
})
