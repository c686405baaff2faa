/** Notices when nothing has moved for a time. One timer, however much moves. */
import type { Clock, Scheduled } from '@mintmark/runtime'

/** A watch over one exchange. */
export interface StallWatch {
  /** Something has moved. */
  touch(): void
  end(): void
}

/** Calls `onStall` once, when `quietMs` have passed without {@link StallWatch.touch}. */
export function watchForStall(clock: Clock, quietMs: number, onStall: () => void): StallWatch {
  let lastMonotonicMs = clock.monotonicMs()
  let timer: Scheduled = clock.schedule(quietMs, look)
  function look(): void {
    const quiet = clock.monotonicMs() - lastMonotonicMs
    if (quiet >= quietMs) onStall()
    else timer = clock.schedule(quietMs - quiet, look)
  }
  return {
    touch: () => {
      lastMonotonicMs = clock.monotonicMs()
    },
    end: () => timer.cancel(),
  }
}
