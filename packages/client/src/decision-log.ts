/**
 * The flight recorder: the last events of a client, kept for `explain()`. Cached tokens served are
 * not recorded.
 */
import type { Clock, Observer } from '@mintmark/runtime'
import type { Report, TokenClientEvent } from './events.ts'
import { decisionsKept } from './limits.ts'

/** An event with its time. */
export interface Decision {
  /** Wall time, in milliseconds since 1970. */
  readonly atWallMs: number
  readonly event: TokenClientEvent
}

/** A log of the last 64 events. */
export interface DecisionLog {
  /** Records an event and passes it on to the observer. */
  readonly report: Report
  /** The recorded events, oldest first. */
  readonly decisions: () => readonly Decision[]
}

/** Makes a log in front of `observer`, which must not throw. */
export function createDecisionLog(clock: Clock, observer: Observer<TokenClientEvent>): DecisionLog {
  const kept: Decision[] = []
  return {
    report: (event) => {
      if (kept.length === decisionsKept) kept.shift()
      kept.push({ atWallMs: clock.wallMs(), event })
      observer(event)
    },
    decisions: () => [...kept],
  }
}
