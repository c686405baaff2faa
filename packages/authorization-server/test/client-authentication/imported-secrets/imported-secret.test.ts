import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { eventLoopTurns, eventually } from '@mintmark/testkit'
import { importedHashText } from '../../../src/client-authentication/imported-secrets/imported-hash-spellings.ts'
import { createImportedSecretChecker } from '../../../src/client-authentication/imported-secrets/imported-secret-checker.ts'
import { type StorageSession, sqlite } from '../../../src/index.ts'
import { someClient, someSecret } from '../../registered.ts'
import { basicOf, type Serving, serving, the } from '../../serving.ts'
import { lastRefusal } from '../asserting.ts'

const secret = 'brought from elsewhere'

function importedHash(text = secret, iterations = 1_000): string {
  const hash = pbkdf2Sync(text, 'salt', iterations, 32, 'sha256').toString('base64')
  const read = importedHashText(`pbkdf2_sha256$${iterations}$salt$${hash}`)
  assert.ok(read.ok)
  return read.value
}

const imported = (id: string, hash = importedHash()) => ({
  ...someSecret(id, new Uint8Array(32)),
  verifier: { kind: 'imported', hash } as const,
})

/** A server over a database into which a client was imported. */
async function servingImported(
  secrets = [imported('i1')],
  methods = ['client_secret_basic'] as const,
) {
  let session: StorageSession | undefined
  const opened = sqlite(':memory:')
  const storage = { ...opened, open: async () => (session = await opened.open()) }
  const world = await serving('default', the.issuer, { storage })
  assert.ok(session)
  const client = someClient('imported', {
    secrets,
    authenticationMethods: [...methods, 'client_secret_post'],
  })
  await session.apply([{ type: 'client_created', client }], {
    ...{ actor: 'library', via: 'library', atWallMs: 0 },
  })
  await eventLoopTurns(5)
  return { world, session }
}

const ask = (world: Serving, text = secret): Promise<Response> =>
  world.post(
    '/oauth/introspect',
    { token: 'none' },
    { authorization: basicOf('imported', encodeURIComponent(text)) },
  )

const heard = (world: Serving, expected: string): Promise<void> =>
  eventually(() => assert.ok(world.events.some(({ type }) => type === expected)))

test('an imported secret gets in, and its hash gives way to a keyed digest at once [A2]', async () => {
  const { world, session } = await servingImported()
  await using _ = world
  assert.equal((await ask(world)).status, 200)
  await heard(world, 'secret_rehashed')
  const stored = (await session.load()).clients.find(({ id }) => id === 'imported')
  assert.equal(stored?.secrets[0]?.verifier.kind, 'keyed')
  assert.equal((await ask(world)).status, 200)
  const changes = await session.auditRecords(0, 1_000)
  assert.equal(changes.filter(({ action }) => action === 'secret_rehashed').length, 1)
})

test('a hundred workers that start with an imported secret cause one check and one change [A2]', async () => {
  const { world, session } = await servingImported()
  await using _ = world
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask(world)))
  assert.ok(answers.every(({ status }) => status === 200))
  await heard(world, 'secret_rehashed')
  const changes = await session.auditRecords(0, 1_000)
  assert.equal(changes.filter(({ action }) => action === 'secret_rehashed').length, 1)
})

test('another secret is refused like any other, and nothing is replaced [A2]', async () => {
  const { world } = await servingImported()
  await using _ = world
  const response = await ask(world, 'something else')
  assert.equal(response.status, 401)
  assert.equal(lastRefusal(world), 'secret_wrong')
  assert.ok(!world.events.some(({ type }) => type === 'secret_rehashed'))
})

test('an imported secret that has expired or was retired is not even checked [A2]', async () => {
  const expired = { ...imported('i1'), expiresAtWallMs: 1 }
  const retired = { ...imported('i2'), retiredAtWallMs: 1 }
  const { world } = await servingImported([expired, retired])
  await using _ = world
  await ask(world)
  assert.equal(lastRefusal(world), 'secret_wrong')
})

test('of several imported secrets each gets in [A2]', async () => {
  const other = importedHash('the second one')
  const { world } = await servingImported([imported('i1'), imported('i2', other)])
  await using _ = world
  assert.equal((await ask(world, 'the second one')).status, 200)
  assert.equal((await ask(world)).status, 200)
})

test('a database that cannot be written leaves the hash as it is, and the client gets in [A2]', async () => {
  const { world, session } = await servingImported()
  await using _ = world
  const { apply } = session
  session.apply = () => Promise.reject(new Error('away'))
  assert.equal((await ask(world)).status, 200)
  await heard(world, 'secret_rehash_failed')
  session.apply = apply
  assert.equal((await ask(world)).status, 200)
  await heard(world, 'secret_rehashed')
})

test('whoever finds too many checks waiting is told that, and not that the secret is wrong [A2]', async () => {
  const checker = createImportedSecretChecker()
  const record = imported('i1', importedHash(secret, 5_000))
  const checks = Array.from({ length: 70 }, (_, at) =>
    checker.check(record, redact('client secret', `guess ${at}`), String(at)),
  )
  const outcomes = await Promise.all(checks)
  assert.deepEqual(outcomes, [...Array(66).fill('differs'), ...Array(4).fill('overloaded')])
  assert.equal(await checker.check(record, redact('client secret', secret), 'right'), 'matches')
})

test('a stored hash that nobody can read matches nothing [A2]', async () => {
  const checker = createImportedSecretChecker()
  const check = checker.check(imported('i1', '$nonsense'), redact('client secret', secret), '')
  assert.equal(await check, 'differs')
})
