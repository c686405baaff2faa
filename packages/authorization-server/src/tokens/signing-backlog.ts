/**
 * For how long a token would wait for its signature, whether another one may, and how much fits into one turn.
 *
 * What waits is known by what its signatures usually cost. How long that takes here and now, with all that happens
 * between two turns of signing, is measured: a busy machine, a slow key or a slow processor shows in it alike.
 *
 * A burst may wait for `signingWaitMsMax`. A queue that has not been empty for `signingStandingMs` and is longer than
 * `signingWaitMsTarget` is no burst but more than the server can do: then nothing is taken that would wait for longer
 * than that, until the queue is empty again. That is what controlled delay (RFC 8289) says of packets.
 */
import {
  elsewhereMsMax,
  signaturesAlwaysTaken,
  signaturesWaitingMax,
  signingStandingMs,
  signingTurnMicrosecondsMax,
  signingWaitMsMax,
  signingWaitMsTarget,
} from '../limits.ts'

/** Between two turns of signing, requests are read: about as much again. */
const SLOWNESS_AT_FIRST = 2
/** How much a full turn says about the next ones: one of many signatures, or of much time. */
const WEIGHT_OF_TURN = 0.25
const FULL_TURN_SIGNATURES = 64
const FULL_TURN_MS = 100
/** How much slower one turn may say it has become: a pause of the process is none of its making. */
const SLOWER_MAX = 4
/** What is within this of its usual cost is not slow: measurements of two milliseconds are not exact. */
const SLOWNESS_TOLERATED = 2
/** Time for signing, by the time that has gone elsewhere since. */
const SIGNING_SHARE = 3
const MICROSECONDS_PER_MS = 1_000

/** What waits for its signature. */
export class SigningBacklog {
  readonly #monotonicMs: () => number
  #count = 0
  #costUs = 0
  /** Microseconds that pass for one of what signatures usually cost. */
  #slowness = SLOWNESS_AT_FIRST
  /** The same for the signatures alone. */
  #ownSlowness = 1
  #roomUs = roomFor(signingWaitMsMax, SLOWNESS_AT_FIRST)
  #turnBeganAtMonotonicMs = 0
  /** Before this turn, since the last one or since the first of its requests. */
  #elsewhereMs = 0
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

  /** Whether as many wait as are best signed together, and one turn has the time for all: slow signatures wait. */
  get fillsTurn(): boolean {
    if (this.#count < FULL_TURN_SIGNATURES) return false
    return this.#costUs * this.#intolerableSlowness <= signingTurnMicrosecondsMax
  }

  /** One more waits. @param costUs - What its signature usually costs. */
  add(costUs: number): void {
    if (this.#count === 0) this.#sinceMonotonicMs = this.#monotonicMs()
    this.#count += 1
    this.#costUs += costUs
  }

  /**
   * A turn begins. Gives what its signatures may usually cost, so that the turn is over in time; more after a turn in
   * which much was read, because else reading what is turned away would leave no time for what was taken.
   */
  beginTurn(): number {
    const nowMs = this.#monotonicMs()
    this.#elsewhereMs = Math.min(nowMs - this.#sinceMonotonicMs, elsewhereMsMax)
    this.#turnBeganAtMonotonicMs = nowMs
    const shareUs = this.#elsewhereMs * SIGNING_SHARE * MICROSECONDS_PER_MS
    return Math.max(signingTurnMicrosecondsMax, shareUs) / this.#intolerableSlowness
  }

  /** It has signed so many, which usually cost so much. */
  signed(count: number, costUs: number): void {
    const nowMs = this.#monotonicMs()
    const towards = (known: number, sinceMs: number): number => {
      const tookMs = nowMs - sinceMs
      const weight = Math.min(1, Math.max(count / FULL_TURN_SIGNATURES, tookMs / FULL_TURN_MS))
      const measured = Math.min((tookMs * MICROSECONDS_PER_MS) / costUs, known * SLOWER_MAX)
      return Math.max(1, known + (measured - known) * WEIGHT_OF_TURN * weight)
    }
    this.#slowness = towards(this.#slowness, this.#sinceMonotonicMs)
    this.#ownSlowness = towards(this.#ownSlowness, this.#turnBeganAtMonotonicMs)
    this.#sinceMonotonicMs = nowMs
    this.#count -= count
    this.#costUs -= costUs
    this.#roomUs = roomFor(this.#waitMsMax(nowMs), this.#slowness)
  }

  get #intolerableSlowness(): number {
    return Math.max(1, this.#ownSlowness / SLOWNESS_TOLERATED)
  }

  #waitMsMax(nowMs: number): number {
    // Less than what is signed from one turn to the next would leave the signer idle.
    const targetMs = Math.max(signingWaitMsTarget, (1 + SIGNING_SHARE) * this.#elsewhereMs)
    if (this.#count === 0) this.#standingSinceMonotonicMs = undefined
    else if (this.#costUs > roomFor(targetMs, this.#slowness)) {
      this.#standingSinceMonotonicMs ??= nowMs
    }
    const since = this.#standingSinceMonotonicMs ?? nowMs
    return nowMs - since >= signingStandingMs ? targetMs : signingWaitMsMax
  }
}

function roomFor(waitMs: number, slowness: number): number {
  return (waitMs * MICROSECONDS_PER_MS) / slowness
}
