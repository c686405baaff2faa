/**
 * The way to a replay store: all uses of one turn of the event loop are asked about with one call.
 *
 * Invariants
 *  (1) Every use is answered, within `deadlineMs` of being sent.
 *  (2) After a failure the store is left alone for `replayPauseMs`, so that an outage costs one deadline and not one
 *      per request. The observer hears when it begins and when it is over.
 */
import { type Clock, type Observer, sleep } from '@mintmark/runtime'
import type { ReplayEvent } from '../events.ts'
import { replayBatchMax, replayPauseMs } from '../limits.ts'
import type { ReplayEntry, ReplayStore } from './replay-store.ts'

/** What a store says of a use, if it says anything. */
export type StoredVerdict = 'first' | 'repeated' | 'unavailable'

/** Asks a store. */
export interface ReplayQueue {
  /** Never rejects. */
  consume(entry: ReplayEntry): Promise<StoredVerdict>
}

/** What a queue is made of. */
export interface ReplayQueueParts {
  readonly store: ReplayStore
  readonly deadlineMs: number
  readonly clock: Clock
  readonly observer: Observer<ReplayEvent>
}

interface Waiting {
  readonly entry: ReplayEntry
  readonly settle: (verdict: StoredVerdict) => void
}

/** Where there is no such phase, what is asked one after the other is asked about one by one. */
const afterThisTurn = typeof setImmediate === 'function' ? setImmediate : queueMicrotask

/** Makes the queue to a store. */
export function createReplayQueue(parts: ReplayQueueParts): ReplayQueue {
  const { store, deadlineMs, clock, observer } = parts
  let waiting: Waiting[] = []
  let isAway = false
  let askAgainAtMonotonicMs = 0

  function send(): void {
    const all = waiting
    waiting = []
    for (let at = 0; at < all.length; at += replayBatchMax) {
      void ask(all.slice(at, at + replayBatchMax))
    }
  }

  async function ask(batch: readonly Waiting[]): Promise<void> {
    const firsts = await answerOf(batch.map(({ entry }) => entry))
    noteAvailability(firsts !== undefined)
    for (const [at, { settle }] of batch.entries()) {
      const isFirst = firsts?.[at]
      settle(isFirst === undefined ? 'unavailable' : isFirst ? 'first' : 'repeated')
    }
  }

  async function answerOf(
    entries: readonly ReplayEntry[],
  ): Promise<readonly boolean[] | undefined> {
    const deadline = new AbortController()
    try {
      return await Promise.race([
        store.consumeReplay(entries, clock.wallMs()),
        sleep(clock, deadlineMs, deadline.signal).then(() => undefined),
      ])
    } catch {
      return undefined
    } finally {
      deadline.abort()
    }
  }

  function noteAvailability(isHere: boolean): void {
    if (!isHere) askAgainAtMonotonicMs = clock.monotonicMs() + replayPauseMs
    if (isAway === !isHere) return
    isAway = !isHere
    observer({ type: isHere ? 'replay_store_recovered' : 'replay_store_unavailable' })
  }

  return {
    consume(entry) {
      if (isAway && clock.monotonicMs() < askAgainAtMonotonicMs) {
        return Promise.resolve('unavailable')
      }
      return new Promise((settle) => {
        waiting.push({ entry, settle })
        if (waiting.length === 1) afterThisTurn(send)
      })
    },
  }
}
