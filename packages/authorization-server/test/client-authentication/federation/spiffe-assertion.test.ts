import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicJwkOf } from '@mintmark/jwt'
import { attackerKeys, fixtureKeys, startLoopbackServer } from '@mintmark/testkit'
import type { FederatedIdentity } from '../../../src/registry/client-settings.ts'
import {
  type AssertionChanges,
  lastRefusal,
  presentAssertion,
  servingAsserter,
  someAssertion,
} from '../asserting.ts'

const svid = 'spiffe://prod.example/billing'
const JWT_SPIFFE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'

/** A trust domain with its bundle endpoint on loopback. */
async function servingSvid(keyUse: string) {
  let requests = 0
  const key = { ...publicJwkOf(fixtureKeys.ES256), use: keyUse }
  const x509 = { ...publicJwkOf(attackerKeys.ES256), kid: undefined, use: 'x509-svid' }
  const endpoint = await startLoopbackServer((_request, response) => {
    requests += 1
    response.end(
      JSON.stringify({ keys: [x509, key], spiffe_sequence: 1, spiffe_refresh_hint: 600 }),
    )
  })
  const identity: FederatedIdentity = {
    ...{ kind: 'spiffe', issuer: 'spiffe://prod.example', subject: svid, audience: undefined },
    jwksUri: `${endpoint.origin}/bundle`,
  }
  const world = await servingAsserter(
    { authenticationMethods: ['spiffe_jwt'], settings: { federatedIdentities: [identity] } },
    { internalKeyHosts: ['127.0.0.1'] },
  )
  const present = async (changes: AssertionChanges, type = JWT_SPIFFE) =>
    presentAssertion(world, await svidToken(changes), { client_assertion_type: type })
  const close = async (): Promise<void> => {
    await world.server.close()
    await endpoint.close()
  }
  return { world, present, requests: () => requests, [Symbol.asyncDispose]: close }
}

function svidToken({ header, claims, ...rest }: AssertionChanges): Promise<string> {
  const from = { iss: undefined, jti: undefined, sub: svid, ...claims }
  return someAssertion({ header: { typ: 'JWT', ...header }, claims: from, ...rest })
}

test('a workload gets a token with its JWT-SVID, without iss and jti, as often as it likes [A6]', async () => {
  await using trust = await servingSvid('jwt-svid')
  for (const typ of ['JWT', 'JOSE', undefined]) {
    assert.equal((await trust.present({ header: { typ } })).status, 200)
  }
  assert.equal(trust.requests(), 1)
})

test('a JWT-SVID of another workload, domain or kind of presentation is refused [A6]', async () => {
  await using trust = await servingSvid('jwt-svid')
  const attempts: [AssertionChanges, string, string][] = [
    [{ claims: { sub: `${svid}/2` } }, JWT_SPIFFE, 'federated_identity_unknown'],
    [
      { claims: { sub: 'spiffe://evil.example/billing' } },
      JWT_SPIFFE,
      'federated_identity_unknown',
    ],
    [{ claims: { sub: 'spiffe://prod.example' } }, JWT_SPIFFE, 'assertion_issuer_wrong'],
    [{ header: { typ: 'client-authentication+jwt' } }, JWT_SPIFFE, 'assertion_type_wrong'],
    [{ claims: { iss: 'spiffe://prod.example' } }, 'urn:x', 'assertion_kind_unknown'],
    [
      { claims: { iss: 'spiffe://prod.example' } },
      JWT_SPIFFE.replace('spiffe', 'bearer'),
      'federated_identity_unknown',
    ],
    [
      { key: { ...attackerKeys.ES256, kid: 'fixture-es256' } },
      JWT_SPIFFE,
      'assertion_signature_wrong',
    ],
  ]
  for (const [changes, type, reason] of attempts) {
    await trust.present(changes, type)
    assert.equal(lastRefusal(trust.world), reason)
  }
})

test('a key of the bundle that is not for JWT-SVIDs verifies none [A6]', async () => {
  await using trust = await servingSvid('x509-svid')
  assert.equal((await trust.present({})).status, 503)
})
