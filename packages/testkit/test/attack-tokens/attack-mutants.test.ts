/**
 * No attack is vacuous: a verifier without the one rule that an attack breaks admits it, and one with all does not.
 * Where there are no claims to admit, one that forgives what it cannot read falls for it.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AttackCase, BrokenRule } from '@mintmark/testkit'
import { forgivingVerifiers } from './forgiving-verifiers.ts'
import { admits, type LeftOut } from './lenient-verifier.ts'
import { corpus } from './the-corpus.ts'

/** What a verifier leaves out to break each rule; several where the rule has several sides. */
const MUTANTS: Readonly<Record<BrokenRule, readonly (readonly LeftOut[])[]>> = {
  no_credentials: [['header-only']],
  other_scheme: [['scheme']],
  repeated_credentials: [['one-credential']],
  token_in_query: [['header-only']],
  malformed_credentials: [],
  malformed_token: [
    ['spelling'],
    ['spelling', 'signature'],
    ['spelling', 'type'],
    ['spelling', 'last-member'],
    ['spelling', 'json'],
    ['spelling', 'binding', 'form'],
  ],
  critical_header: [['critical']],
  wrong_type: [['type']],
  algorithm_not_allowed: [['algorithm']],
  wrong_issuer: [['issuer'], ['issuer', 'required']],
  unknown_key: [['key']],
  ambiguous_key: [['key']],
  bad_signature: [['signature']],
  claim_missing: [['required']],
  claim_malformed: [['form'], ['binding']],
  wrong_audience: [['audience']],
  expired: [['exp']],
  not_yet_valid: [['nbf']],
  issued_in_the_future: [['iat']],
  sender_constrained: [['binding']],
}

/** Two rules on purpose: what they are about is which of them is told. */
const OF_SEVERAL_RULES: readonly LeftOut[] = [
  'signature',
  'audience',
  'required',
  'form',
  'exp',
  'nbf',
  'iat',
  'binding',
]

const attacks = corpus.cases.filter(({ expect }) => expect !== 'admitted')
const forgiving = forgivingVerifiers(corpus)

function mutantsOf({ class: attackClass, expect }: AttackCase): readonly (readonly LeftOut[])[] {
  if (attackClass === 'forged-and-wrong') return [OF_SEVERAL_RULES]
  return expect === 'admitted' ? [] : MUTANTS[expect]
}

function isAdmittedByAMutant(attack: AttackCase): boolean {
  return mutantsOf(attack).some((leftOut) => admits(corpus, attack.request, new Set(leftOut)))
}

describe('a verifier written by hand', () => {
  test('admits what is good and nothing else while it has every rule', () => {
    const complete = new Set<LeftOut>()
    for (const { id, request, expect } of corpus.cases) {
      // It publishes good keys alone, so that the unfit ones are unknown to it.
      assert.equal(admits(corpus, request, complete), expect === 'admitted', id)
    }
  })

  test('admits every attack that it left out the rule for, but for those without claims [X5]', () => {
    const survivors = attacks.filter((attack) => !isAdmittedByAMutant(attack))
    const unreadable = attacks.filter(({ id }) => forgiving.some(({ ids }) => ids.includes(id)))
    assert.deepEqual(
      survivors.map(({ id }) => id),
      unreadable.map(({ id }) => id),
    )
  })
})

describe('a verifier that', () => {
  for (const { flaw, ids, fallsFor } of forgiving) {
    const made = attacks.filter(({ id }) => ids.includes(id))
    test(`${flaw} falls for ${made.length} attacks made for it [X5]`, () => {
      assert.equal(made.length, ids.length)
      for (const attack of made) assert.ok(fallsFor(attack), attack.id)
    })
  }
})
