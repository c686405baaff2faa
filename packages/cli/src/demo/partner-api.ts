/**
 * The sample resource server of the demo, shaped like a partner API: it takes applications (`applications:write`) and
 * tells decisions (`decisions:read`). Whoever may only apply cannot read decisions.
 *
 * It has two doors to the same resource: `/partner/v1`, and `/sandbox/v1`, whose tokens live a few seconds so that a
 * whole life can be watched. Each is an audience of its own.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import { createGuard, type Guard, type GuardEvent } from '@mintmark/resource-server'
import { type ProtectedListener, protect } from '@mintmark/resource-server/node'
import type { Observer } from '@mintmark/runtime'

/** The door for tokens of ordinary lifetime. */
export const partnerDoor = '/partner/v1'

/** The door for tokens that live a few seconds. */
export const sandboxDoor = '/sandbox/v1'

/** What it takes to hand in an application. */
export const applicationsScope = 'applications:write'

/** What it takes to read a decision. */
export const decisionsScope = 'decisions:read'

/** The running API. */
export interface PartnerApi {
  readonly origin: string
  /** The audience of a door: what its tokens must be issued for. */
  audience(door: string): string
  /** Starts to judge by the keys of `issuer`; until then every request is answered with 503. */
  open(issuer: string, observer: Observer<GuardEvent>): void
  close(): Promise<void>
}

/** Listens on a free port of the loopback interface. */
export async function startPartnerApi(): Promise<PartnerApi> {
  let route: (request: IncomingMessage) => ProtectedListener | undefined = () => unavailable
  const server = createServer((request, response) => {
    const listener = route(request) ?? notFound
    return listener(request, response)
  })
  const origin = await bindServer(server, { host: '127.0.0.1', port: 0 })
  const guards: Guard[] = []
  return {
    origin,
    audience: (door) => origin + door,
    open(issuer, observer) {
      const routes = new Map<string, ProtectedListener>()
      for (const door of [partnerDoor, sandboxDoor]) {
        // One second is what the whole seconds of `exp` may be off; more would hide an expiry in tokens this short.
        const options = { issuer, audience: origin + door, clockToleranceSeconds: 1, observer }
        const guard = createGuard(options)
        guards.push(guard)
        routes.set(`POST ${door}/applications`, protect({ guard, scope: applicationsScope })(apply))
        routes.set(`GET ${door}/decisions/1`, protect({ guard, scope: decisionsScope })(decide))
      }
      route = (request) => routes.get(`${request.method} ${request.url}`)
    },
    async close() {
      for (const guard of guards) guard.dispose()
      await closeServer(server)
    },
  }
}

function apply(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  request.on('end', () => answer(response, 201, { id: 1, status: 'received' }))
}

function decide(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, 200, { id: 1, decision: 'approved' })
}

async function unavailable(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  answer(response, 503, { error: 'starting' })
}

async function notFound(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  answer(response, 404, { error: 'not_found' })
}

function answer(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(document)}\n`)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
