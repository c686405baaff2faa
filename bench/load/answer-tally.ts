/** Counts what a server answers: how many, how fast, with which status, and a sample of the bodies. */
import { createHistogram } from 'node:perf_hooks'
import type { LoadPlan, LoadResult } from './load-plan.ts'
import type { ReadResponse } from './response-reader.ts'

const NANOSECONDS_PER_MS = 1_000_000
const LATENCY_NANOSECONDS_MAX = 60_000 * NANOSECONDS_PER_MS

/** The answers of one load. Statuses are judged from the first answer on, the rest once measuring has begun. */
export class AnswerTally {
  answers = 0
  #turnedAway = 0
  readonly #plan: LoadPlan
  readonly #latencies = createHistogram({
    lowest: 1,
    highest: LATENCY_NANOSECONDS_MAX,
    figures: 3,
  })
  readonly #unexpected: Record<string, number> = {}
  readonly #samples: string[] = []

  constructor(plan: LoadPlan) {
    this.#plan = plan
  }

  /** Looks at the status of an answer; with a latency, counts and perhaps keeps it too. */
  add({ status, body }: ReadResponse, latencyMs: number | undefined): void {
    const { expectedStatus, turnedAwayStatus, sampleEvery, samplesMax } = this.#plan
    if (status === turnedAwayStatus) {
      if (latencyMs !== undefined) this.#turnedAway++
      return
    }
    if (status !== expectedStatus) this.#unexpected[status] = (this.#unexpected[status] ?? 0) + 1
    if (latencyMs === undefined) return
    this.#latencies.record(Math.max(1, Math.round(latencyMs * NANOSECONDS_PER_MS)))
    if (this.answers % sampleEvery === 0 && this.#samples.length < samplesMax) {
      this.#samples.push(body.toString('utf8'))
    }
    this.answers++
  }

  /** What was counted. */
  result(): Pick<
    LoadResult,
    'answers' | 'turnedAway' | 'p50Ms' | 'p99Ms' | 'unexpected' | 'samples'
  > {
    return {
      answers: this.answers,
      turnedAway: this.#turnedAway,
      p50Ms: this.#latencies.percentile(50) / NANOSECONDS_PER_MS,
      p99Ms: this.#latencies.percentile(99) / NANOSECONDS_PER_MS,
      unexpected: this.#unexpected,
      samples: this.#samples,
    }
  }
}
