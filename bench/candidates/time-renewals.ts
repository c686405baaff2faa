/** The process in which callers ask for tokens all the time while these are renewed again and again. */
import { setTimeout as pause } from 'node:timers/promises'
import { tokenSource } from './token-sources.ts'

/** What the parent asks for. */
export interface RenewalPlan {
  readonly port: number
  readonly name: string
  /** Sources that work side by side, each with a token of its own. */
  readonly sources: number
  readonly callersPerSource: number
  readonly seconds: number
}

/** What the process prints. */
export interface RenewalTiming {
  readonly calls: number
  readonly slowCalls: number
  readonly longestMs: number
}

/** A call that takes longer than this waited for the token endpoint, which takes 50 ms. */
const SLOW_MS = 10

async function main({
  port,
  name,
  sources,
  callersPerSource,
  seconds,
}: RenewalPlan): Promise<void> {
  const origin = `http://127.0.0.1:${port}`
  const warm = Array.from({ length: sources }, () => tokenSource(name, origin))
  await Promise.all(warm.map((token) => token()))
  const timing = { calls: 0, slowCalls: 0, longestMs: 0 }
  const endAt = performance.now() + seconds * 1_000
  const callers = warm.flatMap((token) =>
    Array.from({ length: callersPerSource }, async () => {
      while (performance.now() < endAt) {
        const startedAt = performance.now()
        await token()
        const tookMs = performance.now() - startedAt
        timing.calls++
        if (tookMs > SLOW_MS) timing.slowCalls++
        timing.longestMs = Math.max(timing.longestMs, tookMs)
        await pause(1)
      }
    }),
  )
  await Promise.all(callers)
  process.stdout.write(`${JSON.stringify(timing satisfies RenewalTiming)}\n`)
  process.exit()
}

await main(JSON.parse(process.argv[2] ?? '') as RenewalPlan)
