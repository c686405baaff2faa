/** What `mintmark serve` says when tokens can be had. */
import { credentialDocument } from './bootstrap-credential.ts'
import type { Invocation } from './command.ts'
import type { ServeLog } from './serve-log.ts'
import type { NodeReady } from './workers/supervisor.ts'

/**
 * One line: for a person on standard error, or with `--json` for a program on standard output. With
 * it, once in the life of a storage, the credential of its first administrator.
 */
export async function announce(
  { output }: Invocation<never>,
  { origin, issuer, tokenEndpoint, adminOrigin, administrator }: NodeReady,
  log: ServeLog | undefined,
): Promise<void> {
  log?.lifecycle('ready', { issuer, origin, admin_origin: adminOrigin })
  output.notice(`ready, issuer ${issuer}, token endpoint ${tokenEndpoint}${health(adminOrigin)}`)
  if (administrator !== undefined) {
    const { clientId, clientSecret } = administrator
    output.notice(`first administrator, shown this once: client ${clientId}`)
    output.notice(`  client secret ${clientSecret.reveal()}`)
  }
  if (!output.json) return
  await output.answer([], {
    ready: true,
    issuer,
    origin,
    token_endpoint: tokenEndpoint,
    admin_origin: adminOrigin ?? null,
    ...(administrator !== undefined && { administrator: credentialDocument(administrator) }),
  })
}

function health(adminOrigin: string | undefined): string {
  return adminOrigin === undefined ? '' : `, health ${adminOrigin}/health/ready`
}
