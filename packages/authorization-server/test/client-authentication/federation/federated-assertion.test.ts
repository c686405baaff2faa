import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { attackerKeys, fixtureKeys, startLoopbackServer } from '@mintmark/testkit'
import fc from 'fast-check'
import { type RegisteredIdentity, simulateFederation } from '../../../src/index.ts'
import type { FederatedIdentity } from '../../../src/registry/client-settings.ts'
import { type Serving, the } from '../../serving.ts'
import {
  type AssertionChanges,
  asserter,
  lastRefusal,
  presentAssertion,
  servingAsserter,
  someAssertion,
} from '../asserting.ts'

const now = the.nowSeconds
const subject = 'system:serviceaccount:billing:worker'

interface Federation extends AsyncDisposable {
  readonly world: Serving
  readonly issuer: string
  readonly requests: string[]
  present(changes?: AssertionChanges, more?: Readonly<Record<string, string>>): Promise<Response>
}

/** A cluster on loopback, and a client that is one of its service accounts. */
async function federating(more: Partial<FederatedIdentity> = {}): Promise<Federation> {
  const requests: string[] = []
  const keys = serialiseJwkSet([publicJwkOf(fixtureKeys.RS256)])
  const cluster = await startLoopbackServer((request, response) => {
    requests.push(request.url ?? '')
    const metadata = JSON.stringify({ issuer: cluster.origin, jwks_uri: `${cluster.origin}/keys` })
    response.end(request.url === '/keys' ? keys : metadata)
  })
  const issuer = cluster.origin
  const identity: FederatedIdentity = {
    ...{ kind: 'kubernetes', issuer, subject, audience: undefined, jwksUri: undefined },
    ...more,
  }
  // The server itself is on the Internet, so its keys have to be named as neighbours.
  const world = await servingAsserter(
    {
      authenticationMethods: ['federated_jwt'],
      settings: { federatedIdentities: [identity] },
    },
    { internalKeyHosts: ['127.0.0.1'] },
  )
  return {
    ...{ world, issuer, requests },
    present: async (changes = {}, form = {}) =>
      presentAssertion(world, await clusterToken(issuer, changes), form),
    [Symbol.asyncDispose]: async () => {
      await world.server.close()
      await cluster.close()
    },
  }
}

/** As a cluster makes it: no typ, an audience in a list, an hour to live, no jti that anybody could count on. */
function clusterToken(issuer: string, changes: AssertionChanges): Promise<string> {
  const { header, claims, key, ...rest } = changes
  return someAssertion({
    ...rest,
    key: key ?? fixtureKeys.RS256,
    header: { typ: undefined, ...header },
    claims: {
      ...{ iss: issuer, sub: subject, aud: [the.issuer], exp: now + 3_607, jti: undefined },
      ...claims,
    },
  })
}

test('a pod gets a token as the client of its service account, with the same token again and again [A6]', async () => {
  await using federation = await federating()
  for (let at = 0; at < 3; at += 1) {
    assert.equal((await federation.present()).status, 200)
  }
  assert.deepEqual(federation.requests, ['/.well-known/openid-configuration', '/keys'])
})

test('the keys may be named, and then no metadata is asked [A6]', async () => {
  await using federation = await federating()
  await using direct = await federating({
    issuer: federation.issuer,
    jwksUri: `${federation.issuer}/keys`,
  })
  const token = await clusterToken(federation.issuer, {})
  assert.equal((await presentAssertion(direct.world, token)).status, 200)
  assert.deepEqual(federation.requests, ['/keys'])
})

const refusals: Record<string, [AssertionChanges, string]> = {
  'of another account': [{ claims: { sub: `${subject}2` } }, 'federated_identity_unknown'],
  'of the same account in capitals': [
    { claims: { sub: subject.toUpperCase() } },
    'federated_identity_unknown',
  ],
  'of another issuer': [{ claims: { iss: 'https://evil.example' } }, 'federated_identity_unknown'],
  'without an issuer': [{ claims: { iss: undefined } }, 'assertion_issuer_wrong'],
  'without a subject': [{ claims: { sub: undefined } }, 'assertion_issuer_wrong'],
  'for somebody else': [{ claims: { aud: ['https://api.example'] } }, 'federated_identity_unknown'],
  'for us and somebody else': [
    { claims: { aud: [the.issuer, 'https://api.example'] } },
    'federated_identity_unknown',
  ],
  'signed by another key': [{ key: attackerKeys.RS256 }, 'assertion_key_unknown'],
  'signed by another key of that name': [
    { key: { ...attackerKeys.RS256, kid: 'fixture-rs256' } },
    'assertion_signature_wrong',
  ],
  'that has expired': [{ claims: { exp: now - 31 } }, 'assertion_expired'],
  'that lives for a day': [{ claims: { exp: now + 86_400 } }, 'assertion_lifetime_too_long'],
  'without an end': [{ claims: { exp: undefined } }, 'assertion_times_malformed'],
  'that is an access token': [{ header: { typ: 'at+jwt' } }, 'assertion_type_wrong'],
  'with a MAC': [
    { header: { alg: 'HS256' }, secret: 's'.repeat(32) },
    'assertion_algorithm_not_allowed',
  ],
}

for (const [name, [changes, reason]] of Object.entries(refusals)) {
  test(`a token ${name} is refused [A6]`, async () => {
    await using federation = await federating()
    const response = await federation.present(changes)
    assert.equal(response.status, 401)
    assert.equal(lastRefusal(federation.world), reason)
  })
}

test('a disabled client stays out, whatever its platform says [A6]', async () => {
  await using federation = await federating()
  await federation.world.server.registry.setClientDisabled(asserter, true)
  await federation.present()
  assert.equal(lastRefusal(federation.world), 'client_disabled')
})

test('client_id may go along, and has to be the client of the identity [A6]', async () => {
  await using federation = await federating()
  assert.equal((await federation.present({}, { client_id: asserter })).status, 200)
  await federation.present({}, { client_id: the.clientId })
  assert.equal(lastRefusal(federation.world), 'federated_identity_unknown')
})

test('metadata that names another issuer is an outage, and its keys are not asked for [A6]', async () => {
  await using federation = await federating()
  const alias = federation.issuer.replace('127.0.0.1', 'localhost')
  await using other = await federating({ issuer: alias })
  const response = await presentAssertion(other.world, await clusterToken(alias, {}))
  assert.equal(response.status, 503)
  assert.ok(!federation.requests.includes('/keys'))
})

test('the simulator says of any token what the endpoint says [A6]', async () => {
  await using federation = await federating()
  const { issuer, world } = federation
  const client = await world.server.registry.client(asserter)
  const registered: RegisteredIdentity[] = (client?.settings.federatedIdentities ?? []).map(
    (identity) => ({ clientId: asserter, identity }),
  )
  const claims = fc.record({
    iss: fc.constantFrom(issuer, issuer, issuer, 'https://evil.example', undefined),
    sub: fc.constantFrom(subject, subject, subject, `${subject} `, undefined, 7),
    aud: fc.constantFrom(the.issuer, [the.issuer], [the.issuer, 'x'], 'x', [], undefined),
    exp: fc.constantFrom(now + 60, now + 3_600, now + 7_300, now - 40, undefined, 'soon'),
    nbf: fc.constantFrom(undefined, undefined, now - 5, now + 40, 'x'),
  })
  const typ = fc.constantFrom(undefined, 'JWT', 'JWT', 'at+jwt', 'client-authentication+jwt')
  const clientId = fc.constantFrom(undefined, undefined, asserter, 'other')
  let agreed = 0
  await fc.assert(
    fc.asyncProperty(claims, typ, clientId, async (some, type, client_id) => {
      const token = await clusterToken(issuer, {
        claims: some,
        header: { typ: type },
        key: fixtureKeys.RS256,
      })
      const server = { issuer: the.issuer, nowWallMs: now * 1000, clientId: client_id }
      const simulated = simulateFederation(token, registered, server)
      await presentAssertion(world, token, client_id === undefined ? {} : { client_id })
      assert.equal(lastRefusal(world), simulated.reason)
      agreed += 1
    }),
    { numRuns: 150 },
  )
  assert.equal(agreed, 150)
})
