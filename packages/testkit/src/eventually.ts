/** Waiting for what a real process does in its own time. */
import { sleep, systemClock } from '@mintmark/runtime'
import { eventuallyMsMax, eventuallyPauseMs } from './limits.ts'

/**
 * Tries `check` until it no longer throws, for ten seconds at most; then rejects with what it threw last.
 *
 * In real time: what happens on a `FakeClock` is waited for with `advance`.
 */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const endMonotonicMs = systemClock.monotonicMs() + eventuallyMsMax
  for (;;) {
    try {
      await check()
      return
    } catch (error) {
      if (systemClock.monotonicMs() > endMonotonicMs) throw error
    }
    await sleep(systemClock, eventuallyPauseMs)
  }
}
