/** How long one caller waits for a token. */
import { waitMsMax } from './limits.ts'
import { TokenAcquisitionError } from './token-acquisition-error.ts'
import type { TokenCallOptions } from './token-call-options.ts'

/** When a waiter stops waiting by itself. */
export interface Patience {
  readonly deadlineAtMonotonicMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * The patience of a caller.
 *
 * Throws `RangeError` for a deadline that is none, and `TokenAcquisitionError` for a caller whose
 * signal is aborted already.
 *
 * @param deadlineMsDefault - How long a caller waits that does not say.
 */
export function patienceOf(
  options: TokenCallOptions,
  nowMonotonicMs: number,
  deadlineMsDefault: number,
): Patience {
  const { signal, deadlineMs = deadlineMsDefault } = options
  checkDeadline(deadlineMs)
  if (signal?.aborted === true) throw new TokenAcquisitionError({ code: 'aborted' })
  return { deadlineAtMonotonicMs: nowMonotonicMs + deadlineMs, signal }
}

/** Throws `RangeError` unless a caller can wait for so long. */
export function checkDeadline(deadlineMs: number): void {
  if (deadlineMs > 0 && deadlineMs <= waitMsMax) return
  throw new RangeError(`deadlineMs: expected above 0 and at most ${waitMsMax}`)
}
