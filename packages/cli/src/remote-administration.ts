/**
 * Administration through the admin API of a server, and the access token for it: from
 * `MINTMARK_ADMIN_TOKEN`, or fetched with client credentials for the one resource of that API.
 */
import type { NodeInquiries } from '@mintmark/admin-api/remote'
import type { Administration } from '@mintmark/authorization-server'
import type { Invocation } from './command.ts'
import { usageFailure } from './command-failure.ts'
import { clientSecretOf } from './credentials.ts'
import { requireConfidential, serverAddress } from './server-address.ts'

/** The settings that lead to an admin API. */
export const remoteSettings = [
  'admin',
  'issuer',
  'tokenEndpoint',
  'clientId',
  'clientSecretFile',
] as const

/** An invocation that has them. */
export type RemoteInvocation = Invocation<(typeof remoteSettings)[number]>

const tokenVariable = 'MINTMARK_ADMIN_TOKEN'

/**
 * Administration through the admin API at `url`. A token is fetched at the first call.
 *
 * @throws CommandFailure (usage) when the token would travel in the clear, or there is neither a
 *   token nor the credentials to fetch one.
 */
export async function remoteAdministration(
  invocation: RemoteInvocation,
  url: string,
): Promise<Administration> {
  await requireConfidential('--admin', url)
  const { createHttpAdministration } = await import('@mintmark/admin-api/remote')
  const tokens = await tokenSource(invocation)
  const { transport } = invocation.edge
  const administration = createHttpAdministration({ url, transport, token: tokens.token })
  return { ...administration, close: tokens.close }
}

/**
 * Asks a node that runs, through its admin API: what no storage knows.
 *
 * @throws CommandFailure (usage) without `--admin`, and as {@link remoteAdministration} does.
 */
export async function askNode<Answer>(
  invocation: RemoteInvocation,
  ask: (node: NodeInquiries) => Promise<Answer>,
): Promise<Answer> {
  const url = invocation.settings.required('admin')
  await requireConfidential('--admin', url)
  const { nodeInquiries } = await import('@mintmark/admin-api/remote')
  const { token, close } = await tokenSource(invocation)
  try {
    return await ask(nodeInquiries({ url, token, transport: invocation.edge.transport }))
  } finally {
    await close()
  }
}

interface TokenSource {
  readonly token: () => Promise<string>
  readonly close: () => Promise<void>
}

async function tokenSource({ settings, edge }: RemoteInvocation): Promise<TokenSource> {
  const given = edge.environment.get(tokenVariable)
  if (given) return { token: async () => given, close: async () => undefined }
  const clientId = settings.value('clientId')
  if (clientId === undefined) throw credentialMissing()
  const address = await serverAddress(settings.value('issuer'), settings.value('tokenEndpoint'))
  const clientSecret = (await clientSecretOf(settings, edge)).reveal()
  const { adminResource } = await import('@mintmark/admin-api/remote')
  const { createTokenClient } = await import('@mintmark/client')
  const { clock, random, transport } = edge
  const client = createTokenClient({
    ...{ ...address, clientId, clientSecret, clock, random, transport },
    resource: [adminResource],
  })
  return {
    token: async () => (await client.token()).reveal(),
    close: () => client.dispose(),
  }
}

function credentialMissing() {
  return usageFailure(
    'admin_credential_missing',
    `--admin needs an access token; set ${tokenVariable}, or give --issuer, --client-id and a client secret`,
  )
}
