/** The only place where a result or a refusal becomes a response: status, headers, `no-store` (RFC 6749 section 5). */
import { type HeaderField, type LimitVerdict, limitProblem } from '@mintmark/limits'
import { serialiseChallenge, serialiseTokenError } from '@mintmark/protocol'
import type { EndpointResponse } from './http/endpoint.ts'
import { jwkSetMaxAgeSeconds } from './limits.ts'
import { type RefusalReason, type WireError, wireError } from './refusal.ts'
import { refusalReferenceLength } from './refusals/refusal-reference.ts'
import type { SignedFeed } from './revocation-feed/signed-feed.ts'

const JSON_TYPE = 'application/json'
const FEED_TYPE = 'application/vnd.mintmark.revocations'
const PROBLEM_TYPE = 'application/problem+json'
const RETRY_AFTER_SECONDS = '1'
const METADATA_MAX_AGE_SECONDS = 3600

/** A success that holds credentials or speaks about them, and must not be stored on the way. */
export function confidential(body: string): EndpointResponse {
  return { status: 200, headers: headersFor(body, noStore), body }
}

/** The same in another media type than JSON. */
export function confidentialDocument(body: string, type: string): EndpointResponse {
  const headers = ['Content-Type', type, 'Content-Length', String(body.length), ...noStore]
  return { status: 200, headers, body }
}

/** `response` with one header more. */
export function withHeader(
  response: EndpointResponse,
  name: string,
  value: string,
): EndpointResponse {
  return { ...response, headers: [...response.headers, name, value] }
}

/** A revocation that took effect, or had none to take: 200 without content (RFC 7009 section 2.2). */
export const revoked: EndpointResponse = {
  status: 200,
  headers: ['Content-Length', '0', 'Cache-Control', 'no-store'],
  body: '',
}

/** The JWK Set. For how long it may be cached decides how long a key is published before it signs. */
export function jwkSetResponse(body: string): EndpointResponse {
  return publicDocument(body, 'application/jwk-set+json', jwkSetMaxAgeSeconds)
}

/**
 * The revocation feed. Caches may keep it but have to ask whether it is still the last one. `waitedSeconds` tells the
 * preference that was honoured (RFC 7240 section 3).
 */
export function feedResponse(feed: SignedFeed, waitedSeconds = 0): EndpointResponse {
  return plainTyped(200, FEED_TYPE, feed.document, feedHeaders(feed, waitedSeconds))
}

/** There is no other revocation feed than the one that the reader has (RFC 9110 section 15.4.5). */
export function feedUnchanged(feed: SignedFeed, waitedSeconds = 0): EndpointResponse {
  return { status: 304, headers: feedHeaders(feed, waitedSeconds), body: '' }
}

/** The revocation feed cannot be signed. */
export const feedUnavailable: EndpointResponse = plain(503, '{"error":"temporarily_unavailable"}', [
  'Retry-After',
  RETRY_AFTER_SECONDS,
])

function feedHeaders({ entityTag }: SignedFeed, waitedSeconds: number): readonly string[] {
  const applied = waitedSeconds > 0 ? ['Preference-Applied', `wait=${waitedSeconds}`] : []
  return ['ETag', entityTag, 'Cache-Control', 'no-cache', 'Vary', 'Prefer', ...applied]
}

/** The server metadata document (RFC 8414 section 3.2). */
export function metadataResponse(body: string): EndpointResponse {
  return publicDocument(body, JSON_TYPE, METADATA_MAX_AGE_SECONDS)
}

/**
 * A refusal with the `reference` to its explanation. All but the reference is made once: refusing must cost next to
 * nothing. References have one length, so refusals that say the same cannot be told apart by theirs.
 */
export function refusal(reason: RefusalReason, reference: string): EndpointResponse {
  const { status, headers, head, tail } = refusalTemplate(reason)
  return { status, headers, body: head + reference + tail }
}

/** The answer to a request for which there is no room. Made once, and without a reference: it has to cost nothing. */
export function overloaded(spread: number): EndpointResponse {
  overloadAnswers ??= OVERLOAD_RETRY_SECONDS.map(overloadAnswer)
  return overloadAnswers[spread % OVERLOAD_RETRY_SECONDS.length] as EndpointResponse
}

/** Different ones, so that those who were turned away together do not come back together. */
const OVERLOAD_RETRY_SECONDS = ['1', '2', '3'] as const
let overloadAnswers: readonly EndpointResponse[] | undefined

function overloadAnswer(retryAfterSeconds: string): EndpointResponse {
  const { status, error, description } = wireError('overloaded')
  const body = serialiseTokenError(error, description)
  return { status, headers: headersFor(body, [...noStore, 'Retry-After', retryAfterSeconds]), body }
}

/** `response` with more header fields. */
export function withFields(
  { status, headers, body }: EndpointResponse,
  fields: readonly HeaderField[],
): EndpointResponse {
  return { status, headers: [...headers, ...fields.flat()], body }
}

/**
 * A refusal that a limit asks for, with what it says about waiting. As a problem document (RFC 9457) it has the members
 * of the error response beside its own: whoever reads only those misses nothing.
 */
export function limitRefusal(
  { status, body }: EndpointResponse,
  verdict: LimitVerdict,
  asProblem: boolean,
  fields: readonly HeaderField[],
): EndpointResponse {
  const said = asProblem ? JSON.stringify({ ...limitProblem(verdict), ...JSON.parse(body) }) : body
  const kept = headersFor(said, noStore, asProblem ? PROBLEM_TYPE : JSON_TYPE)
  return withFields({ status, headers: kept, body: said }, fields)
}

/** No endpoint of ours is at that path, or not under that method. */
export const notFound: EndpointResponse = plain(404, '{"error":"not_found"}', [])

/** One of our documents, asked for with a method that it does not have. */
export const methodNotAllowed = (allowed: string): EndpointResponse =>
  plain(405, '{"error":"method_not_allowed"}', ['Allow', allowed])

/** A message that breaks the rules of HTTP; its connection ends (RFC 9112 section 3.2). */
export const malformedMessage: EndpointResponse = unreadable(400)

/** A transfer coding other than chunked (RFC 9112 section 6.1). */
export const transferCodingUnknown: EndpointResponse = unreadable(501)

/** An `Expect` with something other than `100-continue` (RFC 9110 section 10.1.1). */
export const expectationFailed: EndpointResponse = unreadable(417)

/** `CONNECT`: this is no proxy. */
export const tunnelRefused: EndpointResponse = unreadable(405, ['Allow', 'GET, HEAD, POST'])

/** What `node:http` could not read to its end; where the next request would begin is not known. */
export function unreadable(status: number, more: readonly string[] = []): EndpointResponse {
  const error = status === 501 ? 'not_implemented' : 'invalid_request'
  return plain(status, `{"error":"${error}"}`, ['Connection', 'close', ...more])
}

/** Something broke on our side. Says nothing about what. */
export const serverError: EndpointResponse = plain(500, '{"error":"server_error"}', [])

const noStore = ['Cache-Control', 'no-store', 'Pragma', 'no-cache']
const refusals = new Map<RefusalReason, RefusalTemplate>()

/** A refusal but for its reference, which stands between `head` and `tail`. */
interface RefusalTemplate {
  readonly status: number
  readonly headers: readonly string[]
  readonly head: string
  readonly tail: string
}

function refusalTemplate(reason: RefusalReason): RefusalTemplate {
  const known = refusals.get(reason)
  if (known !== undefined) return known
  const made = makeRefusal(wireError(reason), reasonHeaders[reason])
  refusals.set(reason, made)
  return made
}

/** What a refusal says beyond its status (RFC 9110 section 15.5.16). */
const reasonHeaders: Partial<Record<RefusalReason, readonly string[]>> = {
  content_coding_not_supported: ['Accept-Encoding', 'identity'],
}

function makeRefusal(error: WireError, own: readonly string[] = []): RefusalTemplate {
  const placeholder = '?'.repeat(refusalReferenceLength)
  const body = serialiseTokenError(error.error, error.description, placeholder)
  const [head = '', tail = ''] = body.split(placeholder)
  const more = [...noStore, ...own]
  const challenge = challengeOf(error)
  if (challenge !== undefined) more.push('WWW-Authenticate', challenge)
  if (error.status === 405) more.push('Allow', 'POST')
  if (error.status === 503) more.push('Retry-After', RETRY_AFTER_SECONDS)
  return { status: error.status, headers: headersFor(body, more), head, tail }
}

function challengeOf({ error, challenges }: WireError): string | undefined {
  if (challenges === 'none') return undefined
  const realm = ['realm', 'token endpoint'] as const
  if (challenges === 'Basic') return serialiseChallenge('Basic', [realm])
  return serialiseChallenge('Bearer', [realm, ['error', error]])
}

function publicDocument(body: string, type: string, maxAgeSeconds: number): EndpointResponse {
  return plainTyped(200, type, body, ['Cache-Control', `public, max-age=${maxAgeSeconds}`])
}

function plain(status: number, body: string, more: readonly string[]): EndpointResponse {
  return plainTyped(status, JSON_TYPE, body, ['Cache-Control', 'no-store', ...more])
}

function plainTyped(
  status: number,
  type: string,
  body: string,
  more: readonly string[],
): EndpointResponse {
  return {
    status,
    headers: ['Content-Type', type, 'Content-Length', String(body.length), ...more],
    body,
  }
}

function headersFor(
  body: string,
  more: readonly string[],
  type: string = JSON_TYPE,
): readonly string[] {
  return ['Content-Type', type, 'Content-Length', String(body.length), ...more]
}
