/**
 * Who may present a token: anybody who has it, or only whoever proves possession of the key or the certificate that it
 * is bound to (RFC 9449, RFC 8705).
 *
 * Invariants
 *  (1) What a token is bound to is checked whenever it says so, whatever the route asks for: all of it, and each time.
 *  (2) A token bound to a key is good under the DPoP scheme only, and an unbound one never is: neither can be passed
 *      off as the other (RFC 9449 section 7.1).
 *  (3) A confirmation that is not understood is not a missing one.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Confirmation } from '@mintmark/protocol'
import type { Announce } from '../guard.ts'
import type { PresentedToken } from '../presented-token.ts'
import type { SenderViolation } from '../refusal.ts'
import type { Admission } from '../verdict.ts'
import type { CertificateCheck } from './certificate-check.ts'
import type { ProofCheck, UnusedProof } from './proof-check.ts'
import type { SenderObstacle } from './sender-obstacle.ts'

/** What every token has to be bound to: a key, a certificate, or one of them. */
export type RequiredSenderBinding = 'dpop' | 'certificate' | 'any'

/** What a guard checks senders with. */
export interface SenderRules {
  /** `undefined`: a token may be unbound. */
  readonly required: RequiredSenderBinding | undefined
  /** `undefined`: this guard takes no proofs. */
  readonly checkProof: ProofCheck | undefined
  readonly checkCertificate: CertificateCheck
}

/** What is known of a good token, as far as it tells who may present it. */
export interface TokenSender {
  /** `cnf` of the token; `undefined` for a bearer token. */
  readonly confirmation: Confirmation | undefined
  readonly admission: Pick<Admission<unknown>, 'issuer' | 'clientId'>
}

/**
 * What stands against whoever presents a token, or the proof that is still to be used. Answers in place unless there is
 * a proof to check.
 */
export function checkSender(
  { confirmation, admission }: TokenSender,
  presented: PresentedToken,
  rules: SenderRules,
  announce: Announce | undefined,
): MaybePromise<SenderObstacle | UnusedProof | undefined> {
  const { jkt, 'x5t#S256': thumbprint } = confirmation ?? {}
  const violation = violationBeforeProof(confirmation, presented, rules)
  if (violation !== undefined) return { code: violation }
  const { checkProof, checkCertificate } = rules
  const uncertified =
    thumbprint === undefined ? undefined : checkCertificate(presented.request, thumbprint)
  if (jkt === undefined || checkProof === undefined) return uncertified
  const client = JSON.stringify([admission.issuer, admission.clientId])
  const holder = { keyThumbprint: jkt, client }
  if (uncertified === undefined) return checkProof(presented, holder, announce)
  if (!(uncertified instanceof Promise)) return uncertified
  return uncertified.then((obstacle) => obstacle ?? checkProof(presented, holder, announce))
}

/** What can be said by what the token is bound to and the scheme it came under. */
function violationBeforeProof(
  confirmation: Confirmation | undefined,
  { scheme }: PresentedToken,
  { required, checkProof }: SenderRules,
): SenderViolation | undefined {
  if (scheme === 'DPoP' && checkProof === undefined) return 'dpop_not_accepted'
  if (confirmation === undefined) {
    return scheme === 'DPoP' || required !== undefined ? 'token_not_bound' : undefined
  }
  const { jkt, 'x5t#S256': thumbprint } = confirmation
  if (jkt === undefined && thumbprint === undefined) return 'sender_constrained'
  if (jkt !== undefined && scheme === 'Bearer') return 'sender_constrained'
  if (jkt === undefined && scheme === 'DPoP') return 'token_not_bound'
  if (required === 'dpop' && jkt === undefined) return 'token_not_bound'
  if (required === 'certificate' && thumbprint === undefined) return 'token_not_bound'
  return undefined
}
