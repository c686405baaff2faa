import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { findSecret, seededRandom } from '@mintmark/testkit'
import { createSealing, type Opened } from '../../src/shared-store/sealing.ts'

const secret = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const keys = [{ id: 'k1', secret: secret(1) }]
const sealing = createSealing({ keys })
const entry = redact('shared entry', 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa')

function reasonOf(opened: Opened): string | undefined {
  return opened.ok ? undefined : opened.reason
}

/** A sealed entry with one byte changed. */
function withByte(sealed: string, at: number, change: (byte: number) => number): string {
  const bytes = Buffer.from(sealed, 'base64url')
  bytes[at] = change(bytes[at] as number)
  return bytes.toString('base64url')
}

test('opens what it has sealed, for the same name and generation [C9]', async () => {
  const sealed = await sealing.seal('name', 7, entry)
  const opened = await sealing.open('name', 7, sealed)
  assert(opened.ok)
  assert.equal(opened.text.reveal(), entry.reveal())
})

test('seals texts of every length, and of every script', async () => {
  for (const text of ['', 'x', 'x'.repeat(251), 'x'.repeat(252), 'x'.repeat(253), 'ключ 🔑']) {
    const sealed = await sealing.seal('name', 1, redact('shared entry', text))
    const opened = await sealing.open('name', 1, sealed)
    assert.equal(opened.ok && opened.text.reveal(), text)
  }
})

test('shows nothing of the text, and of its length only the next multiple of 256 [C9]', async () => {
  const sealed = await sealing.seal('name', 1, entry)
  assert.equal(findSecret(sealed, entry.reveal()), undefined)
  assert.equal(
    findSecret(Buffer.from(sealed, 'base64url').toString('latin1'), entry.reveal()),
    undefined,
  )
  const lengths = await Promise.all(
    ['x', 'x'.repeat(252), 'x'.repeat(253)].map(
      async (text) => (await sealing.seal('name', 1, redact('shared entry', text))).length,
    ),
  )
  assert.equal(lengths[0], lengths[1])
  assert.notEqual(lengths[1], lengths[2])
})

test('never seals twice alike', async () => {
  assert.notEqual(await sealing.seal('name', 1, entry), await sealing.seal('name', 1, entry))
})

test('refuses an entry that was moved to another name [C9]', async () => {
  const sealed = await sealing.seal('name', 1, entry)
  assert.equal(reasonOf(await sealing.open('other', 1, sealed)), 'not_authentic')
})

test('refuses an entry of another generation than its record [C9]', async () => {
  const sealed = await sealing.seal('name', 1, entry)
  assert.equal(reasonOf(await sealing.open('name', 2, sealed)), 'stale_generation')
  assert.equal(reasonOf(await sealing.open('name', 0, sealed)), 'stale_generation')
})

test('refuses an entry with any one bit changed [C9]', async () => {
  const sealed = await sealing.seal('name', 1, entry)
  const length = Buffer.from(sealed, 'base64url').length
  const reasons = new Set<string | undefined>()
  for (let at = 0; at < length; at += 1) {
    const changed = withByte(sealed, at, (byte) => byte ^ (1 << (at % 8)))
    reasons.add(reasonOf(await sealing.open('name', 1, changed)))
  }
  assert.deepEqual([...reasons].sort(), ['malformed', 'not_authentic', 'unknown_key'])
})

test('refuses an entry that claims the generation of the record', async () => {
  const sealed = await sealing.seal('name', 1, entry)
  const lastByteOfGeneration = 1 + 1 + 'k1'.length + 7
  const forged = withByte(sealed, lastByteOfGeneration, () => 2)
  assert.equal(reasonOf(await sealing.open('name', 2, forged)), 'not_authentic')
})

test('refuses an entry that was cut, at every length [C9]', async () => {
  const bytes = Buffer.from(await sealing.seal('name', 1, entry), 'base64url')
  for (let length = 0; length < bytes.length; length += 1) {
    const cut = bytes.subarray(0, length).toString('base64url')
    assert.equal(reasonOf(await sealing.open('name', 1, cut)), 'malformed')
  }
  const longer = Buffer.concat([bytes, Buffer.of(0)]).toString('base64url')
  assert.equal(reasonOf(await sealing.open('name', 1, longer)), 'not_authentic')
})

test('refuses what is no entry at all', async () => {
  for (const sealed of ['', '!', 'c2VhbGVk', '{"token":"x"}', 'A'.repeat(65_537)]) {
    assert.equal(reasonOf(await sealing.open('name', 1, sealed)), 'malformed')
  }
})

test('refuses an entry under a key that is not in the ring, and under another secret', async () => {
  const sealed = await sealing.seal('name', 1, entry)
  const other = createSealing({ keys: [{ id: 'k2', secret: secret(1) }] })
  assert.equal(reasonOf(await other.open('name', 1, sealed)), 'unknown_key')
  const wrong = createSealing({ keys: [{ id: 'k1', secret: secret(2) }] })
  assert.equal(reasonOf(await wrong.open('name', 1, sealed)), 'not_authentic')
})

test('opens entries of both keys while a ring is rotated [C9]', async () => {
  const namingSecret = secret(1)
  const both = [...keys, { id: 'k2', secret: secret(2) }]
  const older = createSealing({ keys: both, namingSecret })
  const newer = createSealing({ keys: both.toReversed(), namingSecret })
  for (const [from, to] of [
    [older, newer],
    [newer, older],
  ] as const) {
    const opened = await to.open('name', 1, await from.seal('name', 1, entry))
    assert.equal(opened.ok, true)
  }
})

test('names the same text alike in every process, and differently for each kind and secret', async () => {
  const names = await Promise.all([
    sealing.nameOf('entry', 'key'),
    sealing.nameOf('entry', 'other'),
    sealing.nameOf('circuit', 'key'),
    createSealing({ keys: secret(2) }).nameOf('entry', 'key'),
  ])
  assert.equal(new Set(names).size, 4)
  assert.equal(await createSealing({ keys }).nameOf('entry', 'key'), names[0])
  assert(names.every((name) => /^[A-Za-z0-9_-]{43}$/.test(name)))
})

test('takes its nonces from the source that it was given', async () => {
  const seal = () => createSealing({ keys, random: seededRandom(1) }).seal('name', 1, entry)
  assert.equal(await seal(), await seal())
})
