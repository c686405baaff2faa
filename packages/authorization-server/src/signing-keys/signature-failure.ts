/** What can go wrong with a signature that somebody else makes. */

/** Why there is no signature. */
export type SignatureFailure =
  | 'signer_missing'
  | 'overloaded'
  | 'timed_out'
  | 'signer_failed'
  | 'wrong_signature'
