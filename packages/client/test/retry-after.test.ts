import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import { parseRetryAfter } from '../src/retry-after.ts'

const nowWallMs = the.nowSeconds * 1000

test('reads seconds and HTTP dates, up to an hour, and nothing else [C7]', () => {
  const rows: readonly [value: string | null, milliseconds: number | undefined][] = [
    [null, undefined],
    ['', undefined],
    ['0', 0],
    ['30', 30_000],
    ['007', 7_000],
    ['3600', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['9'.repeat(65), undefined],
    ['1.5', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1e3', undefined],
    ['30, 60', undefined],
    ['soon', undefined],
    ['Mon, 23 Nov 2026 12:00:45 GMT', 45_000],
    ['Mon, 23 Nov 2026 11:59:00 GMT', 0],
    ['Tue, 24 Nov 2026 12:00:00 GMT', 3_600_000],
    ['Mon, 99 Nov 2026 12:00:45 GMT', undefined],
    ['Monday, 23-Nov-26 12:00:45 GMT', undefined],
    ['2026-11-23T12:00:45Z', undefined],
    ['Mon, 23 Nov 2026 12:00:45 +0100', undefined],
  ]
  for (const [value, milliseconds] of rows) {
    assert.equal(parseRetryAfter(value, nowWallMs), milliseconds, `${value}`)
  }
})

test('gives no value or one within the bounds, whatever is sent', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{1,40}$/)), (value) => {
      const milliseconds = parseRetryAfter(value, nowWallMs)
      if (milliseconds !== undefined) assert(milliseconds >= 0 && milliseconds <= 3_600_000)
    }),
  )
})
