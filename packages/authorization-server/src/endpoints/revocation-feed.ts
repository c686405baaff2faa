/**
 * The revocation feed endpoint, for whoever judges our tokens: `GET`, without credentials, with a validator (RFC 9110
 * section 13.1.2) and, for those who want to know at once, a wait (RFC 7240 section 4.3).
 */
import type { Endpoint, EndpointRequest, EndpointResponse, HeaderValue } from '../http/endpoint.ts'
import { feedWaitSecondsMax } from '../limits.ts'
import { feedResponse, feedUnavailable, feedUnchanged, methodNotAllowed } from '../respond.ts'
import type { RevocationFeedSource } from '../revocation-feed/revocation-feed.ts'
import type { SignedFeed } from '../revocation-feed/signed-feed.ts'

/** Makes the endpoint. */
export function createRevocationFeedEndpoint(feed: RevocationFeedSource): Endpoint {
  return (request, answer) => {
    const isGet = request.method === 'GET'
    if (!isGet && request.method !== 'HEAD') return answer(methodNotAllowed('GET, HEAD'))
    const known = request.header('if-none-match')
    whenSigned(feed, (document) => {
      if (document === undefined) return answer(feedUnavailable)
      if (!isNamedIn(known, document.entityTag)) return answer(feedResponse(document))
      const waitSeconds = isGet ? wantedWait(request) : 0
      const later = (): void =>
        whenSigned(feed, (next) => answer(newsSince(document, next, waitSeconds)))
      const isWaiting = waitSeconds > 0 && feed.wait(waitSeconds * 1000, later)
      if (!isWaiting) answer(feedUnchanged(document))
    })
  }
}

function whenSigned(
  feed: RevocationFeedSource,
  proceed: (document: SignedFeed | undefined) => void,
): void {
  const current = feed.current()
  if (current instanceof Promise) void current.then(proceed)
  else proceed(current)
}

function newsSince(
  known: SignedFeed,
  document: SignedFeed | undefined,
  waitSeconds: number,
): EndpointResponse {
  if (document === undefined) return feedUnavailable
  const isSame = document.entityTag === known.entityTag
  return isSame ? feedUnchanged(document, waitSeconds) : feedResponse(document, waitSeconds)
}

/** Compared weakly, which is what this header asks for. A header that came twice names nothing. */
function isNamedIn(header: HeaderValue, entityTag: string): boolean {
  if (typeof header !== 'string') return false
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')
  return header.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(entityTag))
}

/** Whole seconds, at most as long as connections are kept without a word. */
function wantedWait(request: EndpointRequest): number {
  const prefer = request.header('prefer')
  if (typeof prefer !== 'string') return 0
  const digits = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i.exec(prefer)?.[1]
  return Math.min(feedWaitSecondsMax, Number(digits ?? 0))
}
