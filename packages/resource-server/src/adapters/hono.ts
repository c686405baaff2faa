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
import { createProtection, type ProtectOptions } from '../protection.ts'
import type { Admission, VerifiedClaims } from '../verdict.ts'
import { refusalResponse } from './fetch.ts'

/** What the middleware adds to the environment of an application: the variable `admission`. */
export interface AdmittedEnv<Claims = VerifiedClaims> {
  Variables: { admission: Admission<Claims> }
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
  options: ProtectOptions<Claims>,
): MiddlewareHandler<AdmittedEnv<Claims>> {
  const protection = createProtection(options)
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
 * On Node the message behind the request: it tells two `Authorization` fields from one, and shows its fields without
 * making `Headers` of all of them.
 */
function requestOf(context: Context): GuardedRequest {
  const incoming: unknown = context.env?.incoming
  return isMessage(incoming) ? incoming : context.req.raw
}

function isMessage(incoming: unknown): incoming is GuardedRequest {
  return Array.isArray((incoming as GuardedRequest | undefined)?.rawHeaders)
}
