/** How long a server is driven, from the arguments of the benchmark. */
import type { BenchArguments } from '../harness/bench-arguments.ts'
import type { LoadPlan } from './load-plan.ts'

const WARMING_SHARE = 2 / 3
const SMOKE_ANSWERS = 48
const SMOKE_MS_MAX = 20_000
const SAMPLES_MAX = 200
const SAMPLE_EVERY = 101

/** The part of a load plan that says how much, and how many answers are looked at. A smoke run looks at all. */
export type Effort = Pick<
  LoadPlan,
  'warmMs' | 'measuredMs' | 'answersMax' | 'sampleEvery' | 'samplesMax'
>

/** Default: two seconds of warming, three measured, up to 200 answers looked at. */
export function effortOf({ isSmoke, seconds }: BenchArguments): Effort {
  if (isSmoke) {
    const all = { sampleEvery: 1, samplesMax: SMOKE_ANSWERS }
    return { warmMs: 0, measuredMs: SMOKE_MS_MAX, answersMax: SMOKE_ANSWERS, ...all }
  }
  return {
    warmMs: seconds * 1_000 * WARMING_SHARE,
    measuredMs: seconds * 1_000,
    answersMax: Number.MAX_SAFE_INTEGER,
    sampleEvery: SAMPLE_EVERY,
    samplesMax: SAMPLES_MAX,
  }
}
