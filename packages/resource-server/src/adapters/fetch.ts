/**
 * The guard for Fetch-shaped servers: Workers, Deno, Bun, and everything that maps a `Request` to a `Response`.
 */
import type { Guard } from '../guard.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import type { Admission, Refusal, VerifiedClaims } from '../verdict.ts'

/**
 * Answers an admitted request. `context` is whatever else the platform passes along with a request (bindings,
 * connection facts).
 */
export type AdmittedFetch<Context extends readonly unknown[], Claims = VerifiedClaims> = (
  request: Request,
  admission: Admission<Claims>,
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
export function protect<Claims = VerifiedClaims>(
  options: ProtectOptions<Claims>,
): <Context extends readonly unknown[]>(
  respond: AdmittedFetch<Context, Claims>,
) => ProtectedFetch<Context> {
  const protection = createProtection(options)
  return (respond) =>
    async (request, ...context) => {
      const announced: Field[] = []
      const verdict = await protection.decide(request, (...field) => void announced.push(field))
      const response = verdict.admitted
        ? await respond(request, verdict, ...context)
        : refusalResponse(verdict)
      return announced.length === 0 ? response : withFields(response, announced)
    }
}

type Field = readonly [name: string, value: string]

/** In place where that is possible; the headers of some responses, those of `fetch` for example, are immutable. */
function withFields(response: Response, fields: readonly Field[]): Response {
  try {
    for (const [name, value] of fields) response.headers.set(name, value)
    return response
  } catch {
    const copy = new Response(response.body, response)
    for (const [name, value] of fields) copy.headers.set(name, value)
    return copy
  }
}

/** Turns a refusal into the `Response` that says so, for callers of {@link Guard.check} without an adapter. */
export function refusalResponse(refusal: Refusal): Response {
  const headers = refusal.headers.map(([name, value]): [string, string] => [name, value])
  return new Response(refusal.body, { status: refusal.status, headers })
}
