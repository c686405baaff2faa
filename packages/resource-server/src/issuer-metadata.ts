/**
 * Asks an issuer about itself: one attempt to read its metadata (RFC 8414 section 3), or the OpenID Connect document of
 * issuers that publish only that. Sends and judges; when to ask again is decided elsewhere.
 */
import {
  type IssuerIdentifier,
  type MetadataKind,
  type MetadataViolation,
  metadataUrl,
  type Parsed,
  parseServerMetadata,
  refused,
  type ServerMetadata,
} from '@mintmark/protocol'
import { discardBody, readBoundedText, type Transport } from '@mintmark/runtime'
import { metadataBytesMax } from './limits.ts'

/** Why an issuer's metadata did not tell where one of its endpoints is. */
export type MetadataFailure =
  | 'unreachable'
  | 'redirected'
  | 'status_not_ok'
  | 'body_too_large'
  | 'not_utf8'
  | 'jwks_uri_missing'
  | 'revocation_feed_missing'
  | 'introspection_endpoint_missing'
  | MetadataViolation

/**
 * Asks an issuer for its metadata.
 *
 * The OpenID Connect document is asked for only when the server says that it has no OAuth one (a 4xx but 408 and 429):
 * an outage is not an absence, and a second request would only add to it. Redirects are not followed. Never rejects.
 * Bounds no time: `signal` does.
 */
export async function askForMetadata(
  issuer: IssuerIdentifier,
  transport: Transport,
  signal: AbortSignal | null,
): Promise<Parsed<ServerMetadata, MetadataFailure>> {
  return (
    (await ask(issuer, 'oauth-authorization-server', transport, signal)) ??
    (await ask(issuer, 'openid-configuration', transport, signal)) ??
    refused('status_not_ok')
  )
}

/** What the document says, or `undefined` when the server says that there is none. */
async function ask(
  issuer: IssuerIdentifier,
  kind: MetadataKind,
  transport: Transport,
  signal: AbortSignal | null,
): Promise<Parsed<ServerMetadata, MetadataFailure> | undefined> {
  try {
    const response = await transport(metadataUrl(issuer, kind), {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    })
    return await judge(response, issuer)
  } catch {
    return refused('unreachable')
  }
}

async function judge(
  response: Response,
  issuer: IssuerIdentifier,
): Promise<Parsed<ServerMetadata, MetadataFailure> | undefined> {
  if (response.status !== 200) {
    await discardBody(response)
    if (isAbsence(response.status)) return undefined
    return refused(isRedirect(response) ? 'redirected' : 'status_not_ok')
  }
  const body = await readBoundedText(response, metadataBytesMax)
  if (!body.ok) return refused(body.violation)
  return parseServerMetadata(body.text, issuer)
}

function isAbsence(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429
}

/** A redirect that was not followed keeps its status, but in runtimes that behave like a browser. */
function isRedirect({ status, type }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400)
}
