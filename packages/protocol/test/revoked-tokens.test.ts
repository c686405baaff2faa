import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeRevokedTokens, encodeRevokedTokens, revokedTokenName } from '../src/index.ts'
import { revokedTokensMax } from '../src/limits.ts'

const NOW = 1_795_435_200

function tokenOf(jti: string, expiresAtSeconds: number) {
  const digest = createHash('sha256').update(jti).digest()
  return { expiresAtSeconds, name: revokedTokenName(digest) }
}

const tokens = (count: number, hours: number) =>
  Array.from({ length: count }, (_, at) => tokenOf(`jti-${at}`, NOW + (at % hours) * 3_600))

function decoded(octets: Uint8Array) {
  const list = decodeRevokedTokens(octets)
  assert.ok(list.ok, list.ok ? '' : list.violation)
  return list.value
}

for (const [count, hours] of [
  [0, 1],
  [1, 1],
  [2, 1],
  [1_000, 1],
  [10_000, 1],
  [10_000, 24],
  [10_000, 168],
] as const) {
  test(`finds each of ${count} tokens of ${hours} hours, and no others [A9]`, () => {
    const revoked = tokens(count, hours)
    const list = decoded(encodeRevokedTokens(revoked))
    assert.equal(list.size, count)
    assert.ok(revoked.every((token) => list.has(token)))
    for (let at = 0; at < 1_000; at++) assert.ok(!list.has(tokenOf(`other-${at}`, NOW)))
  })

  test(`needs less than 29 bits for each of ${count} tokens of ${hours} hours [A9]`, () => {
    const octets = encodeRevokedTokens(tokens(count, hours)).length
    assert.ok(octets <= (count * 29) / 8 + hours * 5 + 6, String(octets))
  })
}

test('looks only among tokens of the same hour [A9]', () => {
  const list = decoded(encodeRevokedTokens([tokenOf('a', NOW)]))
  assert.ok(list.has(tokenOf('a', NOW + 3_599)))
  assert.ok(!list.has(tokenOf('a', NOW + 3_600)))
})

test('takes tokens of the same name for one, and finds all of them [A9]', () => {
  const base = 2 ** 47
  const alike = Array.from({ length: 5 }, (_, at) => ({ expiresAtSeconds: NOW, name: base + at }))
  const list = decoded(encodeRevokedTokens(alike))
  assert.equal(list.size, 1)
  assert.ok(alike.every((token) => list.has(token)))
})

test('takes another token for a revoked one about as seldom as promised [A9]', () => {
  // 10,000 names of 40 bits: one in 110 million. Shortened to what can be counted: tokens that differ late are told
  // apart by 40 bits, so those which agree in 40 bits are found, and those which do not are not.
  const list = decoded(encodeRevokedTokens(tokens(10_000, 1)))
  const { name } = tokenOf('jti-0', NOW)
  const lastBit = 2 ** (48 - 40)
  assert.ok(list.has({ expiresAtSeconds: NOW, name: name - (name % lastBit) }))
  assert.ok(!list.has({ expiresAtSeconds: NOW, name: (name + lastBit) % 2 ** 48 }))
})

const someTokens = fc.array(
  fc.record({
    expiresAtSeconds: fc.integer({ min: 0, max: 100_000 }),
    name: fc.oneof(
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 2 ** 48 - 8, max: 2 ** 48 - 1 }),
    ),
  }),
  { maxLength: 60 },
)

test('finds whatever was written, in one spelling for every order [A9]', () => {
  fc.assert(
    fc.property(someTokens, (revoked) => {
      const octets = encodeRevokedTokens(revoked)
      assert.deepEqual(encodeRevokedTokens(revoked.toReversed()), octets)
      const list = decoded(octets)
      assert.ok(revoked.every((token) => list.has(token)))
    }),
    { numRuns: 100 },
  )
})

test('decodes no octets that it would write differently, and never throws [A9]', () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(someTokens, fc.nat(), fc.nat(255)).map(([revoked, place, octet]) => {
      const damaged = encodeRevokedTokens(revoked)
      damaged[place % damaged.length] = octet
      return damaged
    }),
  )
  fc.assert(
    fc.property(octets, (some) => {
      const list = decodeRevokedTokens(some)
      if (list.ok) assert.ok(list.value.size <= some.length)
    }),
    { numRuns: 100 },
  )
})

const wrong: readonly (readonly [title: string, octets: readonly number[]])[] = [
  ['nothing at all', []],
  ['another version', [2]],
  ['an hour without tokens', [1, 5, 0]],
  ['a list that is cut off', [1, 5, 1, 0, 0]],
  ['bits after the last name', [1, 5, 1, 0, 0, 0, 1]],
  ['an hour twice', [1, 5, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]],
  ['the first hour of all twice', [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]],
  ['a number that is longer than it has to be', [1, 0x85, 0, 1, 0, 0, 0, 0]],
  ['a number without end', [1, 255, 255, 255, 255, 255, 255, 255, 255]],
  ['a name beyond the last', [1, 5, 1, 0xff, 0xff, 0xff, 0xff, 0xff]],
]

for (const [title, octets] of wrong) {
  test(`refuses ${title} [A9]`, () => {
    assert.deepEqual(decodeRevokedTokens(Uint8Array.from(octets)), {
      ok: false,
      violation: 'malformed_list',
    })
  })
}

test('refuses more tokens than it is bounded to before it reads them [A9]', () => {
  const [a, b, c] = [revokedTokensMax + 1].flatMap((n) => [n & 127, (n >> 7) & 127, n >> 14])
  const octets = Uint8Array.from([1, 5, 128 | (a ?? 0), 128 | (b ?? 0), c ?? 0])
  assert.deepEqual(decodeRevokedTokens(octets), { ok: false, violation: 'too_many_tokens' })
})
