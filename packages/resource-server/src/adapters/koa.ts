/**
 * The guard for Koa.
 *
 * ```ts
 * import { protect } from '@mintmark/resource-server/koa'
 *
 * app.use(protect({ guard, scope: 'decisions:read' }))
 * app.use((context) => {
 *   context.body = { client: context.state.admission.clientId }
 * })
 * ```
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GuardedRequest } from '../guarded-request.ts'
import { createMetadataResponder, type MetadataOptions } from '../metadata/metadata-answer.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import type { Admission, Refusal, VerifiedClaims } from '../verdict.ts'
import { groupedFields } from './refusal-fields.ts'
import { announcing, isAnswered } from './response-state.ts'

/** What the middleware leaves in `context.state`: for `new Koa<AdmittedState>()`. */
export interface AdmittedState<Claims = VerifiedClaims> {
  admission: Admission<Claims>
}

/** The part of a Koa context that the guard touches. */
export interface GuardedContext<Claims = VerifiedClaims> {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  state: { admission?: Admission<Claims> }
  status: number
  body: unknown
  set(name: string, value: string | string[]): unknown
}

/** Middleware of Koa. */
export type ProtectingMiddleware<Claims = VerifiedClaims> = (
  context: GuardedContext<Claims>,
  next: () => Promise<unknown>,
) => Promise<unknown>

/**
 * Returns middleware that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * The admission is `context.state.admission`. Refused requests are answered as RFC 6750 says, and what comes after in
 * the chain does not see them. Errors, of a scope predicate and of what comes after, come out of the promise, where Koa
 * expects them. Nothing more happens to a request that somebody else answered in the meantime.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect<Claims = VerifiedClaims>(
  options: ProtectOptions<Claims>,
): ProtectingMiddleware<Claims> {
  const protection = createProtection(options)
  return async (context, next) => {
    const decided = protection.decide(messageOf(context), announcing(context.res))
    const verdict = decided instanceof Promise ? await decided : decided
    if (isAnswered(context.res)) return
    if (verdict.admitted) {
      context.state.admission = verdict
      await next()
    } else {
      answerWith(verdict, context)
    }
  }
}

/** The message itself, unless `koa-mount` has taken a prefix off its URL: a proof is for the URL as it came. */
function messageOf({ req, originalUrl }: GuardedContext<unknown>): GuardedRequest {
  if (req.url === originalUrl) return req
  const { rawHeaders, headers, url, method, socket } = req
  return { rawHeaders, headers, url, originalUrl, method, socket, original: req }
}

/** Middleware of Koa for a public route. */
export type LimitingMiddleware = (
  context: GuardedContext<unknown>,
  next: () => Promise<unknown>,
) => Promise<unknown>

/**
 * Returns middleware for routes that anybody may call, without a token: it lets requests through as often as the public
 * ring grants their address, and answers others with 429 and what it takes to wait correctly. The address is that of
 * the connection, or what `addresses` makes of it; the setting `app.proxy` is not asked.
 *
 * Throws `TypeError` for an unknown option, and `RangeError` for a cost that no bucket can ever hold.
 */
export function limit(options: LimitOptions): LimitingMiddleware {
  const route = createPublicRoute(options)
  return async (context, next) => {
    const decided = route.decide(context.req, announcing(context.res))
    const refusal = decided instanceof Promise ? await decided : decided
    if (isAnswered(context.res)) return
    if (refusal === undefined) await next()
    else answerWith(refusal, context)
  }
}

function answerWith(
  refusal: Pick<Refusal, 'headers' | 'body'> & { readonly status: number },
  context: GuardedContext<unknown>,
): void {
  // The body first: setting it makes Koa choose a status or a content type, which the refusal knows better.
  context.body = refusal.body === '' ? null : refusal.body
  context.status = refusal.status
  for (const [name, value] of groupedFields(refusal)) context.set(name, value)
}

/**
 * Returns middleware that answers requests for the metadata of the guard's resource (RFC 9728).
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function metadata({
  guard,
}: MetadataOptions): (
  context: GuardedContext<unknown>,
  next: () => Promise<unknown>,
) => Promise<unknown> {
  const respond = createMetadataResponder(guard)
  return async (context, next) => {
    const answer = respond(context.req.method ?? '', context.originalUrl)
    if (answer === undefined) return await next()
    return answerWith(answer, context)
  }
}
