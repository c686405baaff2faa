import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixtureKeys } from '@mintmark/testkit'
import { calculateJwkThumbprint, decodeJwt, type JWK } from 'jose'
import type { AuthorizationServerOptions } from '../../src/index.ts'
import { errorOf, someProof } from '../sender-binding/proofs.ts'
import { basicOf, registerClient, type Serving, serving, the } from '../serving.ts'

const grant = { grant_type: 'client_credentials' }

function withNonces(dpopNonces: AuthorizationServerOptions['dpopNonces']): Promise<Serving> {
  return serving('default', the.issuer, dpopNonces === undefined ? {} : { dpopNonces })
}

function ask(world: Serving, dpop: string | undefined, authorization = world.basic) {
  const headers = dpop === undefined ? { authorization } : { authorization, dpop }
  return world.post('/oauth/token', grant, headers)
}

function lastReason({ events }: Serving): string | undefined {
  const refused = events.findLast((event) => event.type === 'request_refused')
  return refused?.reason
}

for (const algorithm of ['ES256', 'EdDSA', 'RS256', 'PS256'] as const) {
  test(`a proof with ${algorithm} binds the token to its key [A7]`, async () => {
    await using world = await serving()
    const response = await ask(world, await someProof({ algorithm }))
    const answer = (await response.json()) as Record<string, string>
    assert.equal(response.status, 200)
    assert.equal(answer.token_type, 'DPoP')
    const jkt = await calculateJwkThumbprint(fixtureKeys[algorithm] as JWK)
    assert.deepEqual(decodeJwt(answer.access_token ?? '').cnf, { jkt })
    const form = { token: answer.access_token ?? '' }
    const about = await world.post('/oauth/introspect', form, { authorization: world.basic })
    const { cnf, token_type } = (await about.json()) as Record<string, unknown>
    assert.deepEqual({ cnf, token_type }, { cnf: { jkt }, token_type: 'DPoP' })
  })
}

test('one key is not another: templates are not shared between bindings [A7]', async () => {
  await using world = await serving()
  const confirmationOf = async (dpop: string | undefined) =>
    decodeJwt(((await (await ask(world, dpop)).json()) as { access_token: string }).access_token)
      .cnf
  assert.equal(await confirmationOf(undefined), undefined)
  const first = await confirmationOf(await someProof())
  const second = await confirmationOf(await someProof({ algorithm: 'EdDSA' }))
  assert.notDeepEqual(first, second)
  assert.equal(await confirmationOf(undefined), undefined)
})

test('the htu of a proof may be written differently, with a query and a fragment [A7]', async () => {
  await using world = await serving()
  const url = new URL(the.tokenEndpoint)
  const htu = `${url.protocol.toUpperCase()}//${url.host.toUpperCase()}${url.pathname}?x=1#y`
  assert.equal((await ask(world, await someProof({ claims: { htu } }))).status, 200)
})

test('a proof counts once, and for each key by itself [A7]', async () => {
  await using world = await serving()
  const claims = { jti: 'the-same' }
  const proof = await someProof({ claims })
  assert.equal((await ask(world, proof)).status, 200)
  assert.equal(await errorOf(await ask(world, proof)), '400 invalid_dpop_proof')
  assert.equal(lastReason(world), 'dpop_proof_replayed')
  assert.equal(
    await errorOf(await ask(world, await someProof({ claims }))),
    '400 invalid_dpop_proof',
  )
  assert.equal((await ask(world, await someProof({ claims, algorithm: 'EdDSA' }))).status, 200)
})

test('of one proof sent at the same time one is answered with a token [A7]', async () => {
  await using world = await serving()
  const proof = await someProof()
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(world, proof)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('a request that is refused otherwise uses up no proof [A7]', async () => {
  await using world = await serving()
  const proof = await someProof()
  const headers = { authorization: world.basic, dpop: proof }
  const refused = await world.post('/oauth/token', { ...grant, scope: 'unknown' }, headers)
  assert.equal(await errorOf(refused), '400 invalid_scope')
  assert.equal((await ask(world, proof)).status, 200)
})

for (const [what, offset, isTaken] of [
  ['299 s ago', -299, true],
  ['300 s ago', -300, false],
  ['60 s ahead', 60, true],
  ['61 s ahead', 61, false],
] as const) {
  test(`a proof from ${what} is ${isTaken ? 'taken' : 'asked to use a nonce'} [A7]`, async () => {
    await using world = await serving()
    const claims = { iat: the.nowSeconds + offset }
    const response = await ask(world, await someProof({ claims }))
    if (isTaken) return assert.equal(response.status, 200)
    const nonce = response.headers.get('dpop-nonce')
    assert.equal(await errorOf(response), '400 use_dpop_nonce')
    assert.equal(lastReason(world), 'dpop_proof_stale')
    const again = await someProof({ claims: { ...claims, nonce } })
    assert.equal((await ask(world, again)).status, 200)
    assert.equal(await errorOf(await ask(world, again)), '400 invalid_dpop_proof')
  })
}

test('where nonces are required a proof without one learns it, and a fresh one is told in time [A7]', async () => {
  await using world = await withNonces('required')
  const first = await ask(world, await someProof())
  const nonce = first.headers.get('dpop-nonce')
  assert.equal(await errorOf(first), '400 use_dpop_nonce')
  const taken = await ask(world, await someProof({ claims: { nonce } }))
  assert.deepEqual([taken.status, taken.headers.get('dpop-nonce')], [200, null])
  await world.clock.advance(120_000)
  const later = await ask(world, await someProof({ claims: { nonce } }))
  const next = later.headers.get('dpop-nonce')
  assert.equal(later.status, 200)
  assert.ok(next !== null && next !== nonce)
  await world.clock.advance(240_000)
  const late = await ask(world, await someProof({ claims: { nonce } }))
  assert.equal(await errorOf(late), '400 use_dpop_nonce')
  assert.equal(lastReason(world), 'dpop_nonce_unknown')
})

test('a nonce that was made up is refused also where none is needed [A7]', async () => {
  await using world = await withNonces('optional')
  const response = await ask(world, await someProof({ claims: { nonce: 'made-up' } }))
  assert.equal(await errorOf(response), '400 use_dpop_nonce')
})

test('a client or resource that wants DPoP gets no token without a proof [A7]', async () => {
  await using world = await serving()
  const settings = { senderConstraint: 'dpop' } as const
  const bound = await registerClient(world.server, { id: 'bound', scope: the.scope, settings })
  const id = 'https://bound.example'
  await world.server.registry.createResource({ id, scope: 'bound:read', settings })
  const atBound = await registerClient(world.server, { id: 'at-bound', scope: 'bound:read' })
  for (const [client, secret] of [
    ['bound', bound],
    ['at-bound', atBound],
  ] as const) {
    const basic = basicOf(client, secret.reveal())
    assert.equal(await errorOf(await ask(world, undefined, basic)), '400 invalid_dpop_proof')
    assert.equal(lastReason(world), 'dpop_proof_missing')
    assert.equal((await ask(world, await someProof(), basic)).status, 200)
  }
})

test('in shadow mode a token without proof is issued, and what would have been refused is told [A3] [A7]', async () => {
  await using world = await serving()
  const settings = { senderConstraint: 'dpop', shadowed: ['sender_constraint'] } as const
  const secret = await registerClient(world.server, { id: 'bound', scope: the.scope, settings })
  const basic = basicOf('bound', secret.reveal())
  assert.equal((await ask(world, undefined, basic)).status, 200)
  assert.deepEqual(
    world.events.find((event) => event.type === 'refusal_shadowed'),
    {
      type: 'refusal_shadowed',
      endpoint: 'token',
      policy: 'sender_constraint',
      reason: 'dpop_proof_missing',
      clientId: 'bound',
    },
  )
  assert.equal(await errorOf(await ask(world, 'garbage', basic)), '400 invalid_dpop_proof')
})

test('an opaque token is bound like a JWT [A4] [A7]', async () => {
  await using world = await serving()
  const id = 'https://opaque.example'
  await world.server.registry.createResource({ id, scope: 'sealed', tokenFormat: 'opaque' })
  const secret = await registerClient(world.server, { id: 'opaque', scope: 'sealed' })
  const authorization = basicOf('opaque', secret.reveal())
  const issued = await ask(world, await someProof(), authorization)
  const { access_token: token, token_type } = (await issued.json()) as Record<string, string>
  assert.equal(token_type, 'DPoP')
  const form = { token: token ?? '' }
  const about = await world.post('/oauth/introspect', form, { authorization })
  const jkt = await calculateJwkThumbprint(fixtureKeys.ES256 as JWK)
  assert.deepEqual(((await about.json()) as { cnf: unknown }).cnf, { jkt })
})

test('the metadata says which algorithms proofs may have [A5] [A7]', async () => {
  await using world = await serving()
  const document = await (await world.server.fetch(new Request(the.metadataUrl))).json()
  const { dpop_signing_alg_values_supported } = document as Record<string, unknown>
  assert.deepEqual(dpop_signing_alg_values_supported, ['ES256', 'EdDSA', 'RS256', 'PS256'])
})
