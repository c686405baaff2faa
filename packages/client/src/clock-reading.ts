/** Both clocks, read at the same moment. */
import type { Clock } from '@mintmark/runtime'

/** A reading of both clocks. */
export interface ClockReading {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** Reads both clocks now. */
export function readClocks(clock: Clock): ClockReading {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() }
}
