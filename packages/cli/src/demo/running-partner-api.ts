/**
 * The sample API of the demo, listening: two doors to the same applications, `/partner/v1`, and `/sandbox/v1`, whose
 * tokens live a few seconds so that a whole life can be watched.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import { createRings, memoryLimiter } from '@mintmark/limits'
import { createGuard, type Guard, type GuardEvent } from '@mintmark/resource-server'
import type { Observer } from '@mintmark/runtime'
import { createPartnerApi } from './partner-api/index.ts'

/** The door for tokens of ordinary lifetime. */
export const partnerDoor = '/partner/v1'

/** The door for tokens that live a few seconds. */
export const sandboxDoor = '/sandbox/v1'

/** The running API. */
export interface RunningPartnerApi {
  readonly origin: string
  /** The audience of a door: what its tokens must be issued for. */
  audience(door: string): string
  /** Starts to judge by the keys of `issuer`; until then every request is answered with 503. */
  open(issuer: string, observer: Observer<GuardEvent>): void
  close(): Promise<void>
}

/** Listens on a free port of the loopback interface. */
export async function startPartnerApi(): Promise<RunningPartnerApi> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => listener(request, response))
  const origin = await bindServer(server, { host: '127.0.0.1', port: 0 })
  const guards: Guard[] = []
  return {
    origin,
    audience: (door) => origin + door,
    open(issuer, observer) {
      const doors = [partnerDoor, sandboxDoor].map((path) => {
        // One second is what the whole seconds of `exp` may be off; more would hide an expiry in tokens this short.
        const options = { issuer, audience: origin + path, clockToleranceSeconds: 1, observer }
        return { path, guard: createGuard(options) }
      })
      guards.push(...doors.map(({ guard }) => guard))
      listener = createPartnerApi({ doors, rings: createRings({ limiter: memoryLimiter() }) })
    },
    async close() {
      for (const guard of guards) guard.dispose()
      await closeServer(server)
    },
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
