/** RFC 9449, DPoP, over real HTTP: proofs that `jose` makes, at a server that wants nonces. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { createGuard } from '@mintmark/resource-server'
import { fixtureKeys } from '@mintmark/testkit'
import { calculateJwkThumbprint, importJWK, SignJWT } from 'jose'
import type { ServedClient } from './served.ts'
import { api, clientMaker, members, readJwt, refusalOf, type Served, served } from './served.ts'

const { kty, crv = '', x = '', y = '' } = fixtureKeys.ES256
const jwk = { kty, crv, x, y }

let world: Served
let bound: ServedClient
let made = 0

async function proof(nonce?: string): Promise<string> {
  made += 1
  const claims = {
    ...{ jti: `proof-${made}`, htm: 'POST', htu: `${world.issuer}/oauth/token` },
    ...{ iat: Math.floor(world.clock.wallMs() / 1000), ...(nonce !== undefined && { nonce }) },
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .sign(await importJWK({ ...fixtureKeys.ES256 }, 'ES256'))
}

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

  it('7.1: our guard lets nobody use a bound token as Bearer [A7]', async () => {
    const { access_token } = await members(await ask(await proof(await nonce())))
    const { issuer, clock } = world
    const guard = createGuard({ issuer, audience: api, clock })
    const headers = { authorization: `Bearer ${access_token}` }
    const verdict = await guard.check(new Request(api, { headers }), { scope: 'read' })
    assert(!verdict.admitted)
    assert.deepEqual([verdict.status, verdict.reason], [401, 'sender_constrained'])
  })
})
