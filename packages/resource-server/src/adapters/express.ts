/**
 * The guard for Express, and for whatever else calls middleware with request, response and `next`.
 *
 * ```ts
 * import { admissionOf, protect } from '@mintmark/resource-server/express'
 *
 * app.get('/decisions', protect({ guard, scope: 'decisions:read' }), (request, response) => {
 *   response.json({ client: admissionOf(request).clientId })
 * })
 * ```
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MetadataOptions } from '../metadata/metadata-answer.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import type { Admission, Refusal, Verdict, VerifiedClaims } from '../verdict.ts'
import { metadata as nodeMetadata, sendRefusal } from './node.ts'
import { admissionOf, admissionWith, keepAdmission } from './request-admission.ts'
import { announcing, isAnswered } from './response-state.ts'

export { admissionOf }

/** Middleware of Express, together with the way to what it found out. */
export interface ProtectingMiddleware<Claims = VerifiedClaims> {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
  /**
   * The admission of a request that came through this middleware, with the claims of its guard. Throws `TypeError`
   * for a request that came through none.
   */
  admissionOf(request: object): Admission<Claims>
}

/**
 * Returns middleware that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * The admission is the request's property `admission`; {@link admissionOf} reads it with its type. Refused requests are
 * answered as RFC 6750 says and go no further; their bodies are not read. A token seen before costs no turn of the
 * event loop: `next` is called in place. What a scope predicate throws goes to the error middleware of the
 * application. Nothing more happens to a request that somebody else answered in the meantime, a timeout for example.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect<Claims = VerifiedClaims>(
  options: ProtectOptions<Claims>,
): ProtectingMiddleware<Claims> {
  const protection = createProtection(options)
  const middleware = (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    const decided = protection.decide(request, announcing(response))
    if (decided instanceof Promise) {
      decided.then((verdict) => conclude(verdict, request, response, next), next)
    } else {
      conclude(decided, request, response, next)
    }
  }
  return Object.assign(middleware, { admissionOf: admissionWith<Claims> })
}

/**
 * Returns middleware for routes that anybody may call, without a token: it lets requests through as often as the public
 * ring grants their address, and answers others with 429 and what it takes to wait correctly. The address is that of
 * the connection, or what `addresses` makes of it; the setting `trust proxy` is not asked.
 *
 * Throws `TypeError` for an unknown option, and `RangeError` for a cost that no bucket can ever hold.
 */
export function limit(
  options: LimitOptions,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  const route = createPublicRoute(options)
  return (request, response, next) => {
    const decided = route.decide(request, announcing(response))
    if (decided instanceof Promise) {
      decided.then((refusal) => passOrRefuse(refusal, response, next), next)
    } else {
      passOrRefuse(decided, response, next)
    }
  }
}

function passOrRefuse(
  refusal: Refusal | undefined,
  response: ServerResponse,
  next: () => void,
): void {
  if (isAnswered(response)) return
  if (refusal === undefined) next()
  else sendRefusal(response, refusal)
}

function conclude(
  verdict: Verdict<unknown>,
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  if (isAnswered(response)) return
  if (verdict.admitted) {
    keepAdmission(request, verdict)
    next()
  } else {
    sendRefusal(response, verdict)
  }
}

/**
 * Returns middleware that answers requests for the metadata of the guard's resource (RFC 9728). It belongs on the
 * application itself: the address is one of the whole origin.
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function metadata(
  options: MetadataOptions,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  const answers = nodeMetadata(options)
  return (request, response, next) => {
    if (!answers(request, response)) next()
  }
}
