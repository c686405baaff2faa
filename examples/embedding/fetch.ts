/**
 * The authorization server where the platform calls a function with a `Request`.
 *
 *   Deno:  Deno.serve((request, { remoteAddr }) => program(request, remoteAddr.hostname))
 *   Bun:   Bun.serve({ fetch: (request, bun) => program(request, bun.requestIP(request)?.address) })
 */
import type { AuthorizationServer } from '@mintmark/authorization-server'

/** A function that answers every request, with the address of its other end. */
export type FetchProgram = (request: Request, remoteAddress?: string) => Promise<Response>

/** Makes it. */
export function fetchProgram(server: AuthorizationServer): FetchProgram {
  return async (request, remoteAddress) => {
    const { pathname } = new URL(request.url)
    if (server.handles(pathname)) return await server.fetch(request, { remoteAddress })
    if (pathname === '/mine') return new Response('mine')
    return new Response('nothing here', { status: 404 })
  }
}
