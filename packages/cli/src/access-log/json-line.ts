/**
 * Access logs with one JSON object in a line, as gateways and loggers write them. Which members hold time, address and
 * client is for the operator to say.
 */
import { entryOf, type LineReader } from './access-log-line.ts'

/** Names of members. */
export interface JsonMembers {
  /** A number (milliseconds since 1970, or seconds), one as text, or a date and time of RFC 3339. */
  readonly time: string
  readonly address: string
  /** Absent, `null`, empty or `-` where nobody is known. */
  readonly client: string
}

/** Below this a number is a time in seconds: as milliseconds it would be a day of 1973. */
const SECONDS_BELOW = 100_000_000_000

/** Makes a reader. */
export function jsonLines({ time, address, client }: JsonMembers): LineReader {
  return (line) => {
    const entry = objectOf(line)
    const wallMs = wallMsOf(entry?.[time])
    const from = entry?.[address]
    if (wallMs === undefined || typeof from !== 'string') return undefined
    const name = entry?.[client]
    const isKnown = typeof name === 'string' && name !== '' && name !== '-'
    return entryOf(wallMs, from, isKnown ? name : undefined)
  }
}

function objectOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

const NUMBER = /^\d{1,16}(\.\d{1,9})?$/

function wallMsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value < SECONDS_BELOW ? value * 1_000 : value
  if (typeof value !== 'string') return undefined
  if (NUMBER.test(value)) return wallMsOf(Number(value))
  const wallMs = Date.parse(value)
  return Number.isNaN(wallMs) ? undefined : wallMs
}
