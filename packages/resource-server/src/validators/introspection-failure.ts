/** Why the issuer could not be asked about a token. Nobody's token is bad because of it. */
import type { IntrospectionViolation } from '@mintmark/protocol'

/** What can go wrong between the question and an answer that can be relied on. */
export type IntrospectionFailure =
  | 'unreachable'
  | 'deadline_exceeded'
  | 'redirected'
  | 'status_not_ok'
  /** About this token, not about us; others may well be answered. */
  | 'question_refused'
  | 'body_too_large'
  | 'not_utf8'
  /** Neither the options nor the issuer's metadata say where to ask. */
  | 'endpoint_not_found'
  /** The issuer does not take the guard's own credential: a misconfiguration. */
  | 'caller_refused'
  /** The guard's own credential could not be had. */
  | 'credential_unavailable'
  /** The signature, or a claim, of a signed answer (RFC 9701) is not what it has to be. */
  | 'answer_not_signed_right'
  | Exclude<IntrospectionViolation, 'malformed_claim'>
