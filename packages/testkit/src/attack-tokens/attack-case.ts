/**
 * One request of the attack corpus, as plain values: what is sent, what has to become of it, and why. Nothing here
 * depends on a verifier; the names of rules are those of Mintmark's guard because some names were needed.
 */

/** The kinds of attack, and `good` for what has to be admitted. */
export type AttackClass =
  | 'algorithm-confusion'
  | 'unsigned'
  | 'unknown-algorithm'
  | 'key-injection'
  | 'header-extension'
  | 'forged-signature'
  | 'unfit-key'
  | 'duplicate-member'
  | 'ambiguous-json'
  | 'instant'
  | 'size'
  | 'alias'
  | 'token-type'
  | 'audience'
  | 'issuer'
  | 'claim-form'
  | 'encrypted'
  | 'forged-and-wrong'
  | 'header-text'
  | 'sender-binding'
  | 'request'
  | 'good'

/**
 * The rule that an attack breaks. Another verifier may meet another broken rule first, or give them other names; that
 * it refuses is what matters.
 */
export type BrokenRule =
  /** No token where one belongs. */
  | 'no_credentials'
  | 'other_scheme'
  | 'repeated_credentials'
  | 'token_in_query'
  | 'malformed_credentials'
  /** Not the one canonical spelling of a signed token with strict JSON in it, or too large. */
  | 'malformed_token'
  | 'critical_header'
  | 'wrong_type'
  | 'algorithm_not_allowed'
  | 'wrong_issuer'
  /** No published key of this name that may verify this algorithm. */
  | 'unknown_key'
  | 'ambiguous_key'
  | 'bad_signature'
  | 'claim_missing'
  | 'claim_malformed'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet_valid'
  | 'issued_in_the_future'
  /** Bound to a key or certificate that the request does not prove. */
  | 'sender_constrained'

/** A request as an API gets it. */
export interface AttackRequest {
  /** Names and values in the order they are sent; values are what they would be after HTTP parsing. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Path and query. */
  readonly url: string
}

/** One request, and what has to become of it. */
export interface AttackCase {
  /** Unique in a corpus and stable between versions: class, slash, words. */
  readonly id: string
  readonly class: AttackClass
  /** CVE and GHSA numbers of products that admitted such a request. */
  readonly cve: readonly string[]
  readonly request: AttackRequest
  /** The access token of the request; `undefined` where the attack is in what is around it. */
  readonly token: string | undefined
  /** `'admitted'`, or the rule for which the request has to be refused. */
  readonly expect: 'admitted' | BrokenRule
  /** Why it has to be so. */
  readonly why: string
}

/** A token attack as its class lists it. */
export type TokenAttack = readonly [
  name: string,
  expect: BrokenRule,
  why: string,
  token: string,
  cve?: readonly string[],
]

/** The cases of one class, each with its token as a Bearer token. */
export function tokenCases(
  attackClass: AttackClass,
  attacks: readonly TokenAttack[],
): readonly AttackCase[] {
  return attacks.map(([name, expect, why, token, cve = []]) => ({
    id: `${attackClass}/${name}`,
    class: attackClass,
    cve,
    request: bearing(token),
    token,
    expect,
    why,
  }))
}

/** A request that carries `token` as a Bearer token. */
export function bearing(token: string): AttackRequest {
  return { headers: [['authorization', `Bearer ${token}`]], url: '/' }
}
