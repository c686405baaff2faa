/**
 * Where the token endpoint is: given by the options, or read from the issuer's metadata (RFC 8414,
 * with OpenID Connect Discovery where the former is missing).
 *
 * Invariants
 *  (1) Metadata is used only if it names the configured issuer byte for byte, and its endpoints are
 *      confidential.
 *  (2) The token endpoint is on the issuer's origin or on one that the options or the preset allow: whoever can
 *      write the metadata must not be able to collect the secret (RFC 8414 section 6). The same holds for the endpoint
 *      of clients with a certificate (RFC 8705 section 5).
 *  (3) At most one reading is under way, whoever asks. It ends by itself when nobody waits for it
 *      any more.
 *  (4) Metadata that was good once stays in use when reading it again fails.
 */
import {
  type IssuerIdentifier,
  type MetadataKind,
  metadataUrl,
  parseServerMetadata,
  type ServerMetadata,
} from '@mintmark/protocol'
import { type Clock, readBoundedText, type Transport } from '@mintmark/runtime'
import type { Failure } from './failure.ts'
import { Flight } from './flight.ts'
import { metadataBytesMax, metadataExtensionMs, metadataLifetimeMs } from './limits.ts'
import { networkFailure } from './network-failure.ts'
import { TimeLimitExceeded, withinTime } from './time-limit.ts'

/** Where token requests go, and how the server wants clients to authenticate. */
export interface TokenEndpoint {
  readonly url: string
  /** `undefined` when the server does not say. */
  readonly authenticationMethods: readonly string[] | undefined
}

/** A token endpoint, or why there is none. */
export type Located =
  | { readonly ok: true; readonly endpoint: TokenEndpoint }
  | { readonly ok: false; readonly failure: Failure }

/** Finds the token endpoint. Rejects only with the signal's reason, or for a bug. */
export type LocateTokenEndpoint = (signal: AbortSignal) => Promise<Located>

/** The endpoint that the options name. */
export function explicitEndpoint(url: string): LocateTokenEndpoint {
  const located: Located = { ok: true, endpoint: { url, authenticationMethods: undefined } }
  return async () => located
}

/** What discovery needs. */
export interface DiscoveryParts {
  readonly issuer: IssuerIdentifier
  /** The one document to read; `undefined`: the OAuth one, or else that of OpenID Connect. */
  readonly metadata: MetadataKind | undefined
  /** Whether the token endpoint may be there, on another origin than the issuer's. */
  readonly allowsTokenEndpoint: (url: URL) => boolean
  /** Whether the transport presents a certificate: then the endpoint made for that is used, where there is one. */
  readonly hasCertificate: boolean
  readonly clock: Clock
  readonly transport: Transport
  /** How long one reading may take, both documents together, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * The endpoint that the issuer's metadata names. The metadata is read when first asked for, and
 * again once a day.
 */
export function discoveredEndpoint(parts: DiscoveryParts): LocateTokenEndpoint {
  const { clock } = parts
  let known: (Located & { ok: true }) | undefined
  let freshUntilMonotonicMs = 0
  let flight: Flight<Located> | undefined

  const keep = (located: Located): void => {
    if (located.ok) known = located
    const lifetimeMs = located.ok ? metadataLifetimeMs : metadataExtensionMs
    freshUntilMonotonicMs = clock.monotonicMs() + lifetimeMs
  }
  const launch = (): Flight<Located> =>
    new Flight({
      clock,
      places: { taken: 0, max: Number.POSITIVE_INFINITY },
      isBackground: false,
      departureError: () => new Error('the caller of discovery gave up'),
      work: (signal) => readWithinTime(parts, signal),
      onEnd: (end) => {
        flight = undefined
        if (end.end === 'succeeded') keep(end.value)
      },
    })

  return async (signal) => {
    if (known !== undefined && clock.monotonicMs() < freshUntilMonotonicMs) return known
    flight ??= launch()
    const deadlineAtMonotonicMs = Number.POSITIVE_INFINITY
    const located = await flight.wait({ deadlineAtMonotonicMs, signal })
    return known ?? located
  }
}

async function readWithinTime(parts: DiscoveryParts, signal: AbortSignal): Promise<Located> {
  try {
    return await withinTime(parts.clock, parts.timeoutMs, signal, (limited) =>
      readMetadata(parts, limited),
    )
  } catch (error) {
    if (signal.aborted) throw error
    return { ok: false, failure: exchangeFailure(error) }
  }
}

function exchangeFailure(error: unknown): Failure {
  return error instanceof TimeLimitExceeded ? { code: 'timed_out' } : networkFailure(error)
}

/** The one to be read; or the OAuth document first, and where there is none, the OpenID Connect one. */
async function readMetadata(parts: DiscoveryParts, signal: AbortSignal): Promise<Located> {
  const { metadata } = parts
  if (metadata !== undefined) {
    return judgeMetadata(await fetchMetadata(parts, metadata, signal), parts)
  }
  const oauth = await fetchMetadata(parts, 'oauth-authorization-server', signal)
  if (oauth.ok || !oauth.isAbsent) return judgeMetadata(oauth, parts)
  return judgeMetadata(await fetchMetadata(parts, 'openid-configuration', signal), parts)
}

type Fetched =
  | { readonly ok: true; readonly metadata: ServerMetadata }
  | { readonly ok: false; readonly isAbsent: boolean; readonly failure: Failure }

async function fetchMetadata(
  { issuer, transport }: DiscoveryParts,
  kind: MetadataKind,
  signal: AbortSignal,
): Promise<Fetched> {
  const response = await transport(metadataUrl(issuer, kind), {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal,
  })
  const { status } = response
  const body = await readBoundedText(response, metadataBytesMax)
  if (status !== 200) return statusFailure(status)
  const parsed = body.ok
    ? parseServerMetadata(body.text, issuer)
    : { ok: false as const, violation: body.violation }
  if (parsed.ok) return { ok: true, metadata: parsed.value }
  // Sites that answer every path with their start page have no document there, only a page.
  const isAbsent = parsed.violation === 'not_json'
  return { ok: false, isAbsent, failure: { code: 'metadata_not_conforming', httpStatus: status } }
}

/**
 * Load and outage say nothing about whether there is a document; every other status says that there
 * is none.
 */
function statusFailure(status: number): Fetched {
  const isAbsent = status < 500 && status !== 408 && status !== 425 && status !== 429
  return { ok: false, isAbsent, failure: { code: 'metadata_unavailable', httpStatus: status } }
}

function judgeMetadata(fetched: Fetched, parts: DiscoveryParts): Located {
  if (!fetched.ok) return fetched
  const { tokenEndpoint, mtlsTokenEndpoint, tokenEndpointAuthMethods } = fetched.metadata
  const url = parts.hasCertificate ? (mtlsTokenEndpoint ?? tokenEndpoint) : tokenEndpoint
  const parsed = new URL(url)
  const isTrusted =
    parsed.origin === new URL(parts.issuer).origin || parts.allowsTokenEndpoint(parsed)
  if (!isTrusted) return { ok: false, failure: { code: 'token_endpoint_foreign' } }
  return { ok: true, endpoint: { url, authenticationMethods: tokenEndpointAuthMethods } }
}
