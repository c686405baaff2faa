/**
 * The log of a running server: one line of JSON on standard error for each refusal, change and turn
 * of its life, by pino. Lines for single tokens are at level `debug` only.
 *
 * What is in a line comes out of events, which carry no token, no secret and no text from the wire.
 * Somebody who floods the server with refusals must not flood the log: beyond a rate, lines are left
 * out and counted.
 */
import type { AuthorizationServerEvent } from '@mintmark/authorization-server'
import type { Observer } from '@mintmark/runtime'
import type { Level, Logger } from 'pino'
import { logLinesPerSecondMax } from './limits.ts'
import type { ProcessEdge } from './process-edge.ts'

/** The levels of `--log-level`. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** One of them. */
export type LogLevel = (typeof logLevels)[number]

/** A log of events. */
export interface EventLog<Event> {
  /** For the observer of the server. */
  readonly observer: Observer<Event>
  /** Writes a line about the process itself. */
  lifecycle(event: string, members?: Readonly<Record<string, unknown>>): void
}

/** The log of an authorization server. */
export type ServeLog = EventLog<AuthorizationServerEvent>

/** Starts the log of an authorization server. */
export function startLog(level: LogLevel, edge: ProcessEdge): Promise<ServeLog> {
  return startEventLog(level, edge, levelOf)
}

/**
 * Starts a log that writes to standard error.
 *
 * @param levelOf - How important an event is.
 */
export async function startEventLog<Event extends { readonly type: string }>(
  level: LogLevel,
  edge: ProcessEdge,
  levelOf: (event: Event) => Level,
): Promise<EventLog<Event>> {
  const { pino } = await import('pino')
  const { clock, writeNotice } = edge
  const logger: Logger = pino(
    {
      ...{ level, base: null, messageKey: 'event' },
      timestamp: () => `,"time":"${new Date(clock.wallMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: writeNotice },
  )
  const rate = lineRate(edge)
  return {
    observer(event) {
      const at = levelOf(event)
      if (!logger.isLevelEnabled(at)) return
      const suppressed = rate.admit()
      if (suppressed === undefined) return
      const { type, ...members } = event
      logger[at]({ ...snakeCased(members), ...(suppressed > 0 && { suppressed }) }, type)
    },
    lifecycle: (event, members = {}) => logger.info(members, event),
  }
}

/** How important an event is. A retired secret in use is a leak, or a client that was forgotten. */
function levelOf(event: AuthorizationServerEvent): Level {
  const { type } = event
  if (type === 'grace_exceeded') return 'error'
  if (type === 'request_refused') return alarming.has(event.reason) ? 'warn' : 'info'
  if (frequent.has(type)) return 'debug'
  return troubling.test(type) ? 'warn' : 'info'
}

/** Of these there is one for each request that succeeds, or each attempt while the database is away. */
const frequent: ReadonlySet<AuthorizationServerEvent['type']> = new Set([
  'token_issued',
  'token_introspected',
  'legacy_assertion_audience',
  'registry_reload_failed',
])

const troubling = /_failed$|_unavailable$|^retired_secret_presented$|^serving_stale$/

const alarming: ReadonlySet<string> = new Set([
  'secret_retired',
  'overloaded',
  'limits_unavailable',
  'storage_unavailable',
])

/** Admits a number of lines a second; tells how many were left out before one that it admits. */
function lineRate({ clock }: Pick<ProcessEdge, 'clock'>) {
  let second = -1
  let lines = 0
  let leftOut = 0
  return {
    admit(): number | undefined {
      const now = Math.floor(clock.monotonicMs() / 1_000)
      if (now !== second) {
        second = now
        lines = 0
      }
      lines += 1
      if (lines > logLinesPerSecondMax) {
        leftOut += 1
        return undefined
      }
      const before = leftOut
      leftOut = 0
      return before
    },
  }
}

function snakeCased(members: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      isPlain(value) ? snakeCased(value) : value,
    ]),
  )
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
