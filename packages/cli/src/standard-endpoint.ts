/**
 * Introspection and revocation as any client does them (RFC 7662, RFC 7009), at any authorization
 * server: the endpoint comes from its metadata, the client proves itself with its secret.
 */
import type { Invocation } from './command.ts'
import { type CommandFailure, failure } from './command-failure.ts'
import { clientSecretOf } from './credentials.ts'
import { standardAnswerBytesMax } from './limits.ts'
import type { ProcessEdge } from './process-edge.ts'
import { requireConfidential, requireIssuer } from './server-address.ts'

/** The settings of a request to one of the two endpoints. */
export const standardSettings = ['issuer', 'clientId', 'clientSecretFile'] as const

/** Which endpoint of the metadata (RFC 8414 section 2). */
export type StandardEndpoint = 'introspectionEndpoint' | 'revocationEndpoint'

/**
 * Sends `token` to an endpoint of the issuer and returns what it answers with a 2xx.
 *
 * @throws CommandFailure `endpoint_unavailable`, `client_refused` or `endpoint_refused`; none repeats
 *   anything that was answered.
 */
export async function askAboutToken(
  endpoint: StandardEndpoint,
  token: string,
  { settings, edge }: Invocation<(typeof standardSettings)[number]>,
): Promise<string> {
  const issuer = settings.required('issuer')
  await requireIssuer(issuer, '--issuer must be')
  const url = await endpointOf(endpoint, issuer, edge)
  const { serialiseBasicCredentials, serialiseForm } = await import('@mintmark/protocol')
  const clientSecret = await clientSecretOf(settings, edge)
  const clientId = settings.required('clientId')
  const answer = await exchange(edge, url, {
    method: 'POST',
    headers: {
      authorization: serialiseBasicCredentials(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: serialiseForm([['token', token]]),
  })
  if (answer.status === 401) {
    throw failure('client_refused', 'the authorization server does not accept the client or secret')
  }
  if (answer.status >= 300) {
    throw failure('endpoint_refused', `the endpoint refuses the request (HTTP ${answer.status})`)
  }
  return answer.text
}

async function endpointOf(
  endpoint: StandardEndpoint,
  issuer: string,
  edge: ProcessEdge,
): Promise<string> {
  const { metadataUrl, parseIssuer, parseServerMetadata } = await import('@mintmark/protocol')
  const parsed = parseIssuer(issuer)
  if (!parsed.ok) throw unavailable(issuer)
  const url = metadataUrl(parsed.value, 'oauth-authorization-server').href
  const { status, text } = await exchange(edge, url, {})
  const metadata = status === 200 ? parseServerMetadata(text, parsed.value) : undefined
  const named = metadata?.ok ? metadata.value[endpoint] : undefined
  if (named === undefined) throw unavailable(issuer)
  await requireConfidential('the endpoint in the metadata', named)
  return named
}

async function exchange(
  { transport }: ProcessEdge,
  url: string,
  init: RequestInit,
): Promise<{ readonly status: number; readonly text: string }> {
  const { readBoundedText } = await import('@mintmark/runtime')
  try {
    const response = await transport(url, { ...init, redirect: 'manual' })
    const read = await readBoundedText(response, standardAnswerBytesMax)
    return { status: response.status, text: read.ok ? read.text : '' }
  } catch {
    throw unavailable(new URL(url).origin)
  }
}

function unavailable(issuer: string): CommandFailure {
  return failure(
    'endpoint_unavailable',
    `no such endpoint can be reached at ${issuer}; check --issuer and its metadata`,
  )
}
