/**
 * The load generator's own process: reads a plan from standard input, prints the result.
 *
 * It never sleeps while it runs: with an idle generator every answer of a server on a virtual machine begins with an
 * interrupt that wakes the other core, and the server pays for it.
 */
import { readFileSync } from 'node:fs'
import { AnswerTally } from './answer-tally.ts'
import { type LoadConnection, type LoadDriver, openLoadConnection } from './load-connection.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'
import { closedLoop, openLoop } from './pace.ts'
import { readUsage, type UsageReading, usageBetween } from './server-usage.ts'

function generate(plan: LoadPlan): void {
  const tally = new AnswerTally(plan)
  // With every core measured there is none to poll on.
  const again = plan.sleeps === true ? (task: () => void) => setTimeout(task, 1) : setImmediate
  const inTurn = cycle(plan.requests)
  const next = () => (isDone ? undefined : inTurn())
  // Warming up is never by the clock: what a server that is still being compiled falls behind by would be measured.
  let pace = closedLoop(next)
  const warmUntilMs = performance.now() + plan.warmMs
  let measuring: { readonly startedAtMs: number; readonly usage: UsageReading } | undefined
  let isDone = false

  const driver: LoadDriver = {
    idle: (connection) => pace.idle(connection),
    answered(response, latencyMs) {
      tally.add(response, measuring && latencyMs)
      if (tally.answers >= plan.answersMax) isDone = true
    },
    failed(error) {
      if (!isDone) fail(error)
    },
  }
  const connections: LoadConnection[] = []
  for (let count = 0; count < plan.connections; count++) {
    connections.push(openLoadConnection(plan.port, driver))
  }

  function turn(): void {
    const nowMs = performance.now()
    pace.turn(nowMs)
    if (measuring === undefined && nowMs >= warmUntilMs) {
      measuring = { startedAtMs: nowMs, usage: readUsage(plan) }
      if (plan.perSecond !== undefined) pace = openLoop(plan.perSecond, next, plan.givesUp)
    }
    const elapsedMs = measuring === undefined ? 0 : nowMs - measuring.startedAtMs
    if (measuring !== undefined && (isDone || elapsedMs >= plan.measuredMs)) {
      finish(elapsedMs, measuring.usage)
    } else {
      again(turn)
    }
  }

  function finish(elapsedMs: number, before: UsageReading): void {
    isDone = true
    const server = usageBetween(before, readUsage(plan), tally.answers, elapsedMs)
    for (const connection of connections) connection.destroy()
    print({ ...tally.result(), elapsedMs, ...(server !== undefined && { server }) })
  }

  turn()
}

function cycle(requests: readonly string[]): () => Buffer {
  const buffers = requests.map((text) => Buffer.from(text, 'latin1'))
  let at = 0
  return () => {
    const request = buffers[at] as Buffer
    at = at + 1 === buffers.length ? 0 : at + 1
    return request
  }
}

function print(result: LoadResult): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

function fail(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

generate(JSON.parse(readFileSync(0, 'utf8')) as LoadPlan)
