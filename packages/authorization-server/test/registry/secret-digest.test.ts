import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { systemRandom } from '@mintmark/runtime'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { createSecretDigester } from '../../src/registry/secret-digest.ts'
import { someSecret } from '../registered.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const key = systemRandom.bytes(32)
const digester = createSecretDigester(key)
const secretOf = (text: string) => redact('client secret', text)

test('the digest is HMAC-SHA-256 as node:crypto computes it, for every text up to the longest secret', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 512 }), (text) => {
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

const longest = 'x'.repeat(512)
const records = [longest, 'correct horse', 'battery staple'].map((text) =>
  someSecret(text, digester.digest(secretOf(text))),
)
const foundBy = (text: string, by = digester) => by.matching(secretOf(text), records)?.id

test('a secret matches the record of its own digest and no other', () => {
  assert.equal(foundBy('correct horse'), 'correct horse')
  assert.equal(foundBy('battery staple'), 'battery staple')
  assert.equal(foundBy('correct horsf'), undefined)
  assert.equal(foundBy('correct horse', createSecretDigester(systemRandom.bytes(32))), undefined)
})

test('a secret longer than any that can be registered matches nothing', () => {
  assert.equal(foundBy(longest), longest)
  assert.equal(foundBy(`${longest}x`), undefined)
})

test('an imported hash matches nothing, whatever it is the hash of', () => {
  const [record] = records
  assert.ok(record)
  const imported = { ...record, verifier: { kind: 'imported', hash: longest } } as const
  assert.equal(digester.matching(secretOf(longest), [imported]), undefined)
})
