/** A clock that stands where a test puts it, to the microsecond. */
import type { Clock, Scheduled } from '@mintmark/runtime'

/** Both clocks in one, without tasks. */
export class MicrosecondClock implements Clock {
  nowUs: number

  constructor(nowUs = 7_000_000_000) {
    this.nowUs = nowUs
  }

  wallMs(): number {
    return this.nowUs / 1_000
  }

  /** Shifted by a quarter of a microsecond, as readings of real clocks are no whole ones. */
  monotonicMs(): number {
    return (this.nowUs + 0.25) / 1_000
  }

  schedule(): Scheduled {
    throw new Error('nothing here waits')
  }
}
