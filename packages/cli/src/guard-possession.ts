/** How `mintmark guard` finds out who presents a bound token: by proofs (RFC 9449) and certificates (RFC 8705). */
import type { GuardOptions } from '@mintmark/resource-server'
import { certificateField, certificateFieldSettings } from './certificate-field.ts'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import type { GuardSharing } from './guard-sharing.ts'
import { requireConfidential } from './server-address.ts'

/** The settings that say it; `trustedProxy` belongs to the listeners. */
export const guardPossessionSettings = [
  ...(['publicOrigin', 'dpopNonces', 'senderBinding'] as const),
  ...certificateFieldSettings,
] as const

type PossessionInvocation = Invocation<(typeof guardPossessionSettings)[number] | 'trustedProxy'>

type ProofSharing = Pick<
  GuardSharing,
  'nonceKey' | 'replayStore' | 'replayWhenUnavailable' | 'replayDeadlineMs'
>

/**
 * The options about proofs: tokens that are bound to a key can be admitted only under an origin of our own.
 *
 * @throws CommandFailure (usage) `setting_missing`, `url_not_confidential`.
 */
export async function proofOptions(
  { settings }: PossessionInvocation,
  { nonceKey, replayStore, replayWhenUnavailable, replayDeadlineMs }: ProofSharing,
): Promise<Partial<GuardOptions>> {
  const publicOrigin = settings.value('publicOrigin')
  // The default of the setting is for servers that issue tokens; here nonces are for those who ask for them.
  const dpopNonces =
    settings.source('dpopNonces') === 'default' ? undefined : settings.value('dpopNonces')
  if (publicOrigin === undefined) {
    if (dpopNonces === undefined) return {}
    throw usageFailure('setting_missing', '--dpop-nonces says nothing without --public-origin')
  }
  await requireConfidential('--public-origin', publicOrigin)
  return {
    publicOrigin,
    ...(dpopNonces && { dpopNonces, ...(nonceKey && { dpopNonceKey: nonceKey }) }),
    ...(replayStore && { replayStore }),
    ...(replayWhenUnavailable && { replayWhenUnavailable }),
    ...(replayDeadlineMs !== undefined && { replayDeadlineMs }),
  }
}

/**
 * What every token has to be bound to, if anything.
 *
 * @throws CommandFailure `setting_missing` (usage) where no token that is bound so could ever be admitted.
 */
export function requiredBinding({
  settings,
}: PossessionInvocation): Pick<GuardOptions, 'senderBinding'> {
  const senderBinding = settings.value('senderBinding')
  if (senderBinding === undefined) return {}
  const [takesProofs, takesCertificates] = [
    settings.value('publicOrigin') !== undefined,
    settings.value('certificateHeader') !== undefined,
  ]
  const needed = {
    dpop: takesProofs ? '' : '--public-origin',
    certificate: takesCertificates ? '' : '--certificate-header',
    any: takesProofs || takesCertificates ? '' : '--public-origin or --certificate-header',
  }[senderBinding]
  if (needed === '') return { senderBinding }
  throw usageFailure('setting_missing', `--sender-binding ${senderBinding} needs ${needed}`)
}

/**
 * The option about certificates. A field is believed from the proxies that are named, and only one that no client gets
 * past them: one of a few names, whose other spellings are refused or taken out.
 *
 * @throws CommandFailure (usage) `setting_missing`, `setting_malformed`.
 */
export async function certificateOption(
  invocation: PossessionInvocation,
): Promise<Pick<GuardOptions, 'clientCertificate'>> {
  const field = certificateField(invocation)
  if (field === undefined) return {}
  const { certificateNames } = await import('./forward-auth/field-name.ts')
  if (!certificateNames.includes(field.header.toLowerCase())) {
    throw usageFailure(
      'setting_malformed',
      `--certificate-header must be one of ${certificateNames.join(', ')}`,
    )
  }
  const { requireNetworks } = await import('./forward-auth/peers.ts')
  const trustedProxies = invocation.settings.value('trustedProxy')
  requireNetworks(trustedProxies)
  return { clientCertificate: { ...field, trustedProxies } }
}
