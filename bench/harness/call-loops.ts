/** Call loops as candidates: each measurement is a fresh process on its own core. */
import type { Timing, TimingPlan } from '../candidates/time-calls.ts'
import type { BenchArguments } from './bench-arguments.ts'
import { startNode } from './node-process.ts'
import { MEASURED_CORE } from './pinning.ts'
import { inTurns, type Metrics, type Round } from './rounds.ts'

/** What a call costs, in nanoseconds of processor time. */
export const NS_PER_CALL = 'ns/call'

/** How many calls fit into a second of processor time. */
export const CALLS_PER_SECOND = 'calls/s'

/** The loops called `names` that `candidates/MODULE.ts` exports, measured in turns. */
export function callLoops(
  module: string,
  names: readonly string[],
  { isSmoke }: BenchArguments,
): Round {
  return inTurns(names.map((name) => ({ name, measure: () => time({ module, name, isSmoke }) })))
}

async function time(plan: TimingPlan): Promise<Metrics> {
  const timer = startNode('candidates/time-calls', {
    core: MEASURED_CORE,
    args: [JSON.stringify(plan)],
  })
  try {
    const { processorNs, wallNs } = (await timer.next()) as Timing
    return {
      [NS_PER_CALL]: processorNs,
      [CALLS_PER_SECOND]: 1_000_000_000 / processorNs,
      'wall ns/call': wallNs,
    }
  } finally {
    await timer.stop()
  }
}
