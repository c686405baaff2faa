/**
 * The option `certificateBound`: tokens that are bound to the certificate that the transport presents (RFC 8705
 * section 3). They are sent as Bearer tokens, without a proof: the connection is the proof. All that is left to do here
 * is to keep a token from a process with another certificate, where it would be refused.
 */
import { checkNames, createIdentifierSource, type RandomSource } from '@mintmark/runtime'
import { textValue } from '../option-value.ts'

/** Which certificate it is. */
export interface CertificateBinding {
  /**
   * Tells the certificate from others, such as its SHA-256 thumbprint. Processes that give the same text can share
   * their tokens through `store`.
   */
  readonly thumbprint: string
}

/**
 * The part of the cache key that stands for the certificate; `undefined` for tokens that are not bound to one.
 *
 * A certificate without a thumbprint gets a name that nobody else has. Throws `TypeError` for a malformed option.
 */
export function certificateConfirmation(
  option: boolean | CertificateBinding | undefined,
  random: RandomSource,
): string | undefined {
  if (option === undefined || option === false) return undefined
  if (option === true) return `own ${createIdentifierSource(random)()}`
  checkNames(option, ['thumbprint'], 'certificateBound')
  return `certificate ${textValue('certificateBound.thumbprint', option.thumbprint)}`
}
