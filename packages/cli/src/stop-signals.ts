/** Waiting for the signal that ends a serving command. */
import { exitCode } from './exit-code.ts'
import type { ProcessEdge } from './process-edge.ts'
import { createStopRequest } from './stop-request.ts'

/** The stop signals of the process, taken over by a command that serves. */
export interface StopSignals {
  /** Resolves at the first stop signal. A second one ends the process at once. */
  readonly request: Promise<void>
  isRequested(): boolean
  /** Gives signals their usual meaning back. */
  end(): void
}

/** Listens for stop signals from now on. */
export function awaitStop(edge: ProcessEdge): StopSignals {
  let isRequested = false
  let end = (): void => undefined
  const request = new Promise<void>((stop) => {
    const onSignal = createStopRequest(edge.clock, {
      gracefully: () => {
        isRequested = true
        stop()
      },
      atOnce: () => edge.exitAtOnce(exitCode.failure),
    })
    end = edge.onStopSignal(onSignal)
  })
  return { request, isRequested: () => isRequested, end: () => end() }
}
