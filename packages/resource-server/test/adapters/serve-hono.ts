/**
 * Hono on Node, as its users have it: it puts a Request and a Response of its own in place of the platform's, for the
 * whole process. Here for as long as the application is served: the tests of others are about the platform's.
 */
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { serveListener } from './sent-request.ts'
import type { ServedApplication } from './served-application.ts'

const platform = {
  Request: { ...Object.getOwnPropertyDescriptor(globalThis, 'Request') },
  Response: { ...Object.getOwnPropertyDescriptor(globalThis, 'Response') },
}

/** Serves `app` until it is closed. */
export async function serveHono(
  app: Hono,
  failures: readonly unknown[],
): Promise<ServedApplication> {
  const served = await serveListener(getRequestListener(app.fetch), failures)
  return {
    ...served,
    async close() {
      await served.close()
      Object.defineProperties(globalThis, platform)
    },
  }
}
