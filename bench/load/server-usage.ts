/** What the measured server used while it was under load, read in the generator at the very instants of the count. */
import { coreBusyMs, processUsage, TICK_MS } from '../harness/process-usage.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'

/** The readings at one instant. */
export interface UsageReading {
  readonly process: ReturnType<typeof processUsage>
  readonly coreBusyMs: number | undefined
}

/** Reads the server's usage now. */
export function readUsage({ serverPid, serverCore }: LoadPlan): UsageReading {
  return { process: processUsage(serverPid), coreBusyMs: coreBusyMs(serverCore) }
}

/** The usage between two readings; `undefined` where the system does not tell. */
export function usageBetween(
  before: UsageReading,
  after: UsageReading,
  answers: number,
  elapsedMs: number,
): LoadResult['server'] {
  if (before.process === undefined || after.process === undefined) return undefined
  // Less than can be told is not nothing: the few answers of a smoke run may take that.
  const processorMs = Math.max(TICK_MS, after.process.processorMs - before.process.processorMs)
  const coreMs = (after.coreBusyMs ?? 0) - (before.coreBusyMs ?? 0)
  return {
    processorMicrosecondsPerAnswer: (processorMs * 1000) / answers,
    residentMb: after.process.residentMb,
    foreignShare: Math.max(0, coreMs - processorMs) / elapsedMs,
  }
}
