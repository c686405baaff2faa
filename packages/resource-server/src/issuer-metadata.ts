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
  type PublishedMetadata,
  parsePublishedMetadata,
  refused,
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
 * Asks an issuer for its metadata. It need not have a token endpoint: a resource server has no use for one.
 *
 * The OpenID Connect document is asked for only when there is no OAuth one: an outage is not an absence, and a second
 * request would only add to it. Redirects are not followed. Never rejects. Bounds no time: `signal` does.
 */
export async function askForMetadata(
  issuer: IssuerIdentifier,
  transport: Transport,
  signal: AbortSignal | null,
): Promise<IssuerAnswer> {
  const oauth = await ask(issuer, 'oauth-authorization-server', transport, signal)
  if (!oauth.isAbsent) return oauth.answer
  const openid = await ask(issuer, 'openid-configuration', transport, signal)
  return openid.isAbsent ? oauth.answer : openid.answer
}

/** What an issuer says about itself. */
export type IssuerAnswer = Parsed<PublishedMetadata, MetadataFailure>

interface Asked {
  readonly answer: IssuerAnswer
  /** Whether the server says that there is no such document. */
  readonly isAbsent: boolean
}

async function ask(
  issuer: IssuerIdentifier,
  kind: MetadataKind,
  transport: Transport,
  signal: AbortSignal | null,
): Promise<Asked> {
  try {
    const response = await transport(metadataUrl(issuer, kind), {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    })
    return await judge(response, issuer)
  } catch {
    return { answer: refused('unreachable'), isAbsent: false }
  }
}

async function judge(response: Response, issuer: IssuerIdentifier): Promise<Asked> {
  const { status } = response
  if (status !== 200) {
    await discardBody(response)
    const failure = isRedirect(response) ? 'redirected' : 'status_not_ok'
    return { answer: refused(failure), isAbsent: status < 500 && !OF_LOAD.has(status) }
  }
  const body = await readBoundedText(response, metadataBytesMax)
  if (!body.ok) return { answer: refused(body.violation), isAbsent: false }
  const answer = parsePublishedMetadata(body.text, issuer)
  // Sites that answer every path with their start page have no document there, only a page.
  return { answer, isAbsent: !answer.ok && answer.violation === 'not_json' }
}

/** Too slow, too early, too many: said of any document. */
const OF_LOAD: ReadonlySet<number> = new Set([408, 425, 429])

/** A redirect that was not followed keeps its status, but in runtimes that behave like a browser, where it has none. */
function isRedirect({ status, type }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400)
}
