/**
 * The flight recorder: the last events of a client, kept for `explain()`, and published for whoever
 * listens in the process. Cached tokens served are not recorded.
 */
import { type Clock, type Observer, systemDiagnostics } from '@mintmark/runtime'
import type { Report, TokenClientEvent } from './events.ts'
import { decisionsKept } from './limits.ts'

/** An event with its time: what `explain()` lists, and the message on the diagnostics channel. */
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

/** The diagnostics channel on which all clients of the process publish. */
const CHANNEL_NAME = 'mintmark:client'

/** Makes a log in front of `observer`, which must not throw. */
export function createDecisionLog(clock: Clock, observer: Observer<TokenClientEvent>): DecisionLog {
  const kept: Decision[] = []
  const publish = systemDiagnostics(CHANNEL_NAME)
  return {
    report: (event) => {
      const decision = { atWallMs: clock.wallMs(), event }
      if (kept.length === decisionsKept) kept.shift()
      kept.push(decision)
      publish(decision)
      observer(event)
    },
    decisions: () => [...kept],
  }
}
