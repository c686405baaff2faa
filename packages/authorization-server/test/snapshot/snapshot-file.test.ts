import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { seededRandom } from '@mintmark/testkit'
import fc from 'fast-check'
import { plainClientSettings } from '../../src/registry/client-settings.ts'
import { readSnapshot, writeSnapshot } from '../../src/snapshot/snapshot-file.ts'
import type { LastKnownState } from '../../src/snapshot/snapshot-lines.ts'
import { createSnapshotSeal, openSnapshot } from '../../src/snapshot/snapshot-seal.ts'
import { someClient, someSecret } from '../registered.ts'
import { client, plain, resource, signingKey } from '../storage/storage-world.ts'

const masterKey = new Uint8Array(32).fill(9)

const known: LastKnownState = {
  confirmedAtWallMs: 77,
  state: {
    sequence: 12,
    resources: [resource],
    clients: [
      client,
      someClient('newer', { settings: undefined, disabled: true }),
      ...Array.from({ length: 700 }, (_, at) => someClient(`client ${at} \n"é`)),
    ],
    signingKeys: [signingKey, { ...signingKey, kid: 'kid-2', signer: 'hsm', retiresAtWallMs: 8 }],
    revocations: [{ jti: 'j', clientId: client.id, expiresAtSeconds: 90 }],
    epochs: [{ clientId: client.id, notBeforeSeconds: 50, expiresAtSeconds: 90 }],
  },
}

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-snapshot-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'new', 'snapshot')
}

test('a snapshot gives back every record as it was, and belongs to its owner alone [A12]', async (t) => {
  const place = { file: temporaryFile(t), masterKey }
  await writeSnapshot(place, known, seededRandom(1))
  assert.deepEqual(plain(await readSnapshot(place)), plain(known))
  assert.equal(statSync(place.file).mode & 0o777, 0o600)
  const [first] = (await readSnapshot(place))?.state.clients ?? []
  assert.ok(first?.secrets[0]?.verifier.kind === 'keyed')
  assert.equal(first.secrets[0].verifier.digest.constructor, Uint8Array)
  assert.equal((await readSnapshot(place))?.state.clients[2]?.settings, plainClientSettings)
})

test('nothing of a snapshot can be read without the master key [A12]', async (t) => {
  const place = { file: temporaryFile(t), masterKey }
  await writeSnapshot(place, known, seededRandom(1))
  const text = readFileSync(place.file, 'latin1')
  for (const word of [client.id, resource.id, 'ES256', 'secret']) {
    assert.equal(text.includes(word), false)
  }
  const other = { ...place, masterKey: new Uint8Array(32) }
  assert.equal(await readSnapshot(other), undefined)
})

test('a snapshot is replaced as a whole; what cannot be written leaves the old one and no draft', async (t) => {
  const place = { file: temporaryFile(t), masterKey }
  await writeSnapshot(place, known, seededRandom(1))
  const broken = { ...known, state: { ...known.state, clients: [undefined as never] } }
  await assert.rejects(writeSnapshot(place, broken, seededRandom(2)))
  assert.deepEqual(readdirSync(join(place.file, '..')), ['snapshot'])
  assert.equal((await readSnapshot(place))?.state.sequence, 12)
})

test('what is no snapshot is not read', async (t) => {
  const folder = join(temporaryFile(t), '../..')
  assert.equal(await readSnapshot({ file: join(folder, 'nothing'), masterKey }), undefined)
  assert.equal(await readSnapshot({ file: folder, masterKey }), undefined)
  for (const text of ['', 'mintmark-snapshot 1\n', 'x'.repeat(999)]) {
    const file = join(folder, 'file')
    writeFileSync(file, text)
    assert.equal(await readSnapshot({ file, masterKey }), undefined)
  }
  const seal = createSnapshotSeal(masterKey, new Uint8Array(16))
  const newer = Buffer.concat([seal.head, seal.seal(Buffer.from('{"version":99}\n[]'), true)])
  writeFileSync(join(folder, 'file'), newer)
  assert.equal(await readSnapshot({ file: join(folder, 'file'), masterKey }), undefined)
})

test('a snapshot that was changed, cut, extended, reordered or mixed does not open', () => {
  const file = (salt: number, pieces: readonly string[]) => {
    const seal = createSnapshotSeal(masterKey, new Uint8Array(16).fill(salt))
    const sealed = pieces.map((piece, at) =>
      seal.seal(Buffer.from(piece), at === pieces.length - 1),
    )
    return { head: seal.head, sealed, whole: Buffer.concat([seal.head, ...sealed]) }
  }
  const one = file(1, ['a', 'bb', 'ccc'])
  const other = file(2, ['a', 'bb', 'ccc'])
  assert.equal(openSnapshot(one.whole, masterKey)?.length, 3)
  const [a, b, c] = one.sealed as [Buffer, Buffer, Buffer]
  const mixtures = [
    ...[[], [a], [a, b], [b, a, c], [a, c], [a, b, c, c], [a, b, b, c]],
    [a, other.sealed[1] as Buffer, c],
  ]
  for (const pieces of mixtures) {
    assert.equal(openSnapshot(Buffer.concat([one.head, ...pieces]), masterKey), undefined)
  }
  fc.assert(
    fc.property(fc.nat(one.whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const changed = Buffer.from(one.whole)
      changed[at] = (changed[at] as number) ^ bits
      assert.equal(openSnapshot(changed, masterKey), undefined)
      assert.equal(openSnapshot(one.whole.subarray(0, at), masterKey), undefined)
    }),
    { numRuns: 200 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      openSnapshot(Buffer.concat([one.head, bytes]), masterKey)
      openSnapshot(bytes, masterKey)
    }),
    { numRuns: 200 },
  )
})

test('an imported secret and one that was sealed are in the snapshot, too', async (t) => {
  const place = { file: temporaryFile(t), masterKey }
  const secrets = [
    someSecret('s', new Uint8Array(0), { verifier: { kind: 'imported', hash: '$2b$10$abc' } }),
    someSecret('t', new Uint8Array(32).fill(1), { sealed: Uint8Array.of(5), expiresAtWallMs: 6 }),
  ]
  const clients = [someClient('a', { secrets })]
  await writeSnapshot(place, { ...known, state: { ...known.state, clients } }, seededRandom(1))
  assert.deepEqual(plain((await readSnapshot(place))?.state.clients), plain(clients))
})
