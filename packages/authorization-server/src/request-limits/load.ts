/**
 * How much the server has taken on, and whether there is room for more. Beyond it a request is answered at once, before
 * its body is read, instead of making everybody wait.
 *
 * Three things tell: how many requests are being worked on; how long this turn of the event loop has lasted; how long a
 * token would wait for its signature (`tokens/signing-backlog.ts`). Token requests may use all of each, introspection
 * three quarters, everything else half: when room is scarce, tokens come first.
 *
 * Invariants
 *  (1) A pause of the process turns nobody away: what counts is reading many requests.
 *  (2) The clock is read once a turn, and once more for each `arrivalsPerLook` requests. What was read last is the
 *      instant of everything that begins in the turn.
 */
import type { Clock } from '@mintmark/runtime'
import type { EndpointName } from '../events.ts'
import {
  arrivalLookMsMax,
  arrivalsPerLook,
  arrivalTurnMsMax,
  requestsInProgressMax,
} from '../limits.ts'

const SHARES: Readonly<Record<EndpointName, number>> = {
  token: 1,
  introspection: 0.75,
  revocation: 0.5,
  registration: 0.5,
}

/** What one server has taken on. */
export class Load {
  /** Set by the token endpoint: the part of the room for waiting signatures that is taken. */
  signingPressure: () => number = () => 0
  readonly #clock: Clock
  #inProgress = 0
  #arrivals = 0
  #lookedAtMonotonicMs = 0
  #isTurnOpen = false
  #turnMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Requests that are being worked on. */
  get inProgress(): number {
    return this.#inProgress
  }

  /** Whether a request that has arrived now can be taken on. */
  hasRoomFor(endpoint: EndpointName): boolean {
    this.#noteArrival()
    const share = SHARES[endpoint]
    return (
      this.#inProgress < requestsInProgressMax * share &&
      this.#turnMs < arrivalTurnMsMax * share &&
      this.signingPressure() < share
    )
  }

  /** A request has been taken on. @returns The instant, monotonic, in milliseconds, exact to the turn. */
  enter(): number {
    this.#openTurn()
    this.#inProgress += 1
    return this.#lookedAtMonotonicMs
  }

  /** It has been answered. */
  leave(): void {
    this.#inProgress -= 1
  }

  #noteArrival(): void {
    this.#openTurn()
    this.#arrivals += 1
    if (this.#arrivals % arrivalsPerLook !== 0) return
    const nowMs = this.#clock.monotonicMs()
    this.#turnMs += Math.min(arrivalLookMsMax, nowMs - this.#lookedAtMonotonicMs)
    this.#lookedAtMonotonicMs = nowMs
  }

  #openTurn(): void {
    if (this.#isTurnOpen) return
    this.#isTurnOpen = true
    this.#lookedAtMonotonicMs = this.#clock.monotonicMs()
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#isTurnOpen = false
    this.#arrivals = 0
    this.#turnMs = 0
  }
}
