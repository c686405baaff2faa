/**
 * The guard for Fetch-shaped servers: Workers, Deno, Bun, and everything that maps a `Request` to a `Response`.
 */
import type { Guard } from '../guard.ts'
import type { GuardedRequest } from '../guarded-request.ts'
import { createMetadataResponder, type MetadataOptions } from '../metadata/metadata-answer.ts'
import { createProtection, type ProtectOptions } from '../protection.ts'
import { createPublicRoute, type LimitOptions } from '../rings/public-route.ts'
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
 * Finds the address of the other end of the connection in what the platform passes along with a request, or in a header
 * field that the platform itself writes: `(_request, connection) => connection.remoteAddr.hostname` in Deno,
 * `(request) => request.headers.get('cf-connecting-ip')` in Workers.
 */
export type PeerAddress = (request: Request, ...context: never[]) => string | null | undefined

/** What `protect` takes. */
export interface ProtectFetchOptions<Claims = VerifiedClaims> extends ProtectOptions<Claims> {
  /** For rings, which need it. */
  readonly peerAddress?: PeerAddress
}

/** What `limit` takes. */
export interface LimitFetchOptions extends LimitOptions {
  readonly peerAddress: PeerAddress
}

/**
 * Returns a wrapper that lets only requests through whose access token the guard admits and whose scope is enough.
 *
 * Refused requests are answered as RFC 6750 says; the wrapped function does not see them. What the wrapped function
 * throws or rejects with is its own: it comes out of the returned promise unchanged.
 *
 * Throws `TypeError` for an unknown option, for a scope requirement that is none, and for rings without `peerAddress`.
 */
export function protect<Claims = VerifiedClaims>(
  options: ProtectFetchOptions<Claims>,
): <Context extends readonly unknown[]>(
  respond: AdmittedFetch<Context, Claims>,
) => ProtectedFetch<Context> {
  const { peerAddress, ...protectOptions } = options
  const protection = createProtection(protectOptions)
  const seen = sightOf(options, peerAddress)
  return (respond) =>
    async (request, ...context) => {
      const announced: Field[] = []
      const announce = (...field: Field): void => void announced.push(field)
      const verdict = await protection.decide(seen(request, context), announce)
      const response = verdict.admitted
        ? await respond(request, verdict, ...context)
        : refusalResponse(verdict)
      return withFields(response, announced)
    }
}

/** Answers any request to a public route. */
export type PublicFetch<Context extends readonly unknown[]> = (
  request: Request,
  ...context: Context
) => Response | Promise<Response>

/**
 * Returns a wrapper for routes that anybody may call, without a token: it lets requests through as often as the public
 * ring grants their address, and answers others with 429 and what it takes to wait correctly.
 *
 * Throws `TypeError` for an unknown option or without `peerAddress`, `RangeError` for a cost that no bucket can hold.
 */
export function limit(
  options: LimitFetchOptions,
): <Context extends readonly unknown[]>(respond: PublicFetch<Context>) => ProtectedFetch<Context> {
  const { peerAddress, ...limitOptions } = options
  const route = createPublicRoute(limitOptions)
  const seen = sightOf(options, peerAddress)
  return (respond) =>
    async (request, ...context) => {
      const announced: Field[] = []
      const announce = (...field: Field): void => void announced.push(field)
      const refusal = await route.decide(seen(request, context), announce)
      if (refusal !== undefined) return refusalResponse(refusal)
      return withFields(await respond(request, ...context), announced)
    }
}

/** How a request is seen: as it is, or with the address that rings need. */
function sightOf(
  { rings }: { readonly rings?: object | undefined },
  peerAddress: PeerAddress | undefined,
): (request: Request, context: readonly unknown[]) => GuardedRequest {
  if (rings === undefined && peerAddress === undefined) return (request) => request
  if (rings === undefined || typeof peerAddress !== 'function') {
    throw new TypeError('peerAddress: expected a function, together with rings')
  }
  return (request, context) => {
    const { headers, url, method } = request
    const address = peerAddress(request, ...(context as never[])) ?? undefined
    return { headers, url, method, original: request, peerAddress: address }
  }
}

type Field = readonly [name: string, value: string]

/** In place where that is possible; the headers of some responses, those of `fetch` for example, are immutable. */
function withFields(response: Response, fields: readonly Field[]): Response {
  if (fields.length === 0) return response
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

/**
 * Returns a function that answers requests for the metadata of the guard's resource (RFC 9728), and no others:
 *
 * ```ts
 * const answerMetadata = metadata({ guard })
 * export default { fetch: (request) => answerMetadata(request) ?? decisions(request) }
 * ```
 *
 * Throws `TypeError` for a guard without option `resource`.
 */
export function metadata({ guard }: MetadataOptions): (request: Request) => Response | undefined {
  const respond = createMetadataResponder(guard)
  return ({ method, url }) => {
    const answer = respond(method, new URL(url).pathname)
    if (answer === undefined) return undefined
    const headers = answer.headers.map(([name, value]): [string, string] => [name, value])
    return new Response(method === 'HEAD' ? null : answer.body, { status: answer.status, headers })
  }
}
