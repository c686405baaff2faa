/** A token client from the settings of one command: who asks, where, for what. */
import type { TokenClient, TokenClientOptions } from '@mintmark/client'
import type { Invocation } from './command.ts'
import { type CommandFailure, usageFailure } from './command-failure.ts'
import { clientSecretOf } from './credentials.ts'
import { serverAddress } from './server-address.ts'
import type { SettingName } from './settings.ts'

/** The settings of every command that fetches a token. */
export const credentialSettings = [
  'issuer',
  'tokenEndpoint',
  'clientId',
  'clientSecretFile',
  'scope',
  'resource',
  'audience',
  'preset',
] as const satisfies SettingName[]

/** The name of one of {@link credentialSettings}. */
export type CredentialSetting = (typeof credentialSettings)[number]

/**
 * Runs `use` with a token client and disposes of it.
 *
 * @param callOrigin - The origin that the token will be sent to; without it the token is only fetched.
 * @throws CommandFailure (usage) when the server or the credentials are not fully named; what `use`
 *   throws passes.
 */
export async function withTokenClient<Result>(
  { settings, edge }: Invocation<CredentialSetting>,
  callOrigin: string | undefined,
  use: (client: TokenClient) => Promise<Result>,
): Promise<Result> {
  const address = await serverAddress(settings.value('issuer'), settings.value('tokenEndpoint'))
  const clientId = settings.required('clientId')
  const clientSecret = await clientSecretOf(settings, edge)
  const { clock, random, transport } = edge
  const client = await createdClient({
    ...address,
    clientId,
    clientSecret: clientSecret.reveal(),
    ...requested(settings),
    ...(callOrigin !== undefined && { allowedOrigins: [callOrigin] }),
    clock,
    random,
    transport,
  })
  try {
    return await use(client)
  } finally {
    await client.dispose()
  }
}

/**
 * What the token is asked for; a setting that is absent is left out, so that the client's default
 * applies.
 */
function requested(settings: Invocation<CredentialSetting>['settings']) {
  const scope = settings.value('scope')
  const resource = settings.value('resource')
  const audience = settings.value('audience')
  const preset = settings.value('preset')
  return {
    ...(scope !== undefined && { scope }),
    ...(resource.length > 0 && { resource }),
    ...(audience !== undefined && { audience }),
    ...(preset !== undefined && { preset }),
  }
}

async function createdClient(options: TokenClientOptions): Promise<TokenClient> {
  const { createTokenClient } = await import('@mintmark/client')
  try {
    return createTokenClient(options)
  } catch (error) {
    throw refusedOption(error) ?? error
  }
}

/** The client names the option it refuses and never its value, so its own words can be shown. */
function refusedOption(error: unknown): CommandFailure | undefined {
  if (!(error instanceof TypeError || error instanceof RangeError)) return undefined
  return usageFailure('setting_malformed', `the client refuses a setting: ${error.message}`)
}
