/** What tests of a fleet do again and again. */

import type { FakeClock, OperationFault, PublicationFault } from '@mintmark/testkit'
import type { Worker, WorkerOptions } from './fleet-world.ts'

/** What the transparent sealing calls the one key of these tests. */
export const entryName = 'entry:the key'

/** Gets a token for each of the processes, within a second. */
export async function startAll(
  workers: readonly Worker[],
  clock: FakeClock,
): Promise<readonly string[]> {
  const tokens = Promise.all(workers.map((each) => each.token()))
  await clock.advance(1_000)
  return (await tokens).map(({ fingerprint }) => fingerprint)
}

/** What a renewal in the background does, now. */
export async function renew(worker: Worker, clock: FakeClock): Promise<void> {
  const knownFingerprint = worker.source.currentToken()?.fingerprint
  const renewal = worker.obtain({ trigger: 'due', knownFingerprint })
  await clock.advance(1_000)
  const obtained = await renewal
  if (obtained.ok) worker.source.adopt(obtained.granted)
}

/** How long something takes on that clock, in milliseconds. */
export async function timed(clock: FakeClock, work: Promise<unknown>): Promise<number> {
  const startMonotonicMs = clock.monotonicMs()
  await work
  return clock.monotonicMs() - startMonotonicMs
}

/** A process whose way to the store a test can disturb at any time. */
export function disturbed(start: (options: WorkerOptions) => Worker) {
  const trouble = {
    operation: undefined as OperationFault,
    publication: undefined as PublicationFault,
  }
  const worker = start({
    faults: { operation: () => trouble.operation, publication: () => trouble.publication },
  })
  return { trouble, worker }
}
