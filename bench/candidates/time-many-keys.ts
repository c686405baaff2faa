/** The process in which a limiter in memory meets many keys, each of them once and then once more. */
import { limitPolicy, memoryLimiter } from '@mintmark/limits'
import { processUsage } from '../harness/process-usage.ts'

/** What the process prints. */
export interface ManyKeysTiming {
  /** Resident memory over what it was before the first key. */
  readonly residentMb: number
  /** The longest single decision. */
  readonly longestMs: number
  /** What a decision costs on average while the keys come. */
  readonly nsPerNewKey: number
  /** Keys whose bucket was not as it had been left. */
  readonly mixedUp: number
}

const NANOSECONDS_PER_MS = 1_000_000

function main(count: number): void {
  const policy = limitPolicy({ name: 'daily', quota: 100, windowSeconds: 86_400 })
  const limiter = memoryLimiter()
  // Loaded and optimised before memory is counted.
  for (let at = 0; at < 20_000; at++) limiter.peek([{ policy, key: keyOf(at) }])
  const before = residentMb()
  let longestMs = 0
  const startedAt = performance.now()
  for (let at = 0; at < count; at++) {
    const decidedAt = performance.now()
    limiter.check([{ policy, key: keyOf(at) }])
    longestMs = Math.max(longestMs, performance.now() - decidedAt)
  }
  const tookMs = performance.now() - startedAt
  let mixedUp = 0
  for (let at = 0; at < count; at++) {
    const { states } = limiter.peek([{ policy, key: keyOf(at) }])
    if (states[0]?.remaining !== 99) mixedUp += 1
  }
  const timing: ManyKeysTiming = {
    residentMb: residentMb() - before,
    ...{ longestMs, mixedUp },
    nsPerNewKey: (tookMs * NANOSECONDS_PER_MS) / count,
  }
  process.stdout.write(`${JSON.stringify(timing)}\n`)
}

function keyOf(at: number): string {
  return `2001:db8:${(at >> 16).toString(16)}:${(at & 0xffff).toString(16)}::/64`
}

function residentMb(): number {
  return processUsage(process.pid)?.residentMb ?? process.memoryUsage.rss() / 1_000_000
}

main(Number(process.argv[2]))
