/**
 * How much life a call wants its token to have left. A call that takes long, or that cannot be
 * repeated after a 401, asks for more than "still good now" (requirement C2).
 */
import {
  lifetimeFloorShareMax,
  lifetimeSecondsLimit,
  streamFloorSeconds,
  streamFloorShare,
} from './limits.ts'

/** A floor under the remaining life of a token. */
export interface LifetimeFloor {
  readonly wantedMs: number
  /**
   * The largest share of a token's usable life that is ever asked for. What lies beyond would mean
   * a new token for every call.
   */
  readonly shareMax: number
}

/** The floor of a call that names one. Throws `RangeError` for seconds out of range. */
export function explicitFloor(minTtlSeconds: number): LifetimeFloor {
  if (!(minTtlSeconds >= 0 && minTtlSeconds <= lifetimeSecondsLimit)) {
    throw new RangeError(`minTtlSeconds: expected a number from 0 to ${lifetimeSecondsLimit}`)
  }
  return { wantedMs: minTtlSeconds * 1000, shareMax: lifetimeFloorShareMax }
}

/** The floor of a request whose body cannot be sent again: after a 401 there is no second try. */
export const STREAM_FLOOR: LifetimeFloor = {
  wantedMs: streamFloorSeconds * 1000,
  shareMax: streamFloorShare,
}

/** What a floor asks of a token with that usable life, in milliseconds. */
export function floorOf({ wantedMs, shareMax }: LifetimeFloor, usableMs: number): number {
  return Math.min(wantedMs, shareMax * usableMs)
}
