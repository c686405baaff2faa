/** The options that say what tokens are bound to. */
import { portValue, type RandomSource } from '@mintmark/runtime'
import { type CertificateBinding, certificateConfirmation } from './certificate-binding.ts'
import type { SenderBinder } from './sender-binding.ts'

/** At most one of the two is given. */
export interface BindingOptions {
  /**
   * Binds tokens to a key of this client, which proves itself in each request; made by `dpop`. Default: Bearer tokens.
   */
  readonly senderBinding?: SenderBinder
  /**
   * Whether tokens are bound to the certificate that `transport` presents (RFC 8705 section 3). Then the token endpoint
   * that the metadata has for such clients is used, and a token is shared only with processes that name the same
   * certificate. Default `false`.
   */
  readonly certificateBound?: boolean | CertificateBinding
}

/** The options with every default applied. */
export interface ResolvedBinding {
  readonly senderBinding: SenderBinder | undefined
  /** Stands for the certificate in the cache key; `undefined` when tokens are not bound to one. */
  readonly certificateConfirmation: string | undefined
}

/** Checks the options. Throws `TypeError` when both are given or one is malformed. */
export function resolveBinding(
  { senderBinding, certificateBound }: BindingOptions,
  random: RandomSource,
): ResolvedBinding {
  const certificate = certificateConfirmation(certificateBound, random)
  if (senderBinding !== undefined && certificate !== undefined) {
    throw new TypeError('expected either senderBinding or certificateBound')
  }
  const binder =
    senderBinding === undefined ? undefined : portValue('senderBinding', senderBinding, ['bind'])
  return { senderBinding: binder, certificateConfirmation: certificate }
}
