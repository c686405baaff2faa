/**
 * What one process remembers of uses.
 *
 * Invariants
 *  (1) An entry is remembered until its expiry, rounded up to the end of its span.
 *  (2) At most `replayEntriesMax` are remembered; beyond it nothing new is taken rather than something old forgotten.
 */
import { replayEntriesMax } from '../limits.ts'
import type { ReplayEntry } from './replay-store.ts'

/** The memory of a process. */
export interface ReplayMemory {
  consume(entry: ReplayEntry, nowWallMs: number): 'first' | 'repeated' | 'full'
}

/** Entries are forgotten by the span, all at once: no timer, and no work per entry. */
const SPAN_MS = 60_000

/** Makes an empty memory. */
export function createReplayMemory(entriesMax = replayEntriesMax): ReplayMemory {
  /** Keys by the end of the span in which they expire. */
  const spans = new Map<number, Set<string>>()
  let count = 0

  function forgetExpired(nowWallMs: number): void {
    for (const [endsAtWallMs, keys] of spans) {
      if (endsAtWallMs > nowWallMs) continue
      count -= keys.size
      spans.delete(endsAtWallMs)
    }
  }

  function holds(key: string): boolean {
    for (const keys of spans.values()) if (keys.has(key)) return true
    return false
  }

  return {
    consume({ key, expiresAtWallMs }, nowWallMs) {
      forgetExpired(nowWallMs)
      if (holds(key)) return 'repeated'
      if (count >= entriesMax) return 'full'
      const endsAtWallMs = (Math.floor(expiresAtWallMs / SPAN_MS) + 1) * SPAN_MS
      const span = spans.get(endsAtWallMs) ?? new Set()
      spans.set(endsAtWallMs, span.add(key))
      count += 1
      return 'first'
    },
  }
}
