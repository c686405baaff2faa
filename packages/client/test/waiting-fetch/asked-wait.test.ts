import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { askedWaitMs } from '../../src/waiting-fetch/asked-wait.ts'

const NOW = Date.UTC(2026, 10, 28)

function waitOf(status: number, fields: Readonly<Record<string, string>>): number | undefined {
  return askedWaitMs({ status, headers: new Headers(fields) }, NOW)
}

const rows: readonly (readonly [
  title: string,
  status: number,
  fields: Readonly<Record<string, string>>,
  waitMs: number | undefined,
])[] = [
  ['seconds', 429, { 'retry-after': '7' }, 7_000],
  ['seconds of an outage', 503, { 'retry-after': '2' }, 2_000],
  ['a date', 429, { 'retry-after': 'Sat, 28 Nov 2026 00:00:09 GMT' }, 9_000],
  ['a date that is past', 429, { 'retry-after': 'Fri, 27 Nov 2026 00:00:00 GMT' }, 100],
  ['no time at all', 429, { 'retry-after': '0' }, 100],
  ['a year', 429, { 'retry-after': '31536000' }, 3_600_000],
  ['nothing', 429, {}, undefined],
  ['nothing of an outage', 503, { ratelimit: '"a";r=0;t=3' }, undefined],
  ['something that nobody can read', 429, { 'retry-after': 'soon' }, undefined],
  ['something beside a success', 200, { 'retry-after': '7', ratelimit: '"a";r=0;t=3' }, undefined],
  ['something beside another refusal', 403, { 'retry-after': '7' }, undefined],
  ['the limit that refused', 429, { ratelimit: '"day";r=40, "partner";r=0;t=3' }, 3_000],
  ['the longest of two limits', 429, { ratelimit: '"day";r=0;t=40,"minute";r=0;t=3' }, 40_000],
  ['a limit that has too little', 429, { ratelimit: '"day";r=4;t=40;pk=:AA==:' }, 40_000],
  ['a limit that tells no time', 429, { ratelimit: '"day";r=0' }, undefined],
  ['two fields that disagree', 429, { 'retry-after': '2', ratelimit: '"a";r=0;t=30' }, 2_000],
  ['a field of an earlier draft', 429, { ratelimit: 'limit=10, remaining=0, reset=4' }, undefined],
  ['a time below zero', 429, { ratelimit: '"a";r=0;t=-4' }, undefined],
]
for (const [title, status, fields, waitMs] of rows) {
  test(`an API that asks for ${title} is waited for ${waitMs ?? 'not at all'}`, () => {
    assert.equal(waitOf(status, fields), waitMs)
  })
}

test('whatever an API says, the wait is none or between a tenth of a second and an hour', () => {
  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'";=,rt0123456789 a-.:') }),
    fc.string({ unit: 'grapheme-ascii' }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
    fc.nat().map((seconds) => `"a";r=0;t=${seconds}`),
  )
  fc.assert(
    fc.property(value, value, (retryAfter, ratelimit) => {
      const waitMs = waitOf(429, { 'retry-after': retryAfter, ratelimit })
      assert.ok(waitMs === undefined || (waitMs >= 100 && waitMs <= 3_600_000))
    }),
    { numRuns: 200 },
  )
  assert.equal(waitOf(429, { ratelimit: `${'"a";r=0;t=1, '.repeat(20_000)}"b";r=0` }), undefined)
})
