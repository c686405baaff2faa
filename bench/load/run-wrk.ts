/**
 * The same load made by `wrk`, for whoever trusts a known generator more than ours. It sleeps between answers, which
 * costs servers on virtual machines an interrupt per answer, and it keeps no bodies: only statuses are judged.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DRIVING_CORE, pinned } from '../harness/pinning.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'
import { readUsage, usageBetween } from './server-usage.ts'

const run = promisify(execFile)
const MICROSECONDS_PER_MS = 1_000

/** Prints one line of JSON. Requests are escaped byte by byte, as Lua's decimal escapes are. */
const SCRIPT = `
local requests = { REQUESTS }
local at = 0
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init() unexpected = 0 end
function request() at = at % #requests + 1; return requests[at] end
function response(status) if status ~= STATUS then unexpected = unexpected + 1 end end
function done(summary, latency)
  local e = summary.errors
  local other = e.connect + e.read + e.write + e.timeout
  for _, thread in ipairs(threads) do other = other + thread:get('unexpected') end
  print(string.format('{"answers":%d,"us":%d,"p50":%d,"p99":%d,"other":%d}', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), other))
end
`

/** Runs `wrk` with one thread: once to warm the server, once measured. Rejects like `runLoad`. */
export async function runWrk(plan: LoadPlan): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'mintmark-wrk-'))
  try {
    const script = join(folder, 'load.lua')
    await writeFile(script, scriptFor(plan))
    await wrk(plan, script, plan.warmMs)
    const before = readUsage(plan)
    const counted = await wrk(plan, script, plan.measuredMs)
    const elapsedMs = counted.us / MICROSECONDS_PER_MS
    const server = usageBetween(before, readUsage(plan), counted.answers, elapsedMs)
    return {
      answers: counted.answers,
      turnedAway: 0,
      elapsedMs,
      p50Ms: counted.p50 / MICROSECONDS_PER_MS,
      p99Ms: counted.p99 / MICROSECONDS_PER_MS,
      unexpected: {},
      samples: [],
      ...(server !== undefined && { server }),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function scriptFor({ requests, expectedStatus }: LoadPlan): string {
  const literals = requests.map((text) => `"${escaped(text)}"`).join(',\n')
  return SCRIPT.replace('STATUS', String(expectedStatus)).replace('REQUESTS', () => literals)
}

function escaped(text: string): string {
  return text.replace(/[^\w ]/g, (mark) => `\\${String(mark.charCodeAt(0)).padStart(3, '0')}`)
}

async function wrk({ port, connections }: LoadPlan, script: string, durationMs: number) {
  const seconds = Math.max(1, Math.round(durationMs / 1_000))
  const [command, args] = pinned(DRIVING_CORE, 'wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    `-s${script}`,
    `http://127.0.0.1:${port}`,
  ])
  const { stdout } = await run(command, args)
  const counted = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<Counted, number>
  if (counted.answers === 0 || counted.other > 0) {
    throw new Error(`${counted.other} of ${counted.answers} answers were not the expected ones`)
  }
  return counted
}

type Counted = 'answers' | 'us' | 'p50' | 'p99' | 'other'
