/**
 * The combined (and common) format of Apache httpd and nginx:
 * `203.0.113.7 - partner-a [28/Nov/2026:17:03:35 +0100] "GET / HTTP/1.1" 200 12`.
 *
 * The third field is whoever was authenticated. A name that was only tried and answered with 401 is nobody's. It is
 * also what a stranger may have written, spaces and brackets included; quotes in it are escaped by both servers. So the
 * time is what stands before the first quote, and the status what follows the second.
 */
import { entryOf, type LineReader } from './access-log-line.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `28/Nov/2026:17:03:35 +0100` */
const TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/
const TIME_LENGTH = 26

/** Makes a reader. It remembers the latest time, because a second has many lines. */
export function combinedLines(): LineReader {
  let knownTime = ''
  let knownWallMs: number | undefined
  return (line) => {
    const afterAddress = line.indexOf(' ')
    const afterIdentity = line.indexOf(' ', afterAddress + 1)
    const request = line.indexOf('] "', afterIdentity)
    const bracket = request - TIME_LENGTH - 2
    if (afterAddress < 1 || afterIdentity < 0 || bracket < afterIdentity) return undefined
    if (!line.startsWith(' [', bracket)) return undefined
    const time = line.slice(bracket + 2, bracket + 2 + TIME_LENGTH)
    if (time !== knownTime) {
      knownTime = time
      knownWallMs = wallMsOf(time)
    }
    if (knownWallMs === undefined) return undefined
    const name = line.slice(afterIdentity + 1, bracket)
    const isKnown = name !== '-' && name !== '' && !line.startsWith('401 ', statusAt(line, request))
    return entryOf(knownWallMs, line.slice(0, afterAddress), isKnown ? name : undefined)
  }
}

const BACKSLASH = 0x5c

/** Where the status stands. A quote in the request is escaped, by httpd with a backslash, which it doubles as well. */
function statusAt(line: string, request: number): number {
  let at = request + 3
  while (at < line.length && line[at] !== '"') at += line.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at + 2
}

function wallMsOf(time: string): number | undefined {
  const match = TIME.exec(time)
  if (match === null) return undefined
  const [, day, month = '', year, hour, minute, second, sign, zoneHour, zoneMinute] = match
  const monthIndex = MONTHS.indexOf(month)
  if (monthIndex < 0) return undefined
  const clock = [hour, minute, second].map(Number) as [number, number, number]
  const offsetMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000
  const localMs = Date.UTC(Number(year), monthIndex, Number(day), ...clock)
  return sign === '+' ? localMs - offsetMs : localMs + offsetMs
}
