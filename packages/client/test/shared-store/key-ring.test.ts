import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { createKeyRing, type StoreKey, type StoreKeys } from '../../src/shared-store/key-ring.ts'

const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const text = (fill: number): string => Buffer.from(bytes(fill)).toString('base64url')
const key = (id: string, fill: number): StoreKey => ({ id, secret: text(fill) })

/** What a naming key makes of a text: the same for the same key. */
async function naming(ring: ReturnType<typeof createKeyRing>): Promise<string> {
  const named = await crypto.subtle.sign('HMAC', await ring.naming(), new Uint8Array(1))
  return Buffer.from(named).toString('hex')
}

test('takes one secret for a ring of one key, as text or as bytes', async () => {
  for (const secret of [text(1), bytes(1)]) {
    const ring = createKeyRing(secret)
    assert.equal((await ring.first()).id, 'default')
    assert.equal(await naming(ring), await naming(createKeyRing([key('other', 1)])))
  }
})

test('seals with the first key and finds every key', async () => {
  const ring = createKeyRing([key('new', 2), key('old', 1)], text(9))
  assert.equal((await ring.first()).id, 'new')
  assert.equal((await ring.find('old'))?.id, 'old')
  assert.equal(await ring.find('older'), undefined)
})

test('gives the same names through all stages of a rotation [C9]', async () => {
  const stages: readonly StoreKeys[] = [
    [key('k1', 1)],
    [key('k1', 1), key('k2', 2)],
    [key('k2', 2), key('k1', 1)],
    [key('k2', 2)],
  ]
  const names = await Promise.all(stages.map((keys) => naming(createKeyRing(keys, text(1)))))
  assert.equal(new Set([...names, await naming(createKeyRing(text(1)))]).size, 1)
})

test('keeps what seals and what names apart, and neither can be exported', async () => {
  const ring = createKeyRing(text(1))
  const { key: sealing } = await ring.first()
  assert.equal(sealing.extractable, false)
  assert.equal((await ring.naming()).extractable, false)
  assert.deepEqual([...sealing.usages].sort(), ['decrypt', 'encrypt'])
  assert.deepEqual((await ring.naming()).usages, ['sign'])
})

test('asks a function before each sealing, and for a key that it does not know', async () => {
  let keys: StoreKeys = [key('k1', 1)]
  let asked = 0
  const source = (): StoreKeys => {
    asked += 1
    return keys
  }
  const ring = createKeyRing(source, text(9))
  const before = await ring.first()
  assert.equal((await ring.find('k1'))?.key, before.key)
  assert.equal(asked, 1)
  keys = [key('k1', 1), key('k2', 2)]
  assert.equal((await ring.find('k2'))?.id, 'k2')
  keys = [key('k2', 2)]
  assert.equal((await ring.first()).id, 'k2')
  assert.equal(await ring.find('k1'), undefined)
})

test('goes on with the last ring while its source fails or gives none', async () => {
  let give: () => StoreKeys = () => [key('k1', 1)]
  const ring = createKeyRing(() => give(), text(9))
  await ring.first()
  give = () => {
    throw new Error('no such file')
  }
  assert.equal((await ring.first()).id, 'k1')
  give = () => 'too short'
  assert.equal((await ring.first()).id, 'k1')
})

test('fails only while its source has never given a ring', async () => {
  let keys: StoreKeys = 'too short'
  const ring = createKeyRing(() => keys, text(9))
  await assert.rejects(ring.first(), TypeError)
  keys = text(1)
  assert.equal((await ring.first()).id, 'default')
})

const wrongKeys: readonly (readonly [title: string, keys: unknown])[] = [
  ['no ring', undefined],
  ['an empty ring', []],
  ['a secret that is too short', text(1).slice(0, 42)],
  ['a secret that is too long', `${text(1)}AA`],
  ['a secret with padding', `${text(1)}=`],
  ['a secret in hex', Buffer.from(bytes(1)).toString('hex')],
  ['bytes that are too few', bytes(1).subarray(1)],
  ['a key without an id', [{ secret: text(1) }]],
  ['an empty id', [key('', 1)]],
  ['an id with a space', [key('k 1', 1)]],
  ['an id that is too long', [key('k'.repeat(65), 1)]],
  ['the same id twice', [key('k1', 1), key('k1', 2)]],
  ['an unknown member', [{ ...key('k1', 1), algorithm: 'A256GCM' }]],
  ['a secret that is no text', [{ id: 'k1', secret: 1 }]],
  ['too many keys', Array.from({ length: 17 }, (_, n) => key(`k${n}`, n))],
]

for (const [title, keys] of wrongKeys) {
  test(`refuses ${title}, without showing it`, () => {
    assert.throws(
      () => createKeyRing(keys as StoreKeys, text(9)),
      (error) => error instanceof TypeError && !inspect(error).includes(text(1).slice(0, 12)),
    )
  })
}

test('wants to know where names come from as soon as that is not obvious', () => {
  assert.throws(() => createKeyRing([key('k1', 1), key('k2', 2)]), /namingSecret/)
  assert.throws(() => createKeyRing(() => text(1)), /namingSecret/)
  assert.throws(() => createKeyRing(text(1), 'too short'), /namingSecret/)
})
