/**
 * For how long a token would wait for its signature, and whether another one may.
 *
 * What waits is known by what its signatures usually cost. How long that takes here and now, with all that happens
 * between two turns of signing, is measured: a busy machine, a slow key or a slow processor shows in it alike.
 *
 * A burst may wait for `signingWaitMsMax`. A queue that has not been empty for `signingStandingMs` and is longer than
 * `signingWaitMsTarget` is no burst but more than the server can do: then nothing is taken that would wait for longer
 * than that, until the queue is empty again. That is what controlled delay (RFC 8289) says of packets.
 */
import {
  signaturesAlwaysTaken,
  signaturesWaitingMax,
  signingStandingMs,
  signingTurnMicrosecondsMax,
  signingWaitMsMax,
  signingWaitMsTarget,
} from '../limits.ts'

/** Between two turns of signing, requests are read: about as much again. */
const SLOWNESS_AT_FIRST = 2
/** How much a full turn says about the next ones. */
const WEIGHT_OF_TURN = 0.25
const MICROSECONDS_PER_MS = 1_000

/** What waits for its signature. */
export class SigningBacklog {
  readonly #monotonicMs: () => number
  #count = 0
  #costUs = 0
  /** Microseconds that pass for one of what signatures usually cost. */
  #slowness = SLOWNESS_AT_FIRST
  #roomUs = roomFor(signingWaitMsMax, SLOWNESS_AT_FIRST)
  #sinceMonotonicMs = 0
  #standingSinceMonotonicMs: number | undefined

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** The part of the room that is taken; 1 and more: nothing else may wait. */
  get pressure(): number {
    if (this.#count < signaturesAlwaysTaken) return 0
    return Math.max(this.#count / signaturesWaitingMax, this.#costUs / this.#roomUs)
  }

  /** One more waits. @param costUs - What its signature usually costs. */
  add(costUs: number): void {
    if (this.#count === 0) this.#sinceMonotonicMs = this.#monotonicMs()
    this.#count += 1
    this.#costUs += costUs
  }

  /** A turn has signed so many, which usually cost so much. */
  signed(count: number, costUs: number): void {
    const nowMs = this.#monotonicMs()
    const measured = ((nowMs - this.#sinceMonotonicMs) * MICROSECONDS_PER_MS) / costUs
    const weight = WEIGHT_OF_TURN * Math.min(1, costUs / signingTurnMicrosecondsMax)
    this.#slowness = Math.max(1, this.#slowness + (measured - this.#slowness) * weight)
    this.#sinceMonotonicMs = nowMs
    this.#count -= count
    this.#costUs -= costUs
    this.#roomUs = roomFor(this.#waitMsMax(nowMs), this.#slowness)
  }

  #waitMsMax(nowMs: number): number {
    if (this.#count === 0) this.#standingSinceMonotonicMs = undefined
    else if (this.#costUs > roomFor(signingWaitMsTarget, this.#slowness)) {
      this.#standingSinceMonotonicMs ??= nowMs
    }
    const since = this.#standingSinceMonotonicMs ?? nowMs
    return nowMs - since >= signingStandingMs ? signingWaitMsTarget : signingWaitMsMax
  }
}

function roomFor(waitMs: number, slowness: number): number {
  return (waitMs * MICROSECONDS_PER_MS) / slowness
}
