/**
 * The admin port: whether the process lives, and whether it can issue tokens. On a port of its own,
 * so that a load balancer can ask without the public port answering anything but the protocol.
 *
 *   GET /health/live   200 while the process can answer at all
 *   GET /health/ready  200 while tokens can be issued, otherwise 503
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import { adminHeaderBytesMax, adminRequestTimeoutMs } from './limits.ts'

/** A listening admin port. Whoever starts it closes it. */
export interface AdminListener {
  /** `http://host:port` as bound. */
  readonly origin: string
  close(): Promise<void>
}

/** Where the admin port is, and what it asks. */
export interface AdminListenerOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Asked at each request for readiness. */
  readonly ready: () => boolean
}

interface HealthAnswer {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Listens on the admin port. Rejects with `ListenError` when it cannot be had. */
export async function startAdminListener(options: AdminListenerOptions): Promise<AdminListener> {
  const limits = { maxHeaderSize: adminHeaderBytesMax, requestTimeout: adminRequestTimeoutMs }
  const http = createServer(limits, healthListener(options.ready))
  const origin = await bindServer(http, options)
  return { origin, close: () => end(http) }
}

function healthListener(ready: () => boolean): RequestListener {
  return (request, response) => {
    const { status, body, headers } = healthAnswer(request.method ?? '', request.url ?? '', ready)
    request.resume()
    response.writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...headers,
    })
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(body))
  }
}

/** The answer to one request; `target` is the request target, of which the query plays no part. */
export function healthAnswer(method: string, target: string, ready: () => boolean): HealthAnswer {
  const check = healthChecks.get(target.split('?', 1)[0] ?? '')
  if (check === undefined) return { status: 404, body: { error: 'not_found' } }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, body: { error: 'method_not_allowed' }, headers: { allow: 'GET, HEAD' } }
  }
  return check(ready)
}

type HealthCheck = (ready: () => boolean) => HealthAnswer

const healthChecks: ReadonlyMap<string, HealthCheck> = new Map<string, HealthCheck>([
  ['/health/live', () => ({ status: 200, body: { live: true } })],
  [
    '/health/ready',
    (ready) => {
      const isReady = ready()
      return { status: isReady ? 200 : 503, body: { ready: isReady } }
    },
  ],
])

/** Health checks are answered at once, so there is nothing under way to wait for. */
function end(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve())
    http.closeAllConnections()
  })
}
