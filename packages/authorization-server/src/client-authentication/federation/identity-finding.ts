/** What may be wrong with a federated identity. */

/** One thing that is wrong: what is refused is never registered, of the rest an operator should know. */
export interface IdentityFinding {
  readonly severity: 'refused' | 'warning'
  readonly code: IdentityFindingCode
  /** What and why, in words. Nothing of the identity is repeated. */
  readonly explanation: string
}

/** Every code of a finding. */
export type IdentityFindingCode =
  | 'issuer_malformed'
  | 'issuer_not_https'
  | 'issuer_is_ourselves'
  | 'issuer_is_everybody'
  | 'subject_missing'
  | 'subject_malformed'
  | 'subject_wildcard'
  | 'subject_too_broad'
  | 'subject_of_another_issuer'
  | 'audience_malformed'
  | 'audience_of_another'
  | 'audience_wildcard'
  | 'keys_not_https'
  | 'keys_elsewhere'
  | 'keys_missing'

/** A finding that keeps an identity from being registered. */
export function refusedFinding(code: IdentityFindingCode, explanation: string): IdentityFinding {
  return { severity: 'refused', code, explanation }
}
