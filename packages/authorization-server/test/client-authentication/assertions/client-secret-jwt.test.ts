import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { type AuthorizationServerOptions, sqlite } from '../../../src/index.ts'
import { the } from '../../serving.ts'
import {
  type AssertionChanges,
  asserter,
  lastRefusal,
  presentAssertion,
  registerAsserter,
  servingAsserter,
  someAssertion,
} from '../asserting.ts'

/** A server that knows `asserter` by a secret of its own making. */
async function servingSecret(options: Partial<AuthorizationServerOptions> = {}) {
  const world = await servingAsserter({ id: 'another-client' }, options)
  const secret = await registerAsserter(world, {
    authenticationMethods: ['client_secret_jwt'],
    settings: {},
  })
  return { world, secret, [Symbol.asyncDispose]: () => world.server.close() }
}

const withSecret = (secret: string, changes: AssertionChanges = {}): Promise<string> =>
  someAssertion({ ...changes, secret, header: { alg: 'HS256', kid: undefined, ...changes.header } })

test('an assertion with the MAC of the secret gets a token, once [A6, S6]', async () => {
  await using serving = await servingSecret()
  const { world, secret } = serving
  const assertion = await withSecret(secret)
  assert.equal((await presentAssertion(world, assertion)).status, 200)
  await presentAssertion(world, assertion)
  assert.equal(lastRefusal(world), 'assertion_replayed')
})

test('a MAC by another secret, and one that was changed, are refused [A6]', async () => {
  await using serving = await servingSecret()
  const { world, secret } = serving
  await presentAssertion(world, await withSecret(`${secret.slice(0, -1)}!`))
  assert.equal(lastRefusal(world), 'assertion_signature_wrong')
  const [header, payload] = (await withSecret(secret)).split('.')
  for (const mac of ['AAAA', Buffer.alloc(32).toString('base64url')]) {
    await presentAssertion(world, `${header}.${payload}.${mac}`)
    assert.equal(lastRefusal(world), 'assertion_signature_wrong')
  }
})

test('the claims are judged as those of signed assertions are [A6]', async () => {
  await using serving = await servingSecret()
  const { world, secret } = serving
  const cases: [AssertionChanges, string][] = [
    [{ claims: { aud: the.tokenEndpoint } }, 'assertion_audience_wrong'],
    [{ claims: { exp: the.nowSeconds - 31 } }, 'assertion_expired'],
    [{ claims: { jti: undefined } }, 'assertion_identifier_malformed'],
    [{ header: { typ: 'at+jwt' } }, 'assertion_type_wrong'],
    [{ header: { crit: ['b64'], b64: true } }, 'assertion_malformed'],
  ]
  for (const [changes, reason] of cases) {
    await presentAssertion(world, await withSecret(secret, changes))
    assert.equal(lastRefusal(world), reason)
  }
})

test('a secret that is retired verifies nothing any more [A6]', async () => {
  await using serving = await servingSecret()
  const { world, secret } = serving
  const [record] = (await world.server.registry.client(asserter))?.secrets ?? []
  await world.server.registry.retireSecret(asserter, record?.id ?? '', { force: true })
  await presentAssertion(world, await withSecret(secret))
  assert.equal(lastRefusal(world), 'assertion_key_unknown')
})

test('the secret itself is no credential of a client that is registered for its MAC only [A6]', async () => {
  await using serving = await servingSecret()
  const { world, secret } = serving
  await world.post('/oauth/token', {
    ...{ grant_type: 'client_credentials', client_id: asserter, client_secret: secret },
  })
  assert.equal(lastRefusal(world), 'authentication_method_not_registered')
})

test('a secret that was registered for other methods is not kept, and verifies no MAC [A6]', async () => {
  await using world = await servingAsserter({ id: 'another-client' })
  const secret = await registerAsserter(world, {
    authenticationMethods: ['client_secret_basic'],
    settings: {},
  })
  await presentAssertion(world, await withSecret(secret))
  assert.equal(lastRefusal(world), 'authentication_method_not_registered')
})

test('a secret that is brought along for HS256 has 32 characters at least [A6]', async () => {
  await using world = await servingAsserter({ id: 'another-client' })
  const register = (text: string) =>
    world.server.registry.createClient({
      ...{ id: asserter, scope: the.scope, authenticationMethods: ['client_secret_jwt'] },
      clientSecret: redact('client secret', text),
    })
  const short = await register('x'.repeat(31))
  assert.deepEqual(!short.ok && short.violation, 'secret_length')
  assert.equal((await register('x'.repeat(32))).ok, true)
})

test('an unknown client with a MAC is refused like everybody [A6]', async () => {
  await using world = await servingAsserter(
    { id: 'another-client' },
    { storage: sqlite(':memory:') },
  )
  await presentAssertion(world, await withSecret('s'.repeat(32)))
  assert.equal(lastRefusal(world), 'client_unknown')
})
