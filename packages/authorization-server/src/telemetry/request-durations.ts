/**
 * How long requests took at the endpoints for clients, by endpoint and outcome: from when a request was read to when
 * its answer was handed over.
 *
 * Invariants
 *  (1) Counting is two additions into numbers that are there already; nothing is allocated, and no clock is read here.
 *  (2) What is counted apart is the endpoint and the outcome. No duration is kept by client, token or address.
 */
import type { EndpointName } from '../events.ts'

/** Upper bounds of the buckets in seconds, those of OpenTelemetry for `http.server.request.duration`; one is above. */
export const durationBoundsSeconds: readonly number[] = [
  ...[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
]

/** How a request ended: answered with what was asked for, refused (4xx), or not possible (5xx). */
export const requestOutcomes = ['success', 'refused', 'failed'] as const

/** The durations of one endpoint with one outcome. */
export interface DurationCounts {
  readonly endpoint: string
  readonly outcome: (typeof requestOutcomes)[number]
  /** How many were within each of {@link durationBoundsSeconds} and not within the one before; the last are longer. */
  readonly buckets: readonly number[]
  readonly sumSeconds: number
}

const boundsMs = durationBoundsSeconds.map((seconds) => seconds * 1000)
/** The buckets of an outcome, and the sum in milliseconds behind them. */
const WIDTH = boundsMs.length + 2

/** The durations of one server. */
export class RequestDurations {
  readonly #endpoints = new Map<EndpointName, Float64Array>()

  /** What counts the requests of an endpoint, by the status of the answer. */
  at(endpoint: EndpointName): (status: number, durationMs: number) => void {
    const counts = this.#endpoints.get(endpoint) ?? new Float64Array(WIDTH * requestOutcomes.length)
    this.#endpoints.set(endpoint, counts)
    return (status, durationMs) => {
      const from = status < 400 ? 0 : status < 500 ? WIDTH : 2 * WIDTH
      let bucket = 0
      while (bucket < boundsMs.length && durationMs > (boundsMs[bucket] ?? 0)) bucket += 1
      counts[from + bucket] = (counts[from + bucket] ?? 0) + 1
      counts[from + WIDTH - 1] = (counts[from + WIDTH - 1] ?? 0) + durationMs
    }
  }

  /** What was counted; of an endpoint that nobody has asked there is nothing. */
  get counts(): readonly DurationCounts[] {
    return [...this.#endpoints].flatMap(([endpoint, counts]) =>
      requestOutcomes.flatMap((outcome, at) => {
        const own = [...counts.subarray(at * WIDTH, (at + 1) * WIDTH)]
        const [sumMs = 0] = own.splice(-1)
        const isAny = own.some((count) => count > 0)
        return isAny ? { endpoint, outcome, buckets: own, sumSeconds: sumMs / 1000 } : []
      }),
    )
  }
}

/** Adds up the durations of several processes. */
export function sumOfDurations(counts: readonly DurationCounts[]): readonly DurationCounts[] {
  const sums = new Map<string, DurationCounts>()
  for (const one of counts) {
    const name = `${one.endpoint} ${one.outcome}`
    const before = sums.get(name)
    sums.set(name, before === undefined ? one : sumOf(before, one))
  }
  return [...sums.values()]
}

function sumOf(one: DurationCounts, other: DurationCounts): DurationCounts {
  return {
    ...one,
    buckets: one.buckets.map((count, at) => count + (other.buckets[at] ?? 0)),
    sumSeconds: one.sumSeconds + other.sumSeconds,
  }
}
