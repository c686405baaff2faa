/** The guard for `node:http`, `node:https` and frameworks that take their listeners. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Guard } from '../guard.ts'
import { createMetadataResponder, type MetadataOptions } from '../metadata/metadata-answer.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import type { Admission, Refusal, Verdict, VerifiedClaims } from '../verdict.ts'
import { groupedFields } from './refusal-fields.ts'
import { announcing, isAnswered } from './response-state.ts'

/** Answers an admitted request. */
export type AdmittedListener<Claims = VerifiedClaims> = (
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission<Claims>,
) => void | Promise<void>

/** A `RequestListener` of `node:http` that also tells when the wrapped one is done. */
export type ProtectedListener = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>

/**
 * Returns a wrapper that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * Refused requests are answered as RFC 6750 says; the wrapped listener does not see them, nor the request's body.
 * Nothing more happens to a request that somebody else answered in the meantime, a timeout for example.
 * What the wrapped listener throws or rejects with, or a scope predicate, comes out of the returned promise, exactly
 * as from an async listener without a guard: `node:http` answers 500 where `events.captureRejections` is on, and
 * otherwise reports an unhandled rejection. Nothing is answered here in its place.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect<Claims = VerifiedClaims>(
  options: ProtectOptions<Claims>,
): (listener: AdmittedListener<Claims>) => ProtectedListener {
  const protection = createProtection(options)
  return (listener) => {
    const conclude = (
      verdict: Verdict<Claims>,
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<void> => {
      if (isAnswered(response)) return DONE
      if (verdict.admitted) return listener(request, response, verdict) ?? DONE
      sendRefusal(response, verdict)
      return DONE
    }
    // Not an async function: a token seen before costs no promise that the listener does not make.
    return (request, response) => {
      try {
        const decided = protection.decide(request, announcing(response))
        return decided instanceof Promise
          ? decided.then((verdict) => conclude(verdict, request, response))
          : conclude(decided, request, response)
      } catch (error) {
        return Promise.reject(error)
      }
    }
  }
}

const DONE = Promise.resolve()

/** Answers any request. */
export type PublicListener = (
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>

/**
 * Returns a wrapper for routes that anybody may call, without a token: it lets requests through as often as the public
 * ring grants their address, and answers others with 429 and what it takes to wait correctly.
 *
 * Throws `TypeError` for an unknown option, and `RangeError` for a cost that no bucket can ever hold.
 */
export function limit(options: LimitOptions): (listener: PublicListener) => ProtectedListener {
  const route = createPublicRoute(options)
  return (listener) => async (request, response) => {
    const decided = route.decide(request, announcing(response))
    const refusal = decided instanceof Promise ? await decided : decided
    if (isAnswered(response)) return
    if (refusal === undefined) await listener(request, response)
    else sendRefusal(response, refusal)
  }
}

/**
 * Sends a refusal as the complete answer, for callers of {@link Guard.check} without an adapter. Fields that were set
 * before stay, except those that the refusal has as well.
 */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  sendAnswer(response, refusal)
}

/** Without a length node:http would send the body in chunks. */
function sendAnswer(
  response: ServerResponse,
  answer: Pick<Refusal, 'headers' | 'body'> & { readonly status: number },
): void {
  response.statusCode = answer.status
  for (const [name, value] of groupedFields(answer)) response.setHeader(name, value)
  response.setHeader('content-length', new TextEncoder().encode(answer.body).length)
  response.end(answer.body)
}

/**
 * Returns a function that answers requests for the metadata of the guard's resource (RFC 9728), and tells whether it
 * did: for a listener to ask before it does anything else.
 *
 * ```ts
 * const answersMetadata = metadata({ guard })
 * createServer((request, response) => {
 *   if (!answersMetadata(request, response)) decisions(request, response)
 * })
 * ```
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function metadata({
  guard,
}: MetadataOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  const respond = createMetadataResponder(guard)
  return (request, response) => {
    const answer = respond(request.method ?? '', originalUrlOf(request))
    if (answer === undefined) return false
    sendAnswer(response, answer)
    return true
  }
}

/** Express and its like take a prefix off `url`, and keep the whole in `originalUrl`. */
function originalUrlOf(request: IncomingMessage & { readonly originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? ''
}
