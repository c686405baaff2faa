/**
 * The process in which API calls are timed, several ways slice by slice in turns, so that all meet the same state of
 * the engine, of its collector and of the machine.
 */
import { type ApiCall, apiCalls } from './api-calls.ts'

const IN_FLIGHT = 16
const SLICE_CALLS = 250
const SLICE_CALLS_IN_SMOKE = 16
const WARM_SLICES = 16
const MICROSECONDS_PER_SECOND = 1_000_000
const NANOSECONDS_PER_MICROSECOND = 1_000

/** What the parent asks for. */
export interface RequestPlan {
  readonly port: number
  /** Ways of `apiCalls`. */
  readonly names: readonly string[]
  /** Slices of each way that are measured. */
  readonly slices: number
  readonly isSmoke: boolean
}

/** What one way of calling cost. */
export interface RequestTiming {
  readonly processorMicrosecondsPerCall: number
  readonly callsPerSecond: number
}

/** What the process prints: one timing for each name, in the same order. */
export type RequestTimings = readonly RequestTiming[]

async function main({ port, names, slices, isSmoke }: RequestPlan): Promise<void> {
  const calls = isSmoke ? SLICE_CALLS_IN_SMOKE : SLICE_CALLS
  const timers = names.map((name) => new SliceTimer(prepared(name, port), calls))
  await inTurns(timers, isSmoke ? 0 : WARM_SLICES)
  for (const timer of timers) timer.reset()
  await inTurns(timers, slices)
  const timings: RequestTimings = timers.map((timer) => timer.timing())
  process.stdout.write(`${JSON.stringify(timings)}\n`)
  // The keep-alive connections would hold the process open for a while.
  process.exit()
}

function prepared(name: string, port: number): ApiCall {
  const prepare = apiCalls.get(name)
  if (prepare === undefined) throw new Error(`there is no way called "${name}"`)
  return prepare(`http://127.0.0.1:${port}`)
}

/** One after the other; each time another one is the first. */
async function inTurns(timers: readonly SliceTimer[], slices: number): Promise<void> {
  for (let slice = 0; slice < slices; slice++) {
    const first = slice % timers.length
    for (const timer of [...timers.slice(first), ...timers.slice(0, first)]) await timer.run()
  }
}

/** Makes calls, some at a time, and adds up what they cost. */
class SliceTimer {
  readonly #call: ApiCall
  readonly #callsPerSlice: number
  #calls = 0
  #processorMicroseconds = 0
  #wallMicroseconds = 0

  constructor(call: ApiCall, callsPerSlice: number) {
    this.#call = call
    this.#callsPerSlice = callsPerSlice
  }

  reset(): void {
    this.#calls = 0
    this.#processorMicroseconds = 0
    this.#wallMicroseconds = 0
  }

  async run(): Promise<void> {
    const before = process.cpuUsage()
    const startedAt = process.hrtime.bigint()
    let left = this.#callsPerSlice
    const caller = async (): Promise<void> => {
      while (left-- > 0) await checkedCall(this.#call)
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
    const used = process.cpuUsage(before)
    this.#calls += this.#callsPerSlice
    this.#processorMicroseconds += used.user + used.system
    this.#wallMicroseconds +=
      Number(process.hrtime.bigint() - startedAt) / NANOSECONDS_PER_MICROSECOND
  }

  timing(): RequestTiming {
    return {
      processorMicrosecondsPerCall: this.#processorMicroseconds / this.#calls,
      callsPerSecond: (this.#calls * MICROSECONDS_PER_SECOND) / this.#wallMicroseconds,
    }
  }
}

async function checkedCall(call: ApiCall): Promise<void> {
  const { status, body } = await call()
  const order = body as { readonly id?: number }
  if (status !== 200 || order.id !== 4711) throw new Error('a call had a wrong answer')
}

await main(JSON.parse(process.argv[2] ?? '') as RequestPlan)
