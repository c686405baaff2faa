/** No attack is vacuous: a verifier without the one rule that an attack breaks admits it, and one with all does not. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AttackCase, type BrokenRule, createAttackCorpus } from '@mintmark/testkit'
import { admits, type LeftOut } from './lenient-verifier.ts'

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

/** Attacks that hold no claims which anything could admit: they are there for what looking at them costs or throws. */
const WITHOUT_CLAIMS: readonly RegExp[] = [
  /^unsigned\/(header-alone|empty-segments|empty-header|empty-payload)$/,
  /^header-extension\/(zip|b64-false-unencoded)$/,
  /^ambiguous-json\/claims-(list|list-of-claims|text|number|null|true|space|cut|lists-without-end)$/,
  /^ambiguous-json\/claims-(utf-16|utf-16-with-mark|line-end-in-text|exp-not-a-number)$/,
  /^ambiguous-json\/header-(list|list-with-header|text|null|empty-object|cut|utf-16)$/,
  /^size\/a-(million-dots|hundred-thousand-segments|million-letters)$/,
  /^size\/a-million-letters-in-the-(header|payload)$/,
  /^alias\/(in-capitals|base64-once-more)$/,
  /^encrypted\/(direct|rsa-oaep|rsa-1-5|ecdh-off-the-curve|pbes2-billions-of-rounds)$/,
  /^encrypted\/(compressed|nested|five-empty-segments|token-in-a-token)$/,
  /^request\/(no-credentials|empty-field|bare-scheme.*|comma-alone|null|undefined|object)$/,
  /^request\/(placeholder|letters-beyond-ascii|scheme-twice|token-as-parameter)$/,
]

const corpus = createAttackCorpus()
const attacks = corpus.cases.filter(({ expect }) => expect !== 'admitted')

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

  test('admits every attack that it left out the rule for [X5]', () => {
    const survivors = attacks
      .filter(({ id }) => !WITHOUT_CLAIMS.some((pattern) => pattern.test(id)))
      .filter((attack) => !isAdmittedByAMutant(attack))
    assert.deepEqual(
      survivors.map(({ id }) => id),
      [],
    )
  })

  test('admits none of the attacks that hold no claims, whatever it leaves out', () => {
    const without = attacks.filter(({ id }) => WITHOUT_CLAIMS.some((pattern) => pattern.test(id)))
    assert.ok(without.length < attacks.length / 12, String(without.length))
    assert.deepEqual(
      without.filter(isAdmittedByAMutant).map(({ id }) => id),
      [],
    )
  })
})
