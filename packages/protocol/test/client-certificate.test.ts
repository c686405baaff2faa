import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClientCertificate } from '@mintmark/protocol'
import fc from 'fast-check'

test('octets have one text in a field, with or without padding [A6, R5]', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (octets) => {
      const text = Buffer.from(octets).toString('base64')
      assert.deepEqual(parseClientCertificate(`:${text}:`), octets)
      assert.deepEqual(parseClientCertificate(`:${text.replace(/=+$/, '')}:`), octets)
    }),
    { numRuns: 100 },
  )
})

test('no text makes reading a field throw [A6, R5]', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      const octets = parseClientCertificate(text)
      assert.ok(octets === undefined || octets.length > 0)
    }),
    { numRuns: 200 },
  )
})
