/**
 * What one process remembers of uses.
 *
 * Invariants
 *  (1) An entry is remembered until its expiry, rounded up to the end of its span, unless its use is withdrawn.
 *  (2) At most `replayEntriesMax` are remembered; beyond it nothing new is taken rather than something old forgotten.
 *  (3) A holder has at most `replayHolderShareOfFree` times as many as are free, so that none of them fills it.
 */
import { replayEntriesMax, replayHolderShareOfFree } from '../limits.ts'
import type { ReplayEntry } from './replay-store.ts'

/** The memory of a process. */
export interface ReplayMemory {
  consume(entry: ReplayEntry, nowWallMs: number): 'first' | 'repeated' | 'full'
  /** Forgets an entry whose use was the first and then came to nothing. */
  withdraw(entry: ReplayEntry): void
}

/** Entries are forgotten by the span, all at once: no timer, and no work per entry. */
const SPAN_MS = 60_000

/** What expires in one span. */
interface Span {
  readonly keys: Set<string>
  /** How many of them each holder has. */
  readonly held: Map<string, number>
}

/** Makes an empty memory. */
export function createReplayMemory(entriesMax = replayEntriesMax): ReplayMemory {
  /** By their ends. */
  const spans = new Map<number, Span>()
  let count = 0

  function forgetExpired(nowWallMs: number): void {
    for (const [endsAtWallMs, { keys }] of spans) {
      if (endsAtWallMs > nowWallMs) continue
      count -= keys.size
      spans.delete(endsAtWallMs)
    }
  }

  function holds(key: string): boolean {
    for (const { keys } of spans.values()) if (keys.has(key)) return true
    return false
  }

  function hasRoomFor(holder: string | undefined): boolean {
    const free = entriesMax - count
    if (free <= 0 || holder === undefined) return free > 0
    let held = 0
    for (const span of spans.values()) held += span.held.get(holder) ?? 0
    return held < replayHolderShareOfFree * free
  }

  return {
    consume({ key, expiresAtWallMs, holder }, nowWallMs) {
      forgetExpired(nowWallMs)
      if (holds(key)) return 'repeated'
      if (!hasRoomFor(holder)) return 'full'
      const endsAtWallMs = spanEndOf(expiresAtWallMs)
      const span = spans.get(endsAtWallMs) ?? { keys: new Set(), held: new Map() }
      spans.set(endsAtWallMs, span)
      span.keys.add(key)
      if (holder !== undefined) span.held.set(holder, (span.held.get(holder) ?? 0) + 1)
      count += 1
      return 'first'
    },
    withdraw({ key, expiresAtWallMs, holder }) {
      const span = spans.get(spanEndOf(expiresAtWallMs))
      if (span === undefined || !span.keys.delete(key)) return
      count -= 1
      if (holder !== undefined) span.held.set(holder, (span.held.get(holder) ?? 1) - 1)
    },
  }
}

function spanEndOf(expiresAtWallMs: number): number {
  return (Math.floor(expiresAtWallMs / SPAN_MS) + 1) * SPAN_MS
}
