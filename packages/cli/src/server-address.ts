/**
 * Where an authorization server is, and which URLs may be trusted with a secret or a token. The judgement
 * itself is `@mintmark/protocol`'s; here it gets the words of the command line.
 */
import { type CommandFailure, usageFailure } from './command-failure.ts'

/** An authorization server by its issuer identifier, or by its token endpoint alone. */
export type ServerAddress = { readonly issuer: string } | { readonly tokenEndpoint: string }

/**
 * Decides between `--issuer` and `--token-endpoint`, exactly one of which must be there.
 *
 * @throws CommandFailure (usage) `setting_missing`, `settings_conflict`, or that of the chosen URL.
 */
export async function serverAddress(
  issuer: string | undefined,
  tokenEndpoint: string | undefined,
): Promise<ServerAddress> {
  if (issuer !== undefined && tokenEndpoint !== undefined) throw conflict()
  if (tokenEndpoint !== undefined) {
    await requireConfidential('--token-endpoint', tokenEndpoint)
    return { tokenEndpoint }
  }
  if (issuer === undefined) throw missing()
  await requireIssuer(issuer, '--issuer must be')
  return { issuer }
}

/**
 * Refuses what is no issuer identifier (RFC 8414 section 2).
 *
 * @param complaint - The beginning of the line; what an issuer must be follows.
 * @throws CommandFailure `setting_malformed` (usage).
 */
export async function requireIssuer(issuer: string, complaint: string): Promise<void> {
  const { parseIssuer } = await import('@mintmark/protocol')
  if (parseIssuer(issuer).ok) return
  throw usageFailure(
    'setting_malformed',
    `${complaint} an https URL (http on loopback only) without query and fragment`,
  )
}

/**
 * Refuses a URL to which a secret or token would travel in the clear.
 *
 * @param name - What the operator calls the URL.
 * @throws CommandFailure `url_not_confidential` (usage).
 */
export async function requireConfidential(name: string, url: string): Promise<void> {
  const { isConfidentialUrl } = await import('@mintmark/protocol')
  if (isConfidentialUrl(new URL(url))) return
  throw usageFailure('url_not_confidential', `${name} must be https (http on loopback only)`)
}

function conflict(): CommandFailure {
  return usageFailure(
    'settings_conflict',
    '--issuer and --token-endpoint are both set; leave one out (the issuer names its endpoint)',
  )
}

function missing(): CommandFailure {
  return usageFailure(
    'setting_missing',
    'no authorization server; give --issuer URL, or --token-endpoint URL if it has no metadata',
  )
}
