/**
 * Stopping a server of `node:http` so that no request is lost.
 *
 *  (1) Draining: it goes on as before, but every answer tells its client to open another connection. Whoever sends
 *      requests here has this long to find out, from the readiness of the server or from its answers.
 *  (2) Nothing new is accepted, idle connections are closed, requests under way are finished.
 *  (3) What still runs after `gracefulStopMs` is cut.
 *
 * A request that a client sends at the very moment in which its idle connection is closed fails (RFC 9112 section 9.3.1
 * is about that); the longer the draining, the fewer connections are left to which this can happen.
 */
import type { Server } from 'node:http'
import { type Clock, sleep } from '@mintmark/runtime'
import type { Exchanges } from './http/exchanges.ts'
import { gracefulStopMs, idleSweepIntervalMs } from './limits.ts'

/** How a server stops. */
export interface StopOptions {
  /**
   * For how long it goes on and sends its clients elsewhere, in milliseconds from 0. Default 0. Behind a load balancer:
   * as long as that takes to notice that the server is not ready.
   */
  readonly drainDelayMs?: number
}

/** Goes on for as long as asked to; every answer from now on is the last one of its connection. */
export async function drain(
  exchanges: Exchanges,
  clock: Clock,
  { drainDelayMs = 0 }: StopOptions,
): Promise<void> {
  exchanges.endConnections()
  if (drainDelayMs > 0) await sleep(clock, drainDelayMs)
}

/**
 * Accepts nothing more and resolves when the last connection is gone.
 *
 * Closing closes the connections that are idle then. One whose last answer was on its way before the draining would
 * stay for its whole keep-alive time, so idle ones are looked for until all are gone.
 */
export async function closeConnections(http: Server, clock: Clock): Promise<void> {
  let sweep = clock.schedule(idleSweepIntervalMs, closeIdle)
  const cut = clock.schedule(gracefulStopMs, () => http.closeAllConnections())
  function closeIdle(): void {
    http.closeIdleConnections()
    sweep = clock.schedule(idleSweepIntervalMs, closeIdle)
  }
  await new Promise<void>((resolve) => http.close(() => resolve()))
  sweep.cancel()
  cut.cancel()
}
