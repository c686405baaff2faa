/**
 * A bound on the time that a piece of work may take, whether or not the work listens to its signal.
 */
import type { Clock } from '@mintmark/runtime'

/** The work took longer than it may. Carries nothing. */
export class TimeLimitExceeded extends Error {
  override readonly name = 'TimeLimitExceeded'
}

/**
 * Runs `work` for at most `limitMs`.
 *
 * Rejects with {@link TimeLimitExceeded} when the time is up, with the signal's reason when `outer`
 * aborts (`undefined` never does), and with whatever `work` rejects with. In the first two cases the
 * signal given to `work` is aborted, and what `work` does afterwards is ignored.
 */
export function withinTime<Value>(
  clock: Clock,
  limitMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const stop = (reason: unknown): void => {
      finish()
      controller.abort(reason)
      reject(reason)
    }
    const onAbort = (): void => stop(outer?.reason)
    const timer = clock.schedule(limitMs, () => stop(new TimeLimitExceeded()))
    const finish = (): void => {
      timer.cancel()
      outer?.removeEventListener('abort', onAbort)
    }
    outer?.addEventListener('abort', onAbort, { once: true })
    if (outer?.aborted) return onAbort()
    const run = async (): Promise<Value> => work(controller.signal)
    run().then(resolve, reject).finally(finish)
  })
}
