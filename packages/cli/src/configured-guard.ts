/** The guard of `mintmark guard`, made from its settings. */
import type { Guard, GuardOptions } from '@mintmark/resource-server'
import type { Observer } from '@mintmark/runtime'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import type { GuardServerEvent } from './forward-auth/guard-log.ts'
import { guardIntrospectionSettings, introspectionOption } from './guard-introspection.ts'
import {
  certificateOption,
  guardPossessionSettings,
  proofOptions,
  requiredBinding,
} from './guard-possession.ts'
import type { GuardSharing } from './guard-sharing.ts'
import { requireConfidential, requireIssuer } from './server-address.ts'

/** The settings that it is made from. */
export const configuredGuardSettings = [
  ...(['issuer', 'audience', 'keySetUrl', 'acceptLegacyTyp', 'issuerProfile'] as const),
  ...(['followRevocations', 'whenRevocationsStale', 'resourceMetadataUrl'] as const),
  ...guardPossessionSettings,
  ...guardIntrospectionSettings,
] as const

type GuardInvocation = Invocation<(typeof configuredGuardSettings)[number] | 'trustedProxy'>

/**
 * Makes it. Nothing is asked for yet.
 *
 * @throws CommandFailure (usage) `setting_missing`, `setting_malformed`, `url_not_confidential`, `settings_conflict`.
 */
export async function configuredGuard(
  invocation: GuardInvocation,
  sharing: GuardSharing,
  observer: Observer<GuardServerEvent>,
): Promise<Guard> {
  const { settings, edge } = invocation
  const [issuer, audience] = [settings.required('issuer'), settings.required('audience')]
  await requireIssuer(issuer, '--issuer must be')
  const { createGuard } = await import('@mintmark/resource-server')
  const { clock, random, transport } = edge
  return createGuard({
    ...{ audience, clock, random, transport },
    issuers: [await trustedIssuer(issuer, invocation)],
    ...(await challengeOptions(invocation)),
    ...(await proofOptions(invocation, sharing)),
    ...(await certificateOption(invocation)),
    ...requiredBinding(invocation),
    ...(await introspectionOption(invocation)),
    ...revocationOption(invocation),
    // Refusals are told with their answers, which not all are the guard's.
    observer: (event) => event.type !== 'request_refused' && observer(event),
  })
}

async function trustedIssuer(issuer: string, { settings }: GuardInvocation) {
  const jwksUri = settings.value('keySetUrl')
  if (jwksUri !== undefined) await requireConfidential('--key-set-url', jwksUri)
  const profile = settings.value('issuerProfile')
  return {
    issuer,
    ...(jwksUri !== undefined && { jwksUri }),
    ...(profile !== undefined && { profile }),
  }
}

function revocationOption({ settings }: GuardInvocation): Pick<GuardOptions, 'revocation'> {
  const whenStale = settings.value('whenRevocationsStale')
  if (settings.value('followRevocations')) {
    return { revocation: { follow: true, ...(whenStale && { whenStale }) } }
  }
  if (whenStale === undefined) return {}
  throw usageFailure('setting_missing', '--when-revocations-stale needs --follow-revocations')
}

async function challengeOptions({
  settings,
}: GuardInvocation): Promise<Pick<GuardOptions, 'acceptLegacyTyp' | 'resourceMetadataUrl'>> {
  const acceptLegacyTyp = settings.value('acceptLegacyTyp')
  const resourceMetadataUrl = settings.value('resourceMetadataUrl')
  if (resourceMetadataUrl === undefined) return { acceptLegacyTyp }
  await requireConfidential('--resource-metadata-url', resourceMetadataUrl)
  return { acceptLegacyTyp, resourceMetadataUrl }
}
