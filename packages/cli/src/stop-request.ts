/**
 * What signals mean to a program that serves: the first asks it to stop gracefully, a later one to
 * stop at once.
 *
 * Invariants
 *  (1) `gracefully` is called once; `atOnce` at most once, and only after it.
 *  (2) A signal within `signalEchoMs` of the one before is an echo of it and means nothing of its
 *      own.
 */
import type { Clock } from '@mintmark/runtime'
import { signalEchoMs } from './limits.ts'

/** What to do at the two requests. */
export interface StopReactions {
  gracefully(): void
  atOnce(): void
}

/** Returns what to call at each signal. */
export function createStopRequest(clock: Clock, reactions: StopReactions): () => void {
  let lastMonotonicMs = Number.NEGATIVE_INFINITY
  let asked: 'nothing' | 'gracefully' | 'at once' = 'nothing'
  return () => {
    const nowMonotonicMs = clock.monotonicMs()
    const isEcho = nowMonotonicMs - lastMonotonicMs < signalEchoMs
    lastMonotonicMs = nowMonotonicMs
    if (isEcho || asked === 'at once') return
    if (asked === 'nothing') {
      asked = 'gracefully'
      reactions.gracefully()
    } else {
      asked = 'at once'
      reactions.atOnce()
    }
  }
}
