/**
 * The combined (and common) format of Apache httpd and nginx:
 * `203.0.113.7 - partner-a [28/Nov/2026:17:03:35 +0100] "GET / HTTP/1.1" 200 12`.
 *
 * The third field is whoever was authenticated. A name that was only tried and answered with 401 is nobody's.
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
    const bracket = line.indexOf(' [', afterIdentity + 1)
    if (afterAddress < 1 || afterIdentity < 0 || bracket < 0) return undefined
    const time = line.slice(bracket + 2, bracket + 2 + TIME_LENGTH)
    if (time !== knownTime) {
      knownTime = time
      knownWallMs = wallMsOf(time)
    }
    if (knownWallMs === undefined) return undefined
    const name = line.slice(afterIdentity + 1, bracket)
    const isKnown = name !== '-' && name !== '' && !line.includes('" 401 ', bracket)
    return entryOf(knownWallMs, line.slice(0, afterAddress), isKnown ? name : undefined)
  }
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
