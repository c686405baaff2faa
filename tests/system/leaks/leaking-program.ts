/**
 * A program that prints everything it can lay its hands on: what clients give, throw and report, on every way into
 * every failure and through whole lives. Nothing of it may be a secret; `nothing-printed.test.ts` reads it.
 *
 * Usage: leaking-program.ts ORIGIN
 */
import { subscribe } from 'node:diagnostics_channel'
import {
  createTokenClient,
  type TokenClient,
  type TokenClientEvent,
  type TokenClientOptions,
} from '@mintmark/client'
import { adapterLife } from './adapter-lives.ts'
import { everyPrint } from './every-print.ts'
import { exportedTelemetry } from './exported-telemetry.ts'
import { type FailureDriver, failureDrivers, usualOptions } from './failure-drivers.ts'
import { fleetLives } from './fleet-lives.ts'
import { type LeakWorld, wholeLives } from './whole-lives.ts'

const [origin = ''] = process.argv.slice(2)
const exported = exportedTelemetry()

/** What the test wants to know beside the absence of secrets. */
const summary = {
  codes: {} as Record<string, string[]>,
  events: new Set<string>(),
  unhandled: 0,
  warnings: 0,
}

function print(subject: unknown, showHidden = true): void {
  console.log(subject)
  console.error(subject)
  for (const text of everyPrint(subject, showHidden)) console.log(text)
}

const world: LeakWorld = {
  origin,
  clientOf,
  print: (subject) => print(subject),
  printForeign: (subject) => print(subject, false),
}

/** A client whose every event is printed. */
function clientOf(options: Partial<TokenClientOptions>): TokenClient {
  const observer = (event: TokenClientEvent): void => {
    summary.events.add(event.type)
    exported.telemetry.observer(event)
    print(event)
  }
  const client = createTokenClient(usualOptions({ observer, ...options }))
  exported.telemetry.watch(client)
  return client
}

async function drive(code: string, { options, act }: FailureDriver): Promise<void> {
  const client = clientOf(options)
  const ended = act === undefined ? client.token() : act(client)
  const outcome = await ended.catch((error: unknown) => error)
  print(outcome)
  print(client)
  print(client.explain())
  await client.dispose()
  const reached = (outcome as { code?: unknown })?.code ?? lastFailure(client)
  summary.codes[code] = [...(summary.codes[code] ?? []), String(reached)]
}

/** Where the caller gets a bug as it is, the events still have the code. */
function lastFailure(client: TokenClient): string | undefined {
  const failed = client.explain().findLast(({ event }) => event.type === 'token_request_failed')
  return failed?.event.type === 'token_request_failed' ? failed.event.error.code : undefined
}

process.on('warning', (warning) => {
  summary.warnings += 1
  print(warning)
})
process.on('unhandledRejection', (reason) => {
  summary.unhandled += 1
  print(reason)
})
subscribe('mintmark:client', (message) => print(message))
for (const [code, drivers] of Object.entries(failureDrivers(origin))) {
  for (const driver of drivers) await drive(code, driver)
}
for (const life of [...wholeLives, ...fleetLives, adapterLife]) await life(world)
const { spans, metrics } = await exported.collect()
print(spans)
print(metrics)
process.send?.({ ...summary, events: [...summary.events], spans: spans.length })
