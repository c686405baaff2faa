import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { systemRandom } from '@mintmark/runtime'
import fc from 'fast-check'
import { createSecretDigester } from '../../src/registry/secret-digest.ts'

const key = systemRandom.bytes(32)
const digester = createSecretDigester(key)
const secretOf = (text: string) => redact('client secret', text)

test('the digest is HMAC-SHA-256 as node:crypto computes it, for every text up to the longest secret', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 512 }), (text) => {
      const expected = createHmac('sha256', key).update(text, 'utf8').digest()
      assert.deepEqual(Buffer.from(digester.digest(secretOf(text))), expected)
    }),
  )
})

test('a long secret leaves nothing behind for the next digest', () => {
  const expected = createHmac('sha256', key).update('short').digest()
  digester.digest(secretOf('x'.repeat(512)))
  assert.deepEqual(Buffer.from(digester.digest(secretOf('short'))), expected)
})

test('a secret matches its own digest and no other', () => {
  const digest = new Uint8Array(digester.digest(secretOf('correct horse')))
  assert.equal(digester.matches(secretOf('correct horse'), digest), true)
  assert.equal(digester.matches(secretOf('correct horsf'), digest), false)
  assert.equal(
    createSecretDigester(systemRandom.bytes(32)).matches(secretOf('correct horse'), digest),
    false,
  )
})

test('a secret longer than any that can be registered matches nothing', () => {
  const digest = new Uint8Array(digester.digest(secretOf('x'.repeat(512))))
  assert.equal(digester.matches(secretOf('x'.repeat(513)), digest), false)
})
