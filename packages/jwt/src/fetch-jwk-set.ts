/** One request for a key set, and what came of it. */
import { discardBody, readBoundedText, type Transport } from '@mintmark/runtime'
import { freshnessSeconds } from './cache-lifetime.ts'
import { type JwkSet, type JwkSetViolation, parseJwkSet } from './jwk-set.ts'
import { jwkSetBytesMax } from './limits.ts'

/** Why a request brought no key set. */
export type JwkSetFetchViolation =
  | 'unreachable'
  | 'deadline_exceeded'
  | 'redirected'
  | 'status_not_ok'
  | 'wrong_media_type'
  | 'body_too_large'
  | 'not_utf8'
  | JwkSetViolation

/** A key set, or why there is none. */
export type FetchedJwkSet =
  | {
      readonly ok: true
      readonly set: JwkSet
      /** What the answer says about its freshness, unbounded; `undefined` when it says nothing. */
      readonly freshnessSeconds: number | undefined
    }
  | {
      readonly ok: false
      readonly violation: JwkSetFetchViolation
      /** The answer's status, when there was an answer. */
      readonly httpStatus: number | undefined
    }

/**
 * Fetches a key set. Never rejects.
 *
 * Refuses every status but 200, redirects (the keys of another place are not the issuer's), a media type that says it
 * is something else, more than 256 KiB, and what `parseJwkSet` refuses. When `signal` aborts, the answer is
 * `deadline_exceeded` at once, also when the transport does not care about signals.
 */
export function fetchJwkSet(
  url: URL,
  transport: Transport,
  signal: AbortSignal,
): Promise<FetchedJwkSet> {
  return Promise.race([request(url, transport, signal), aborted(signal)])
}

function aborted(signal: AbortSignal): Promise<FetchedJwkSet> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(failed('deadline_exceeded')), { once: true })
  })
}

async function request(
  url: URL,
  transport: Transport,
  signal: AbortSignal,
): Promise<FetchedJwkSet> {
  try {
    const response = await transport(url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      // Not 'error': Workers do not have it, and a redirect is worth telling from a dead network.
      redirect: 'manual',
      signal,
    })
    return await judge(response)
  } catch {
    return failed(signal.aborted ? 'deadline_exceeded' : 'unreachable')
  }
}

async function judge(response: Response): Promise<FetchedJwkSet> {
  const { status } = response
  if (status !== 200 || response.redirected) {
    await discardBody(response)
    const isRedirect =
      response.redirected || response.type === 'opaqueredirect' || Math.floor(status / 100) === 3
    return failed(isRedirect ? 'redirected' : 'status_not_ok', status)
  }
  if (!mayBeJson(response.headers.get('content-type'))) {
    await discardBody(response)
    return failed('wrong_media_type', status)
  }
  const body = await readBoundedText(response, jwkSetBytesMax)
  if (!body.ok) return failed(body.violation, status)
  const set = parseJwkSet(body.text)
  if (!set.ok) return failed(set.violation, status)
  return { ok: true, set: set.value, freshnessSeconds: freshnessSeconds(response.headers) }
}

/**
 * Tells whether a `Content-Type` is one of JSON (`application/jwk-set+json` of RFC 7517 section 8.5.1 is), or says
 * nothing: many a key set is a file on a server that does not know what it is. A page is no key set, whatever it holds.
 */
function mayBeJson(contentType: string | null): boolean {
  return contentType === null || JSON_OR_UNKNOWN.test(contentType)
}

const JSON_OR_UNKNOWN =
  /^(?:(?:application|text)\/(?:[\w.-]+\+)?json|text\/plain|(?:application|binary)\/octet-stream)[ \t]*(?:;|$)/i

function failed(violation: JwkSetFetchViolation, httpStatus?: number): FetchedJwkSet {
  return { ok: false, violation, httpStatus }
}
