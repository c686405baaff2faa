/**
 * What time it is at the authorization server. Assertions and proofs say when they were made, and a
 * server refuses them from another time; a machine whose clock is wrong could not get a token at all.
 *
 * The header `Date` of an answer (RFC 9110 section 6.6.1) says the time at some instant between
 * sending and arrival, cut to seconds: that leaves an interval for how far ahead the server is.
 *
 * Invariants
 *  (1) A time that the server accepts is never changed: a correction is used when the server refused,
 *      and dropped when that did not help. Servers with a wrong `Date` exist.
 *  (2) What may be the time it takes to answer is no skew, and neither is less than 2 s.
 */
import type { Clock } from '@mintmark/runtime'
import type { Report } from './events.ts'
import { clockSkewAlarmMs, clockSkewIgnoredMs } from './limits.ts'
import { parseHttpDate } from './retry-after.ts'

/** The part of an answer that tells the time. */
export interface DatedAnswer {
  /** The header `Date`. */
  readonly date: string | null
  readonly arrivedAtWallMs: number
  /** From sending the request to the arrival of the headers. */
  readonly tookMs: number
}

/** The clock of one client's authorization server, on top of the clock of this machine. */
export class ServerClock {
  readonly #clock: Clock
  readonly #report: Report
  #skewMs = 0
  #hasAlarmed = false

  constructor(clock: Clock, report: Report) {
    this.#clock = clock
    this.#report = report
  }

  /** How far ahead of this machine the server is taken to be, in milliseconds. At first 0. */
  get skewMs(): number {
    return this.#skewMs
  }

  /** The time at the server, in milliseconds since 1970. */
  nowWallMs(): number {
    return this.#clock.wallMs() + this.#skewMs
  }

  /** Takes the server to be so far ahead from now on. */
  use(skewMs: number): void {
    this.#skewMs = skewMs
  }

  /**
   * What the skew is by this answer, if it cannot be the one in use; otherwise, and for an answer
   * without a readable date, `undefined`. Changes nothing, but tells of a skew above 30 s, once.
   */
  correctionBy(answer: DatedAnswer): number | undefined {
    const againstOwn = skewUnless(0, answer)
    if (againstOwn !== undefined && Math.abs(againstOwn) > clockSkewAlarmMs) this.#alarm(againstOwn)
    return skewUnless(this.#skewMs, answer)
  }

  #alarm(skewMs: number): void {
    if (this.#hasAlarmed) return
    this.#hasAlarmed = true
    this.#report({ type: 'clock_skewed', skewSeconds: Math.round(skewMs / 1000) })
  }
}

const DATE_RESOLUTION_MS = 1_000

/** The middle of the interval that the answer leaves, unless `skewMs` is in it or within 2 s of it. */
function skewUnless(skewMs: number, answer: DatedAnswer): number | undefined {
  const { date, arrivedAtWallMs, tookMs } = answer
  const dateWallMs = parseHttpDate(date)
  if (dateWallMs === undefined) return undefined
  const doubtMs = (tookMs + DATE_RESOLUTION_MS) / 2
  const middle = dateWallMs - arrivedAtWallMs + doubtMs
  return Math.abs(middle - skewMs) <= Math.max(doubtMs, clockSkewIgnoredMs) ? undefined : middle
}
