import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { parsePublication } from '../../src/shared-store/redis/publication-text.ts'
import { StoreClock } from '../../src/shared-store/redis/store-clock.ts'

const AT_MS = 1_795_435_200_000

/** A clock that has heard from the store, `laterMs` after the message was made. */
function clockAfter(laterMs: number): StoreClock {
  const storeClock = new StoreClock(new FakeClock())
  storeClock.hear(AT_MS + laterMs)
  return storeClock
}

const written = { kind: 'written', name: 'n', generation: 1, sealed: 's', remainingMs: 9_000 }
const circuit = { code: 'client_refused', pauseMs: 9_000, remainingMs: 9_000 }

const messages: readonly (readonly [title: string, message: object])[] = [
  ['a new entry', written],
  ['a lease given up', { kind: 'released', name: 'n' }],
  ['a refused token', { kind: 'retired', name: 'n', fingerprint: 'a1' }],
  ['a circuit that opened', { kind: 'circuit', name: 'n', circuit }],
]

for (const [title, message] of messages) {
  test(`reads ${title}`, () => {
    const text = JSON.stringify({ ...message, atMs: AT_MS })
    assert.deepEqual(parsePublication(text, clockAfter(0)), message)
  })
}

test('reads a circuit that closed', () => {
  const text = JSON.stringify({ kind: 'circuit', name: 'n', atMs: AT_MS })
  const closed = { kind: 'circuit', name: 'n', circuit: undefined }
  assert.deepEqual(parsePublication(text, clockAfter(0)), closed)
})

test('takes off what a message was under way', () => {
  const heard = (message: object) =>
    parsePublication(JSON.stringify({ ...message, atMs: AT_MS }), clockAfter(2_000))
  assert.deepEqual(heard(written), { ...written, remainingMs: 7_000 })
  assert.deepEqual(heard({ kind: 'circuit', name: 'n', circuit }), {
    kind: 'circuit',
    name: 'n',
    circuit: { ...circuit, remainingMs: 7_000 },
  })
  const late = parsePublication(JSON.stringify({ ...written, atMs: AT_MS }), clockAfter(60_000))
  assert.deepEqual(late, { ...written, remainingMs: 0 })
})

const strange: readonly string[] = [
  '',
  'null',
  '[]',
  '"written"',
  '{',
  JSON.stringify({ atMs: AT_MS }),
  ...[
    { ...written, atMs: undefined },
    { ...written, atMs: -1 },
    { ...written, atMs: 'now' },
    { ...written, name: 1 },
    { ...written, kind: 'rewritten' },
    { ...written, generation: 1.5 },
    { ...written, generation: -1 },
    { ...written, sealed: null },
    { ...written, remainingMs: '9000' },
    { ...written, remainingMs: 2 ** 53 },
    { kind: 'retired', name: 'n', fingerprint: {} },
    { kind: 'circuit', name: 'n', circuit: null },
    { kind: 'circuit', name: 'n', circuit: { ...circuit, code: 1 } },
    { kind: 'circuit', name: 'n', circuit: { ...circuit, pauseMs: -1 } },
    { ...written, sealed: 'A'.repeat(70_000) },
  ].map((message) => JSON.stringify({ atMs: AT_MS, ...message })),
]

for (const message of strange) {
  test(`makes nothing of ${message.slice(0, 80) || 'an empty message'}`, () => {
    assert.equal(parsePublication(message, clockAfter(0)), undefined)
  })
}
