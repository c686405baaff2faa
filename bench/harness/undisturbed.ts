/** Repeats a measurement that other programs disturbed. */
import type { Metrics } from './rounds.ts'

/** The metric that says how much of the measured core others had. */
export const TAKEN_BY_OTHERS = 'core taken by others %'

const TOLERATED_PERCENT = 4
const ATTEMPTS_MAX = 5

/**
 * Measures up to five times until others had at most 4 % of the core, and gives the least disturbed measurement.
 * Where nobody tells how much others had, the first.
 */
export async function undisturbed(measure: () => Promise<Metrics>): Promise<Metrics> {
  let best = await measure()
  for (
    let attempt = 1;
    attempt < ATTEMPTS_MAX && disturbance(best) > TOLERATED_PERCENT;
    attempt++
  ) {
    const again = await measure()
    if (disturbance(again) < disturbance(best)) best = again
  }
  return best
}

function disturbance(metrics: Metrics): number {
  return metrics[TAKEN_BY_OTHERS] ?? 0
}
