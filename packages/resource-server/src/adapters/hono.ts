/**
 * The guard for Hono, on Node, Bun, Deno and Workers.
 *
 * ```ts
 * import { protect } from '@mintmark/resource-server/hono'
 *
 * app.get('/decisions', protect({ guard, scope: 'decisions:read' }), (context) =>
 *   context.json({ client: context.get('admission').clientId }),
 * )
 * ```
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { GuardedRequest } from '../guarded-request.ts'
import type { MetadataOptions } from '../metadata/metadata-answer.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
import type { Admission, VerifiedClaims } from '../verdict.ts'
import { metadata as fetchMetadata, refusalResponse } from './fetch.ts'

/** What the middleware adds to the environment of an application: the variable `admission`. */
export interface AdmittedEnv<Claims = VerifiedClaims> {
  Variables: { admission: Admission<Claims> }
}

/**
 * Finds the address of the other end of the connection: `(context) => getConnInfo(context).remote.address` with the
 * `getConnInfo` of the platform, or a header field that the platform itself writes.
 */
export type PeerAddress = (context: Context) => string | null | undefined

/** What `protect` takes. */
export interface ProtectHonoOptions<Claims = VerifiedClaims> extends ProtectOptions<Claims> {
  /** For rings, everywhere but on Node. Default: the connection of `@hono/node-server`. */
  readonly peerAddress?: PeerAddress
}

/** What `limit` takes. */
export interface LimitHonoOptions extends LimitOptions {
  /** Needed everywhere but on Node. Default: the connection of `@hono/node-server`. */
  readonly peerAddress?: PeerAddress
}

/**
 * Returns middleware that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * The admission is the variable `admission`. Refused requests are answered as RFC 6750 says, and what comes after in
 * the chain does not see them. What a scope predicate throws goes to `app.onError`.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect<Claims = VerifiedClaims>(
  options: ProtectHonoOptions<Claims>,
): MiddlewareHandler<AdmittedEnv<Claims>> {
  const { peerAddress, ...protectOptions } = options
  const protection = createProtection(protectOptions)
  const requestOf = options.rings === undefined ? messageOf : ringedMessages(peerAddress)
  return async (context, next) => {
    // Not `context.header`: what that sets is lost when the route answers with a Response of its own.
    const announce = (name: string, value: string) => context.res.headers.set(name, value)
    const decided = protection.decide(requestOf(context), announce)
    const verdict = decided instanceof Promise ? await decided : decided
    if (!verdict.admitted) return refusalResponse(verdict)
    context.set('admission', verdict)
    await next()
    return undefined
  }
}

/**
 * Returns middleware for routes that anybody may call, without a token: it lets requests through as often as the public
 * ring grants their address, and answers others with 429 and what it takes to wait correctly.
 *
 * Throws `TypeError` for an unknown option, and `RangeError` for a cost that no bucket can ever hold.
 */
export function limit({ peerAddress, ...options }: LimitHonoOptions): MiddlewareHandler {
  const route = createPublicRoute(options)
  const requestOf = ringedMessages(peerAddress)
  return async (context, next) => {
    const announce = (name: string, value: string) => context.res.headers.set(name, value)
    const decided = route.decide(requestOf(context), announce)
    const refusal = decided instanceof Promise ? await decided : decided
    if (refusal !== undefined) return refusalResponse(refusal)
    await next()
    return undefined
  }
}

/**
 * How a request is seen by rings: with the address of its peer. Where nobody knows one, the middleware fails, instead
 * of letting all the world share a bucket.
 */
function ringedMessages(peerAddress: PeerAddress | undefined) {
  return (context: Context): GuardedRequest => {
    const message = messageOf(context)
    if (peerAddress === undefined) {
      if (message.socket !== undefined) return message
      throw new TypeError('peerAddress: expected a function, where there is no Node')
    }
    const { headers, rawHeaders, url, method, socket } = message
    const address = peerAddress(context) ?? undefined
    return { headers, rawHeaders, url, method, socket, original: message, peerAddress: address }
  }
}

/**
 * On Node the message behind the request: it tells two `Authorization` fields from one, and shows its fields without
 * making `Headers` of all of them.
 */
function messageOf(context: Context): GuardedRequest {
  const incoming: unknown = context.env?.incoming
  return isMessage(incoming) ? incoming : context.req.raw
}

function isMessage(incoming: unknown): incoming is GuardedRequest {
  return Array.isArray((incoming as GuardedRequest | undefined)?.rawHeaders)
}

/**
 * Returns middleware, for `app.use`, that answers requests for the metadata of the guard's resource (RFC 9728).
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function metadata(options: MetadataOptions): MiddlewareHandler {
  const answer = fetchMetadata(options)
  return async (context, next) => {
    const response = answer(context.req.raw)
    if (response !== undefined) return response
    await next()
    return undefined
  }
}
