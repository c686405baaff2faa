import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { combinedLines } from '../../src/access-log/combined-line.ts'

const read = combinedLines()
const rest = '"GET / HTTP/1.1" 200 12 "-" "curl/8.5"'
const wallMs = Date.UTC(2026, 10, 28, 17, 3, 35)

test('reads address, time and the client that was authenticated', () => {
  assert.deepEqual(read(`::1 - partner-a [28/Nov/2026:17:03:35 +0000] ${rest}`), {
    ...{ wallMs, address: '::1', clientId: 'partner-a' },
  })
  assert.deepEqual(read(`203.0.113.7 - - [28/Nov/2026:17:03:35 +0000] ${rest}`), {
    ...{ wallMs, address: '203.0.113.7' },
  })
})

test('reckons with the zone', () => {
  assert.equal(read(`::1 - - [28/Nov/2026:18:33:35 +0130] ${rest}`)?.wallMs, wallMs)
  assert.equal(read(`::1 - - [28/Nov/2026:09:03:35 -0800] ${rest}`)?.wallMs, wallMs)
})

test('takes a name that was answered with 401 for nobody’s', () => {
  const line = '::1 - partner-a [28/Nov/2026:17:03:35 +0000] "GET / HTTP/1.1" 401 12'
  assert.equal(read(line)?.clientId, undefined)
})

test('reads a name with spaces and brackets', () => {
  assert.equal(read(`::1 - a b[c [28/Nov/2026:17:03:35 +0000] ${rest}`)?.clientId, 'a b[c')
})

test('takes neither time nor status from what a stranger has written', () => {
  const name = 'x [01/Jan/2062:00:00:00 +0000] \\x22 200 '
  const line = `::1 - ${name} [28/Nov/2026:17:03:35 +0000] "GET /" 401 12 "-" "curl"`
  assert.deepEqual(read(line), { wallMs, address: '::1' })
  const agent = '::1 - partner-a [28/Nov/2026:17:03:35 +0000] "GET /" 200 12 "-" "curl" 401 0.002'
  assert.equal(read(agent)?.clientId, 'partner-a')
})

test('knows the escapes of both servers', () => {
  for (const path of ['/\\x22 401 ', '/\\" 401 ', '/\\\\']) {
    const line = `::1 - partner-a [28/Nov/2026:17:03:35 +0000] "GET ${path}" 200 12`
    assert.equal(read(line)?.clientId, 'partner-a')
  }
})

test('takes any text without failing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w:. -]*\[[\w/: +]*\]/)), (line) => {
      const entry = read(line)
      assert.ok(entry === undefined || Number.isFinite(entry.wallMs))
    }),
    { numRuns: 200 },
  )
})
