import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshnessSeconds } from '../src/cache-lifetime.ts'

const answers: readonly (readonly [Record<string, string>, number | undefined])[] = [
  [{}, undefined],
  [{ 'cache-control': 'max-age=300' }, 300],
  [{ 'cache-control': 'public, max-age=300, must-revalidate' }, 300],
  [{ 'cache-control': 'Max-Age=300' }, 300],
  [{ 'cache-control': 'max-age="300"' }, 300],
  [{ 'cache-control': 'max-age=0' }, 0],
  [{ 'cache-control': 'no-store, max-age=300' }, 0],
  [{ 'cache-control': 'max-age=300, No-Cache' }, 0],
  [{ 'cache-control': 'max-age=300', age: '60' }, 240],
  [{ 'cache-control': 'max-age=300', age: '900' }, 0],
  [{ 'cache-control': 'max-age=300', age: '-60' }, 300],
  [{ 'cache-control': 'max-age=300', age: 'x' }, 300],
  [{ 'cache-control': 's-maxage=300' }, undefined],
  [{ 'cache-control': 'x-max-age=300' }, undefined],
  [{ 'cache-control': 'max-age=-1' }, undefined],
  [{ 'cache-control': 'max-age=1e3' }, undefined],
  [{ 'cache-control': 'max-age=3.5' }, undefined],
  [{ 'cache-control': 'max-age=999999999999' }, undefined],
  [{ 'cache-control': 'max-age=' }, undefined],
  [{ 'cache-control': 'max-age' }, undefined],
  [{ age: '60' }, undefined],
]

for (const [headers, expected] of answers) {
  test(`reads ${JSON.stringify(headers)} as ${expected} seconds`, () => {
    assert.equal(freshnessSeconds(new Headers(headers)), expected)
  })
}
