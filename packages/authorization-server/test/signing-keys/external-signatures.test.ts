import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeEngine, type PrivateJwk, publicJwkOf } from '@mintmark/jwt'
import { invariant } from '@mintmark/runtime'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import {
  type AuthorizationServerEvent,
  type AuthorizationServerOptions,
  createAuthorizationServer,
  type ExternalSigner,
  sqlite,
} from '../../src/index.ts'
import {
  externalSignatureMsMax,
  externalSignaturesMax,
  externalSignaturesWaitingMax,
} from '../../src/limits.ts'
import { ExternalKey, ExternalSignatures } from '../../src/signing-keys/external-signatures.ts'
import { basicOf, registerClient, the } from '../serving.ts'

const engine = nodeEngine()
invariant(engine !== undefined, 'tests run on Node')
const privateJwk = engine.generateKey('ES256')

/** A signer in this process, whose every signature a test can hold back or spoil. */
function someSigner(sign?: ExternalSigner['sign'], key: PrivateJwk = privateJwk): ExternalSigner {
  invariant(engine !== undefined, 'tests run on Node')
  const signing = engine.importSigningKey(key, 'ES256', 'k')
  return {
    name: 'hsm-1',
    algorithm: 'ES256',
    publicJwk: publicJwkOf(privateJwk),
    sign: sign ?? (async (input) => engine.sign(signing, new TextDecoder().decode(input))),
  }
}

function world(signer: ExternalSigner | undefined) {
  invariant(engine !== undefined, 'tests run on Node')
  const clock = new FakeClock()
  const failures: string[] = []
  const signatures = new ExternalSignatures(engine, clock, (event) => {
    if (event.type === 'external_signature_failed') failures.push(event.failure)
  })
  const verification = engine.importVerificationKey(publicJwkOf(privateJwk), 'ES256')
  const key = { alg: 'ES256', kid: 'k', native: new ExternalKey(signer, verification) } as const
  const sign = (): Promise<unknown> =>
    Promise.resolve(signatures.sign(key, 'input')).catch((error: Error) => error.name)
  return { clock, failures, signatures, key, sign, verification }
}

test('a signature of an external signer is the key’s [A8]', async () => {
  const { signatures, key, verification, failures } = world(someSigner())
  const signature = await signatures.sign(key, 'input')
  assert.ok(signatures.verify(verification, 'input', signature))
  assert.deepEqual(failures, [])
})

test('a key of our own signs in place, without a promise [A8]', () => {
  invariant(engine !== undefined, 'tests run on Node')
  const { signatures } = world(undefined)
  const key = engine.importSigningKey(privateJwk, 'ES256', 'k')
  assert.ok(signatures.sign(key, 'input') instanceof Uint8Array)
})

const wrong: readonly (readonly [title: string, signer: ExternalSigner | undefined, string])[] = [
  ['no signer on this node', undefined, 'signer_missing'],
  ['a signer that rejects', someSigner(() => Promise.reject(new Error('x'))), 'signer_failed'],
  [
    'a signer with another key',
    someSigner(undefined, engine.generateKey('ES256')),
    'wrong_signature',
  ],
  ['DER', someSigner(async () => new Uint8Array(70).fill(48)), 'wrong_signature'],
  ['nothing', someSigner(async () => new Uint8Array(0)), 'wrong_signature'],
  [
    'a signer that throws',
    someSigner(() => {
      throw new Error('x')
    }),
    'signer_failed',
  ],
]

for (const [title, signer, failure] of wrong) {
  test(`${title} makes no token, and an event that says ${failure} [A8]`, async () => {
    const { sign, failures } = world(signer)
    assert.equal(await sign(), 'SignatureUnavailableError')
    assert.deepEqual(failures, [failure])
  })
}

test('a signer that does not answer is not waited for, and is told [A8]', async () => {
  let signal: AbortSignal | undefined
  const silent = someSigner((_input, given) => {
    signal = given
    return new Promise(() => undefined)
  })
  const { clock, sign, failures } = world(silent)
  const signed = sign()
  await clock.advance(externalSignatureMsMax)
  assert.equal(await signed, 'SignatureUnavailableError')
  assert.deepEqual([failures, signal?.aborted, clock.pendingCount], [['timed_out'], true, 0])
})

test('so many are asked for at the same time, so many wait, and no more [A8]', async () => {
  const held: (() => void)[] = []
  let most = 0
  let underWay = 0
  const good = someSigner()
  const slow = someSigner(async (input, signal) => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise<void>((resolve) => held.push(resolve))
    underWay -= 1
    return await good.sign(input, signal)
  })
  const { sign, failures, clock } = world(slow)
  const count = externalSignaturesMax + externalSignaturesWaitingMax
  const signed = Array.from({ length: count + 1 }, sign)
  await eventLoopTurns(2)
  assert.deepEqual(failures, ['overloaded'])
  while (held.length > 0) {
    held.shift()?.()
    if (held.length === 0) await eventLoopTurns(2)
  }
  const results = await Promise.all(signed)
  assert.equal(results.filter((result) => result instanceof Uint8Array).length, count)
  assert.deepEqual([most, clock.pendingCount], [externalSignaturesMax, 0])
})

test('places of signatures that took too long are free again [A8]', async () => {
  let isSilent = true
  const good = someSigner()
  const moody = someSigner((input, signal) =>
    isSilent ? new Promise(() => undefined) : good.sign(input, signal),
  )
  const { clock, sign } = world(moody)
  const lost = Array.from({ length: externalSignaturesMax + 10 }, sign)
  await clock.advance(externalSignatureMsMax)
  assert.deepEqual(new Set(await Promise.all(lost)), new Set(['SignatureUnavailableError']))
  isSilent = false
  const found = await Promise.all(Array.from({ length: externalSignaturesMax * 2 }, sign))
  assert.ok(found.every((signature) => signature instanceof Uint8Array))
})

/** A server whose only ES256 key is the signer's. */
async function servingWith(signer: ExternalSigner) {
  const clock = new FakeClock()
  const events: AuthorizationServerEvent[] = []
  const server = await createAuthorizationServer({
    ...{ issuer: the.issuer, storage: sqlite(':memory:'), clock, signers: [signer] },
    observer: (event) => void events.push(event),
  })
  await server.registry.createResource({ id: the.audience, scope: the.scope })
  const secret = (await registerClient(server, { id: the.clientId, scope: the.scope })).reveal()
  const post = (path: string, form: Record<string, string>, more: Record<string, string> = {}) =>
    server.fetch(
      new Request(the.issuer + path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { authorization: basicOf(the.clientId, secret), ...more },
      }),
    )
  return { server, clock, events, post }
}

test('tokens, signed answers and the feed are signed by the signer, and the server knows them [A4] [A8]', async () => {
  const { server, post } = await servingWith(someSigner())
  const keys = await server.keys.keys()
  assert.deepEqual(
    keys.map(({ signer, state }) => [signer, state]),
    [['hsm-1', 'active']],
  )
  const issued = await post('/oauth/token', { grant_type: 'client_credentials' })
  const { access_token: token } = (await issued.json()) as { access_token: string }
  const asked = await post('/oauth/introspect', { token })
  assert.equal(((await asked.json()) as { active: boolean }).active, true)
  const accept = 'application/token-introspection+jwt'
  const signed = await post('/oauth/introspect', { token }, { accept })
  assert.equal((await signed.text()).split('.').length, 3)
  const feed = await server.fetch(new Request(`${the.issuer}/oauth/revocations`))
  assert.equal(feed.status, 200)
  await server.close()
})

test('while the signer is away, token requests are answered 503 and nothing else is different [A8]', async () => {
  let isAway = false
  const good = someSigner()
  const moody = someSigner((input, signal) =>
    isAway ? Promise.reject(new Error('away')) : good.sign(input, signal),
  )
  const { server, post, events } = await servingWith(moody)
  const issued = await post('/oauth/token', { grant_type: 'client_credentials' })
  const { access_token: token } = (await issued.json()) as { access_token: string }
  isAway = true
  const refused = await post('/oauth/token', { grant_type: 'client_credentials' })
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'])
  assert.equal(((await refused.json()) as { error: string }).error, 'temporarily_unavailable')
  assert.ok(
    events.some(
      (event) => event.type === 'request_refused' && event.reason === 'signer_unavailable',
    ),
  )
  const asked = await post('/oauth/introspect', { token })
  assert.equal(((await asked.json()) as { active: boolean }).active, true)
  const accept = 'application/token-introspection+jwt'
  assert.equal((await post('/oauth/introspect', { token }, { accept })).status, 503)
  assert.equal((await server.fetch(new Request(`${the.issuer}/oauth/revocations`))).status, 503)
  isAway = false
  assert.equal((await post('/oauth/token', { grant_type: 'client_credentials' })).status, 200)
  await server.close()
})

test('a signer that is configured beside a key of ours is published first and signs later [A8]', async () => {
  const storage = sqlite(':memory:')
  const session = await storage.open()
  const shared = { ...storage, open: async () => ({ ...session, close: async () => undefined }) }
  const clock = new FakeClock()
  const options = { issuer: the.issuer, storage: shared, clock }
  const before = await createAuthorizationServer(options)
  const [ours] = await before.keys.keys()
  await before.close()
  for (let start = 0; start < 2; start++) {
    const after = await createAuthorizationServer({ ...options, signers: [someSigner()] })
    const keys = await after.keys.keys()
    assert.deepEqual(
      keys.map(({ kid, signer, state }) => [kid === ours?.kid, signer, state]),
      [
        [true, undefined, 'active'],
        [false, 'hsm-1', 'next'],
      ],
    )
    await after.close()
  }
  await session.close()
})

const faulty: readonly (readonly [title: string, signers: readonly unknown[]])[] = [
  ['a name with a space', [{ ...someSigner(), name: 'a b' }]],
  ['no name', [{ ...someSigner(), name: undefined }]],
  ['a name twice', [someSigner(), someSigner()]],
  ['an unknown algorithm', [{ ...someSigner(), algorithm: 'HS256' }]],
  ['a key of another type', [{ ...someSigner(), algorithm: 'RS256' }]],
  ['a private key', [{ ...someSigner(), publicJwk: privateJwk }]],
  ['no key', [{ ...someSigner(), publicJwk: undefined }]],
  ['no function', [{ ...someSigner(), sign: undefined }]],
]

for (const [title, signers] of faulty) {
  test(`${title} is a fault of the configuration [A8]`, async () => {
    const storage = { open: () => assert.fail('opened') }
    const options = {
      issuer: the.issuer,
      storage,
      signers,
    } as unknown as AuthorizationServerOptions
    await assert.rejects(createAuthorizationServer(options), TypeError)
  })
}
