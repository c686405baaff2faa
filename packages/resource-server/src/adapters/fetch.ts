/**
 * The guard for Fetch-shaped servers: Workers, Deno, Bun, and everything that maps a `Request` to a `Response`.
 */
import type { Guard } from '../guard.ts'
import { type ProtectOptions, requirementOf } from '../protection.ts'
import type { Admission, Refusal } from '../verdict.ts'

/**
 * Answers an admitted request. `context` is whatever else the platform passes along with a request (bindings,
 * connection facts).
 */
export type AdmittedFetch<Context extends readonly unknown[]> = (
  request: Request,
  admission: Admission,
  ...context: Context
) => Response | Promise<Response>

/** Answers any request. */
export type ProtectedFetch<Context extends readonly unknown[]> = (
  request: Request,
  ...context: Context
) => Promise<Response>

/**
 * Returns a wrapper that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * Refused requests are answered as RFC 6750 says; the wrapped function does not see them. What the wrapped function
 * throws or rejects with is its own: it comes out of the returned promise unchanged.
 *
 * Throws `TypeError` for an unknown option and for a scope requirement that is none.
 */
export function protect(
  options: ProtectOptions,
): <Context extends readonly unknown[]>(
  respond: AdmittedFetch<Context>,
) => ProtectedFetch<Context> {
  const { guard } = options
  const requirement = requirementOf(options)
  return (respond) =>
    async (request, ...context) => {
      const verdict = await guard.check(request, requirement)
      if (!verdict.admitted) return refusalResponse(verdict)
      return await respond(request, verdict, ...context)
    }
}

/** Turns a refusal into the `Response` that says so, for callers of {@link Guard.check} without an adapter. */
export function refusalResponse(refusal: Refusal): Response {
  const headers = refusal.headers.map(([name, value]): [string, string] => [name, value])
  return new Response(refusal.body, { status: refusal.status, headers })
}
