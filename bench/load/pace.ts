/**
 * When the next request is sent: in a closed loop as soon as a connection is idle, at a given rate when it is due.
 *
 * At a rate, latency counts from the instant at which a request was due, whether or not a connection was idle then: a
 * server that falls behind makes everybody after it wait, and that waiting is what its callers would see.
 */
import type { LoadConnection } from './load-connection.ts'

/** Hands requests to idle connections. */
export interface Pace {
  idle(connection: LoadConnection): void
  /** Called over and over, for what has become due meanwhile. */
  turn(nowMs: number): void
}

/** Every idle connection gets the next request at once; none when there is none any more. */
export function closedLoop(next: () => Buffer | undefined): Pace {
  return {
    idle(connection) {
      const request = next()
      if (request !== undefined) connection.send(request, performance.now())
    },
    turn: () => undefined,
  }
}

/**
 * One request every `1000 / perSecond` milliseconds from now on, whatever the server does.
 *
 * @param givesUp - Whether a request that finds no idle connection is given up. Otherwise it is sent late.
 */
export function openLoop(perSecond: number, next: () => Buffer | undefined, givesUp = false): Pace {
  const startedAtMs = performance.now()
  const idle: LoadConnection[] = []
  let sent = 0

  function dueAtMs(): number {
    return startedAtMs + (sent * 1_000) / perSecond
  }

  return {
    idle: (connection) => void idle.push(connection),
    turn(nowMs) {
      while (idle.length > 0 && dueAtMs() <= nowMs) {
        const request = next()
        if (request === undefined) return
        idle.pop()?.send(request, dueAtMs())
        sent++
      }
      if (givesUp) sent = Math.max(sent, Math.floor(((nowMs - startedAtMs) * perSecond) / 1_000))
    },
  }
}
