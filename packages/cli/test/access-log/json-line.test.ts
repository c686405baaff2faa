import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonLines } from '../../src/access-log/json-line.ts'

const read = jsonLines({ time: 'time', address: 'ip', client: 'client' })
const wallMs = Date.UTC(2026, 10, 28, 17, 3, 35, 250)

const times: readonly (readonly [string, unknown])[] = [
  ['milliseconds', wallMs],
  ['seconds', wallMs / 1_000],
  ['seconds as text, as nginx writes $msec', String(wallMs / 1_000)],
  ['a date and time', '2026-11-28T18:03:35.250+01:00'],
]
for (const [title, time] of times) {
  test(`reads a time in ${title}`, () => {
    assert.deepEqual(read(JSON.stringify({ time, ip: '::1', client: 'partner-a' })), {
      ...{ wallMs, address: '::1', clientId: 'partner-a' },
    })
  })
}

test('knows nobody where the client is absent, null, empty or a dash', () => {
  for (const client of [undefined, null, '', '-', 7]) {
    const entry = read(JSON.stringify({ time: wallMs, ip: '::1', client }))
    assert.deepEqual(entry, { wallMs, address: '::1' })
  }
})

test('takes any text and any object without failing', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json().map((value) => `{"time":${value},"ip":"::1"}`),
  )
  fc.assert(
    fc.property(anything, (line) => {
      const entry = read(line)
      assert.ok(entry === undefined || typeof entry.wallMs === 'number')
    }),
    { numRuns: 200 },
  )
})
