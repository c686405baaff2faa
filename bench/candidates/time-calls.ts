/**
 * The process in which one call loop is timed: prepares it, lets the engine optimise it, and prints what a call costs.
 *
 * The cost is processor time of the whole process, so that what other programs take from the core is not counted, and
 * what the collector and the compiler of this one take is.
 */
import type { CallLoop, CallLoops } from './call-loop.ts'

const BATCH_MS = 300
const WARM_BATCHES = 3
const MEASURED_BATCHES = 5
const SMOKE_CALLS = 200
const FIRST_CALLS = 256
const NANOSECONDS_PER_MS = 1_000_000
const NANOSECONDS_PER_MICROSECOND = 1_000

/** What the parent asks for. */
export interface TimingPlan {
  /** The module that exports the loops, and the name of the one to time. */
  readonly module: string
  readonly name: string
  readonly isSmoke: boolean
}

/** Nanoseconds of one call: of the processor, and by the clock on the wall. */
export interface Timing {
  readonly processorNs: number
  readonly wallNs: number
}

async function main({ module, name, isSmoke }: TimingPlan): Promise<void> {
  const { loops } = (await import(`./${module}.js`)) as { readonly loops: CallLoops }
  const prepare = loops.get(name)
  if (prepare === undefined) throw new Error(`${module} has no "${name}"`)
  const loop = await prepare(isSmoke)
  const timing = isSmoke ? await timeBatch(loop, SMOKE_CALLS) : await timeWarm(loop)
  process.stdout.write(`${JSON.stringify(timing)}\n`)
}

async function timeWarm(loop: CallLoop): Promise<Timing> {
  let calls = await callsPerBatch(loop)
  for (let batch = 0; batch < WARM_BATCHES; batch++) calls = await rescaled(loop, calls)
  const timings: Timing[] = []
  for (let batch = 0; batch < MEASURED_BATCHES; batch++) timings.push(await timeBatch(loop, calls))
  timings.sort((a, b) => a.processorNs - b.processorNs)
  return timings[Math.floor(MEASURED_BATCHES / 2)] as Timing
}

/** Doubles the calls until they take long enough for the clock to be exact. */
async function callsPerBatch(loop: CallLoop): Promise<number> {
  let calls = FIRST_CALLS
  while ((await timeBatch(loop, calls)).wallNs * calls < (BATCH_MS * NANOSECONDS_PER_MS) / 10) {
    calls *= 2
  }
  return calls
}

async function rescaled(loop: CallLoop, calls: number): Promise<number> {
  const { wallNs } = await timeBatch(loop, calls)
  return Math.ceil((BATCH_MS * NANOSECONDS_PER_MS) / wallNs)
}

async function timeBatch(loop: CallLoop, calls: number): Promise<Timing> {
  const before = process.cpuUsage()
  const startedAt = process.hrtime.bigint()
  const right = await loop.run(calls)
  const wallNs = Number(process.hrtime.bigint() - startedAt)
  const used = process.cpuUsage(before)
  if (right !== calls) throw new Error(`${calls - right} of ${calls} calls had a wrong result`)
  return {
    processorNs: ((used.user + used.system) * NANOSECONDS_PER_MICROSECOND) / calls,
    wallNs: wallNs / calls,
  }
}

await main(JSON.parse(process.argv[2] ?? '') as TimingPlan)
