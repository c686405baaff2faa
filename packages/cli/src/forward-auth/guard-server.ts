/** A server of `node:http` with the limits of a guard, and a stop that loses no request. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { bindServer } from '@mintmark/authorization-server'
import { type Clock, sleep } from '@mintmark/runtime'
import {
  guardHeaderBytesMax,
  guardHeadersTimeoutMs,
  guardIdleTimeoutMs,
  guardRequestTimeoutMs,
  guardStopMs,
  guardSweepMs,
} from '../limits.ts'

/** What answers requests. */
export interface GuardListeners {
  readonly respond: RequestListener
  /** For a request that waits with its body for `100 Continue`. Default: it gets that at once. */
  readonly respondBeforeBody?: RequestListener
  /** For one with another expectation. Default: 417. */
  readonly refuseExpectation?: RequestListener
  /** How long an answer may be waited for while nothing moves, in milliseconds. Default: as long as a next request. */
  readonly quietMs?: number
}

/** Where and what a guard serves. */
export interface GuardServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly listeners: GuardListeners
  readonly clock: Clock
  /** Told of an answer that broke off by a mistake of ours; with the name of the error's class and nothing else. */
  readonly onFailure: (kind: string) => void
}

/** A server that listens. */
export interface GuardServer {
  readonly http: Server
  /** `http://host:port` as bound. */
  readonly origin: string
  /** Goes on for `drainMs` while it tells clients to go elsewhere, finishes what is under way, and ends. */
  close(drainMs: number): Promise<void>
}

/** Rejects with `ListenError` when the port cannot be had. */
export async function startGuardServer(options: GuardServerOptions): Promise<GuardServer> {
  const { listeners, clock, onFailure } = options
  let isStopping = false
  const unlessStopping =
    (listener: RequestListener) => (request: IncomingMessage, response: ServerResponse) => {
      if (isStopping) response.setHeader('connection', 'close')
      // One request must not end the others.
      settled(listener, request, response).catch((error: unknown) => {
        onFailure(error instanceof Error ? error.constructor.name : typeof error)
        response.destroy()
      })
    }
  const http = createServer(serverLimits, unlessStopping(listeners.respond))
  const { respondBeforeBody, refuseExpectation } = listeners
  if (respondBeforeBody !== undefined) http.on('checkContinue', unlessStopping(respondBeforeBody))
  if (refuseExpectation !== undefined)
    http.on('checkExpectation', unlessStopping(refuseExpectation))
  // Their size is bounded; beyond a number of them, `node:http` would leave some out without a word.
  http.maxHeadersCount = 0
  // A second more, so that whoever answers has the first say.
  http.setTimeout(Math.max(guardIdleTimeoutMs, (listeners.quietMs ?? 0) + 1_000))
  const origin = await bindServer(http, options)
  return {
    http,
    origin,
    async close(drainMs) {
      isStopping = true
      if (drainMs > 0) await sleep(clock, drainMs)
      await endConnections(http, clock)
    },
  }
}

async function settled(
  listener: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await listener(request, response)
}

const serverLimits = {
  maxHeaderSize: guardHeaderBytesMax,
  headersTimeout: guardHeadersTimeoutMs,
  requestTimeout: guardRequestTimeoutMs,
  keepAliveTimeout: guardIdleTimeoutMs,
  connectionsCheckingInterval: guardSweepMs,
  noDelay: true,
}

/** Closing closes what is idle then; what becomes idle later is looked for until all are gone. */
async function endConnections(http: Server, clock: Clock): Promise<void> {
  const sweepMs = 50
  let sweep = clock.schedule(sweepMs, closeIdle)
  const cut = clock.schedule(guardStopMs, () => http.closeAllConnections())
  function closeIdle(): void {
    http.closeIdleConnections()
    sweep = clock.schedule(sweepMs, closeIdle)
  }
  await new Promise<void>((resolve) => http.close(() => resolve()))
  sweep.cancel()
  cut.cancel()
}
