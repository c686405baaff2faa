/**
 * One case of the sender corpus, as plain values: who presents a bound token with what, what has to become of it, and
 * why. As in the attack corpus nothing depends on a verifier, and the names of rules are those of Mintmark's guard.
 */
import type { AttackRequest, BrokenRule } from '../attack-tokens/attack-case.ts'

/** The kinds of attack, and `good` for what has to be admitted. */
export type SenderClass =
  | 'proof-form'
  | 'proof-key'
  | 'proof-signature'
  | 'proof-target'
  | 'proof-token'
  | 'proof-instant'
  | 'proof-use'
  | 'proof-nonce'
  | 'scheme'
  | 'certificate'
  | 'good'

/** The rule of possession that a request breaks. Another verifier may give others. */
export type BrokenSenderRule =
  | Extract<
      BrokenRule,
      'no_credentials' | 'repeated_credentials' | 'token_in_query' | 'claim_malformed'
    >
  /** A token bound to a key, sent as Bearer. */
  | 'sender_constrained'
  /** A token that is bound to no key, under the DPoP scheme. */
  | 'token_not_bound'
  | 'proof_missing'
  | 'proof_repeated'
  /** No signed JWT of type `dpop+jwt` with a public key and the four claims. */
  | 'proof_malformed'
  | 'proof_signature_wrong'
  /** For another method or URL. */
  | 'proof_misdirected'
  /** For another access token, or for none. */
  | 'proof_token_mismatch'
  /** Of another key than the token is bound to. */
  | 'proof_key_mismatch'
  | 'proof_stale'
  | 'proof_replayed'
  | 'nonce_missing'
  | 'nonce_unknown'
  | 'certificate_missing'
  | 'certificate_mismatch'

/** A request as an API gets it that looks at who sends it. */
export interface SenderRequest extends AttackRequest {
  readonly method: string
  /** Which certificate of the corpus the client shows in the handshake; `undefined` for none. */
  readonly certificate?: 'own' | 'other' | undefined
}

/** One request, and what has to become of it. */
export interface SenderCase {
  /** Unique in a corpus and stable between versions: class, slash, words. */
  readonly id: string
  readonly class: SenderClass
  /** Where the rule stands. */
  readonly rule: string
  /** CVE numbers of products that admitted something like it. */
  readonly cve: readonly string[]
  /** What is sent before, and has to be admitted. */
  readonly before: readonly SenderRequest[]
  readonly request: SenderRequest
  readonly expect: 'admitted' | BrokenSenderRule
  readonly why: string
}

/** A case as its class lists it. */
export interface SenderRow {
  readonly name: string
  readonly expect: SenderCase['expect']
  readonly request: SenderRequest
  readonly before?: readonly SenderRequest[]
  readonly cve?: readonly string[]
}

/** The cases of one class that have rule and reason in common. */
export function senderCases(
  senderClass: SenderClass,
  rule: string,
  why: string,
  rows: readonly SenderRow[],
): readonly SenderCase[] {
  return rows.map(({ name, expect, request, before = [], cve = [] }) => ({
    ...{ id: `${senderClass}/${name}`, class: senderClass, rule, cve },
    ...{ before, request, expect, why },
  }))
}
