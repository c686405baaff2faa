/** An admin port that listens: `node:http` with limits of its own. */
import { createServer, type Server } from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import type { AdminApi } from './create-admin-api.ts'
import { adminConnectionsMax, adminHeaderBytesMax, adminRequestTimeoutMs } from './limits.ts'

/** Where to listen. */
export interface AdminAddress {
  /** Address or name to bind. Whoever can reach it can try tokens and read the metrics. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

/** An admin port in use. Whoever starts it closes it. */
export interface RunningAdmin {
  /** `http://host:port` as bound. */
  readonly origin: string
  /** Ends connections and the API; the server that it administers goes on. */
  close(): Promise<void>
}

/** Listens for `api`. Rejects with `ListenError` when the port cannot be had. */
export async function listenAdmin(api: AdminApi, address: AdminAddress): Promise<RunningAdmin> {
  const limits = {
    maxHeaderSize: adminHeaderBytesMax,
    headersTimeout: adminRequestTimeoutMs,
    requestTimeout: adminRequestTimeoutMs,
  }
  const http = createServer(limits, api.listener)
  http.maxConnections = adminConnectionsMax
  const origin = await bindServer(http, address)
  return {
    origin,
    async close() {
      await end(http)
      await api.close()
    },
  }
}

/** What is asked here is answered at once, so there is nothing under way that is worth waiting for. */
function end(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve())
    http.closeAllConnections()
  })
}
