import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '@mintmark/testkit'
import fc from 'fast-check'
import { noDetail, type RefusalDetail } from '../../src/refusals/refusal-detail.ts'
import {
  createRefusalReferences,
  openRefusalReference,
  refusalReferenceLength,
  refusalReferencePrefix,
} from '../../src/refusals/refusal-reference.ts'

const masterKey = new Uint8Array(32).fill(7)
const facts = {
  atWallMs: 1_795_000_000_000,
  endpoint: 'token',
  reason: 'secret_expired',
  clientId: 'partner-a',
  detail: { secretId: 'aB3', endedSecondsAgo: 172_800 },
} as const

test('what was sealed comes out again, on any node with the master key [N17]', () => {
  const reference = createRefusalReferences(masterKey, seededRandom(1)).seal(facts)
  assert.deepEqual(openRefusalReference(masterKey, reference), { ...facts, clientIdIsCut: false })
  const bare = reference.slice(refusalReferencePrefix.length)
  assert.deepEqual(openRefusalReference(masterKey, bare)?.reason, 'secret_expired')
})

test('references have one length, and one is like no other [N17]', () => {
  const references = createRefusalReferences(masterKey, seededRandom(1))
  const identifiers = fc.string({ unit: fc.constantFrom(...'abZ09-._~:/'), maxLength: 255 })
  const details: fc.Arbitrary<RefusalDetail> = fc.record(
    {
      secretId: fc.string({ unit: fc.constantFrom(...'abZ09'), maxLength: 64 }),
      clockSkewSeconds: fc.integer(),
      lifetimeSeconds: fc.integer(),
      endedSecondsAgo: fc.integer(),
    },
    { requiredKeys: [] },
  )
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.option(identifiers, { nil: undefined }), details, (clientId, detail) => {
      const reference = references.seal({ ...facts, clientId, detail })
      assert.equal(reference.length, refusalReferenceLength)
      assert.match(reference, /^urn:mintmark:refusal:[\w-]+$/)
      assert.equal(seen.has(reference), false)
      seen.add(reference)
      const opened = openRefusalReference(masterKey, reference)
      assert.equal(opened?.reason, 'secret_expired')
      const start = clientId?.slice(0, 64)
      assert.equal(opened.clientId, start)
      assert.equal(opened.clientIdIsCut, clientId !== start)
    }),
    { numRuns: 200 },
  )
})

test('a detail that does not fit beside a long client identifier is left out', () => {
  const references = createRefusalReferences(masterKey, seededRandom(1))
  const detail = { secretId: 's'.repeat(64), lifetimeSeconds: 1, clockSkewSeconds: 2 }
  const opened = openRefusalReference(
    masterKey,
    references.seal({ ...facts, clientId: 'c'.repeat(300), detail }),
  )
  assert.deepEqual(opened?.detail, {})
  assert.equal(opened.clientId, 'c'.repeat(64))
})

test('nothing opens without the key, or after any change [N17]', () => {
  const reference = createRefusalReferences(masterKey, seededRandom(1)).seal(facts)
  assert.equal(openRefusalReference(new Uint8Array(32).fill(8), reference), undefined)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (let at = refusalReferencePrefix.length; at < reference.length; at += 1) {
    const other = alphabet[(alphabet.indexOf(reference.charAt(at)) + 1) % 64]
    const changed = reference.slice(0, at) + other + reference.slice(at + 1)
    assert.equal(openRefusalReference(masterKey, changed), undefined)
  }
})

test('whatever is given as a reference, opening it does not throw', () => {
  const length = refusalReferenceLength - refusalReferencePrefix.length
  const alike = fc.string({
    unit: fc.constantFrom(...'AbZ09-_+/='),
    minLength: length,
    maxLength: length,
  })
  fc.assert(
    fc.property(fc.oneof(fc.string(), alike), (text) => {
      assert.equal(openRefusalReference(masterKey, text), undefined)
      assert.equal(openRefusalReference(masterKey, refusalReferencePrefix + text), undefined)
    }),
    { numRuns: 200 },
  )
})

test('a restart seals under another key, and one key does not seal for ever', () => {
  const saltOf = (reference: string): string =>
    Buffer.from(reference.slice(refusalReferencePrefix.length), 'base64url').toString('hex', 1, 9)
  const first = createRefusalReferences(masterKey, seededRandom(1))
  const second = createRefusalReferences(masterKey, seededRandom(2))
  const plain = { ...facts, detail: noDetail }
  assert.equal(saltOf(first.seal(plain)), saltOf(first.seal(plain)))
  assert.notEqual(saltOf(first.seal(plain)), saltOf(second.seal(plain)))
})
