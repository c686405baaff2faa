/** How the guard of `mintmark guard` asks its issuer about tokens (RFC 7662), from the settings. */
import type { GuardOptions } from '@mintmark/resource-server'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import { clientSecretSource } from './credentials.ts'
import { requireConfidential } from './server-address.ts'
import { flagOf } from './settings.ts'

/** The settings that say it. */
export const guardIntrospectionSettings = [
  ...(['introspect', 'introspectionEndpoint', 'introspectionCacheSeconds'] as const),
  ...(['clientId', 'clientSecretFile'] as const),
] as const

type IntrospectionInvocation = Invocation<(typeof guardIntrospectionSettings)[number]>

/**
 * The option. Nothing is asked yet; the secret is read, so that what is wrong with it shows at the start.
 *
 * @throws CommandFailure (usage) `setting_missing`, `setting_malformed`, `url_not_confidential`, and the secret's.
 */
export async function introspectionOption(
  invocation: IntrospectionInvocation,
): Promise<Pick<GuardOptions, 'introspection'>> {
  const { settings, edge } = invocation
  const introspect = settings.value('introspect')
  if (introspect === undefined) {
    requireNothing(invocation)
    return {}
  }
  const clientId = settings.required('clientId')
  const endpoint = settings.value('introspectionEndpoint')
  if (endpoint !== undefined) await requireConfidential('--introspection-endpoint', endpoint)
  const clientSecret = await clientSecretSource(settings, edge)
  const { introspection } = await import('@mintmark/resource-server/introspection')
  const cacheSecondsMax = settings.value('introspectionCacheSeconds')
  const options = { introspect, clientId, clientSecret, cacheSecondsMax }
  try {
    return { introspection: introspection({ ...options, ...(endpoint && { endpoint }) }) }
  } catch {
    // The other options are of the right kind already.
    throw usageFailure(
      'setting_malformed',
      '--client-id must be 1 to 256 visible ASCII characters or spaces',
    )
  }
}

/** The client may be in the environment or the file for other commands; on the command line it is for this one. */
function requireNothing({ settings }: IntrospectionInvocation): void {
  for (const name of guardIntrospectionSettings) {
    const isOwn = name.startsWith('introspection')
    const source = settings.source(name)
    if (isOwn ? source === 'default' : source !== 'flag') continue
    throw usageFailure('setting_missing', `${flagOf(name)} says nothing without --introspect`)
  }
}
