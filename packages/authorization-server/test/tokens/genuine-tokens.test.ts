import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccessTokenClaims } from '@mintmark/protocol'
import fc from 'fast-check'
import { genuineTokenOverhead } from '../../src/limits.ts'
import { GenuineTokens } from '../../src/tokens/genuine-tokens.ts'

const claims = { jti: 'jti-1' } as AccessTokenClaims
const genuine = { claims, key: undefined }
const tail = 'k'.repeat(22)

describe('the memory of genuine tokens', () => {
  it('finds a token by its whole text only', () => {
    const tokens = new GenuineTokens(1_000_000)
    tokens.keep(`one.${tail}`, genuine)
    assert.equal(tokens.find(['one', tail].join('.'))?.claims, claims)
    assert.equal(tokens.find(`two.${tail}`), undefined)
    assert.equal(tokens.find(tail), undefined)
    tokens.keep(`two.${tail}`, genuine)
    assert.equal(tokens.find(`one.${tail}`), undefined)
    assert.ok(tokens.find(`two.${tail}`))
  })

  it('never charges more than its bound, and drops the oldest first', () => {
    const bound = 10 * (genuineTokenOverhead + 30)
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 60 }), (names) => {
        const tokens = new GenuineTokens(bound)
        for (const name of names) {
          tokens.keep(`${name}`.padEnd(30, '.'), genuine)
          assert.ok(tokens.characters <= bound)
          assert.ok(tokens.find(`${name}`.padEnd(30, '.')))
        }
      }),
      { numRuns: 50 },
    )
    const tokens = new GenuineTokens(2 * (genuineTokenOverhead + 30))
    for (const name of ['a', 'b', 'c']) tokens.keep(name.repeat(30), genuine)
    const found = ['a', 'b', 'c'].map((name) => tokens.find(name.repeat(30)) !== undefined)
    assert.deepEqual(found, [false, true, true])
    tokens.keep('d'.repeat(4_000), genuine)
    assert.equal(tokens.find('d'.repeat(4_000)), undefined)
  })
})
