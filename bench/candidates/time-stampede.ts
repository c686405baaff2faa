/** The process in which many callers ask at once for a token that nobody has yet. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type GivenToken, rawToken, tokenSource } from './token-sources.ts'

/** What the parent asks for. */
export interface StampedePlan {
  readonly port: number
  readonly name: string
  readonly callers: number
}

/** What the process prints. */
export interface StampedeTiming {
  /** From the first call until the last caller has its token. */
  readonly servedMs: number
  /** What the heap holds while all wait, over what it held before. */
  readonly heapMb: number
}

const BYTES_PER_MB = 1_048_576

async function main({ port, name, callers }: StampedePlan): Promise<void> {
  const token = tokenSource(name, `http://127.0.0.1:${port}`)
  const before = heapBytes()
  const startedAt = performance.now()
  let served = 0
  const calls: Promise<void>[] = []
  const countServed = (given: GivenToken): void => {
    if (rawToken(given).startsWith('token-')) served++
  }
  for (let call = 0; call < callers; call++) calls.push(token().then(countServed))
  const heapMb = (process.memoryUsage().heapUsed - before) / BYTES_PER_MB
  await Promise.all(calls)
  const servedMs = performance.now() - startedAt
  if (served !== callers) throw new Error(`${callers - served} callers got no token`)
  process.stdout.write(`${JSON.stringify({ servedMs, heapMb } satisfies StampedeTiming)}\n`)
  process.exit()
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

await main(JSON.parse(process.argv[2] ?? '') as StampedePlan)
