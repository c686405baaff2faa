/**
 * The process in which calls of an API are timed: bare `fetch` with a fixed header and our client's `fetch`, slice by
 * slice in turns, so that both meet the same state of the engine, of its collector and of the machine.
 */
import { createTokenClient } from '@mintmark/client'
import { API_TOKEN } from '../servers/api-token.ts'

const IN_FLIGHT = 16
const SLICE_CALLS = 250
const SLICE_CALLS_IN_SMOKE = 16
const WARM_SLICES = 16
const MICROSECONDS_PER_SECOND = 1_000_000
const NANOSECONDS_PER_MICROSECOND = 1_000

/** What the parent asks for. */
export interface RequestPlan {
  readonly port: number
  /** Slices of each kind that are measured. */
  readonly slices: number
  readonly isSmoke: boolean
}

/** What one kind of call cost. */
export interface RequestTiming {
  readonly processorMicrosecondsPerCall: number
  readonly callsPerSecond: number
}

/** What the process prints. */
export interface RequestTimings {
  readonly bare: RequestTiming
  readonly client: RequestTiming
}

type Call = () => Promise<Response>

async function main({ port, slices, isSmoke }: RequestPlan): Promise<void> {
  const origin = `http://127.0.0.1:${port}`
  const calls = isSmoke ? SLICE_CALLS_IN_SMOKE : SLICE_CALLS
  const bare = new SliceTimer(bareCall(origin), calls)
  const client = new SliceTimer(clientCall(origin), calls)
  for (let slice = 0; slice < (isSmoke ? 0 : WARM_SLICES); slice++)
    await inTurn(bare, client, slice)
  bare.reset()
  client.reset()
  for (let slice = 0; slice < slices; slice++) await inTurn(bare, client, slice)
  const timings: RequestTimings = { bare: bare.timing(), client: client.timing() }
  process.stdout.write(`${JSON.stringify(timings)}\n`)
  // The keep-alive connections would hold the process open for a while.
  process.exit()
}

/** First the one, then the other; the next time the other way round. */
async function inTurn(bare: SliceTimer, client: SliceTimer, slice: number): Promise<void> {
  const [first, second] = slice % 2 === 0 ? [bare, client] : [client, bare]
  await first.run()
  await second.run()
}

function bareCall(origin: string): Call {
  const headers = { authorization: `Bearer ${API_TOKEN}` }
  return () => fetch(`${origin}/orders`, { headers })
}

function clientCall(origin: string): Call {
  const client = createTokenClient({
    tokenEndpoint: `${origin}/token`,
    clientId: 'partner-a',
    clientSecret: 'a secret that the token endpoint does not look at',
    allowedOrigins: [origin],
  })
  return () => client.fetch(`${origin}/orders`)
}

/** Makes calls, some at a time, and adds up what they cost. */
class SliceTimer {
  readonly #call: Call
  readonly #callsPerSlice: number
  #calls = 0
  #processorMicroseconds = 0
  #wallMicroseconds = 0

  constructor(call: Call, callsPerSlice: number) {
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

async function checkedCall(call: Call): Promise<void> {
  const response = await call()
  const order = (await response.json()) as { readonly id?: number }
  if (response.status !== 200 || order.id !== 4711) throw new Error('a call had a wrong answer')
}

await main(JSON.parse(process.argv[2] ?? '') as RequestPlan)
