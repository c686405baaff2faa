/** No case of the sender corpus is vacuous: without the rule that it breaks it is admitted, with all it is not. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type BrokenSenderRule, createSenderCorpus, type SenderCase } from '@mintmark/testkit'
import { admitsCase, type LeftOut } from './lenient-sender.ts'

/** What a verifier leaves out to break each rule; several where the rule has several sides. */
const MUTANTS: Readonly<Record<BrokenSenderRule, readonly LeftOut[]>> = {
  no_credentials: ['token-place'],
  repeated_credentials: ['one-credential'],
  token_in_query: ['token-place'],
  claim_malformed: ['binding'],
  sender_constrained: ['scheme'],
  token_not_bound: ['scheme'],
  proof_missing: ['proof'],
  proof_repeated: ['one-proof'],
  proof_malformed: [
    ...(['spelling', 'type', 'critical', 'algorithm'] as const),
    ...(['key', 'private-half', 'fitness', 'form'] as const),
  ],
  proof_signature_wrong: ['signature'],
  proof_misdirected: ['method', 'target'],
  proof_token_mismatch: ['token-hash'],
  proof_key_mismatch: ['thumbprint'],
  proof_stale: ['age'],
  proof_replayed: ['use'],
  nonce_missing: ['nonce'],
  nonce_unknown: ['nonce'],
  certificate_missing: ['certificate'],
  certificate_mismatch: ['certificate'],
}

/** What nothing could take for a proof: it is there for what looking at it throws. */
const NO_PROOF = /^proof-form\/(empty|word|access-token)$/

const corpus = createSenderCorpus()
const cases = [...corpus.cases, ...corpus.nonceCases]
const attacks = cases.filter(({ expect }) => expect !== 'admitted')

function rulesThatStop(one: SenderCase): readonly LeftOut[] {
  const rules = one.expect === 'admitted' ? [] : MUTANTS[one.expect]
  return rules.filter((rule) => admitsCase(corpus, one, [rule]))
}

describe('a verifier of senders written by hand', () => {
  test('admits what is good and nothing else while it has every rule', () => {
    for (const one of cases) {
      assert.equal(admitsCase(corpus, one, []), one.expect === 'admitted', one.id)
    }
  })

  test('admits every attack that it left out the one rule for [X5]', () => {
    const survivors = attacks.filter((one) => rulesThatStop(one).length === 0)
    assert.deepEqual(
      survivors.map(({ id }) => id).filter((id) => !NO_PROOF.test(id)),
      [],
    )
    assert.ok(survivors.every(({ id }) => NO_PROOF.test(id)))
  })

  test('needs each of its rules [X5]', () => {
    const needed = new Set(attacks.flatMap(rulesThatStop))
    assert.deepEqual(
      [...new Set(Object.values(MUTANTS).flat())].filter((rule) => !needed.has(rule)),
      [],
    )
  })
})
