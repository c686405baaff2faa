/** The guard for `node:http`, `node:https` and frameworks that take their listeners. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Guard } from '../guard.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import type { Admission, Refusal, VerifiedClaims } from '../verdict.ts'
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
  return (listener) => async (request, response) => {
    const decided = protection.decide(request, announcing(response))
    const verdict = decided instanceof Promise ? await decided : decided
    if (isAnswered(response)) return
    if (verdict.admitted) await listener(request, response, verdict)
    else sendRefusal(response, verdict)
  }
}

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
  response.statusCode = refusal.status
  for (const [name, value] of groupedFields(refusal)) response.setHeader(name, value)
  // The body is ASCII, so its characters are its octets. Without a length node:http would send it in chunks.
  response.setHeader('content-length', refusal.body.length)
  response.end(refusal.body)
}
