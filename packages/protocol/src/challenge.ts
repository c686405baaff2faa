/**
 * Challenges: the content of `WWW-Authenticate` (RFC 9110 section 11, RFC 6750 section 3), both
 * directions.
 *
 * A resource server's challenge only ever helps to decide what to do with an answer that already
 * failed. So reading is lenient: what is readable from the left is used, the rest from the first
 * malformed place on is dropped.
 */
import { challengeLengthMax, challengeParametersMax, challengesMax } from './limits.ts'

/** One challenge. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** The one value some schemes have in place of parameters. */
  readonly token68: string | undefined
  /** Values by name in lower case, escapes resolved. Of a repeated name the first value counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Parses the value of a `WWW-Authenticate` header, several joined by commas included.
 *
 * A missing comma between two parameters is forgiven. Gives no challenge at all for a value of more
 * than 8 KiB, and stops after 16 challenges or 32 parameters in one. Never throws. Does not know
 * schemes or error codes.
 */
export function parseChallenges(headerValue: string): readonly Challenge[] {
  if (headerValue.length > challengeLengthMax) return []
  const challenges: Challenge[] = []
  let rest = headerValue
  while (challenges.length < challengesMax) {
    const scheme = SCHEME.exec(rest)
    if (scheme === null) break
    const afterScheme = rest.slice(scheme[0].length)
    const token68 = TOKEN68.exec(afterScheme)
    const parameters = new Map<string, string>()
    rest = token68 ? afterScheme.slice(token68[0].length) : readParameters(afterScheme, parameters)
    challenges.push({ scheme: lowerCased(scheme[1]), token68: token68?.[1], parameters })
  }
  return challenges
}

/**
 * Writes one challenge, every value as a quoted string.
 *
 * Throws a `RangeError` when the scheme or a name is not a token, or a value holds anything but
 * printable ASCII.
 */
export function serialiseChallenge(
  scheme: string,
  parameters: Iterable<readonly [name: string, value: string]>,
): string {
  if (!WHOLE_TOKEN.test(scheme)) throw new RangeError('a challenge scheme is a token')
  const written: string[] = []
  for (const [name, value] of parameters) {
    if (!WHOLE_TOKEN.test(name)) throw new RangeError('a challenge parameter has a token as name')
    if (!PRINTABLE.test(value)) {
      throw new RangeError(`the challenge parameter ${name} takes printable ASCII only`)
    }
    written.push(`${name}="${value.replace(/["\\]/g, '\\$&')}"`)
  }
  return written.length === 0 ? scheme : `${scheme} ${written.join(', ')}`
}

/**
 * Adds what parameters it finds at the start of `text`, and gives what is left. One parameter too
 * many is left too, where it is no beginning of a challenge and so ends the reading.
 */
function readParameters(text: string, parameters: Map<string, string>): string {
  let rest = text
  for (let count = 0; count < challengeParametersMax; count += 1) {
    const parameter = PARAMETER.exec(rest)
    if (parameter === null) return rest
    const name = lowerCased(parameter[1])
    const value = parameter[2] ?? (parameter[3] ?? '').replace(/\\(.)/g, '$1')
    if (!parameters.has(name)) parameters.set(name, value)
    rest = rest.slice(parameter[0].length)
  }
  return rest
}

function lowerCased(text: string | undefined): string {
  return (text ?? '').toLowerCase()
}

const PRINTABLE = /^[\x20-\x7e]*$/
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const WHOLE_TOKEN = new RegExp(`^${TOKEN}$`)

/** A token that neither runs into something else nor is the name of a parameter. */
const SCHEME = new RegExp(`^[ \\t,]*(${TOKEN})(?=[ \\t,]|$)(?![ \\t]*=)`)

const TOKEN68 = /^[ \t]+([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|$)/

/** The two alternatives inside exclude each other, so that matching takes linear time. */
const QUOTED =
  '"((?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*)"'

/** A name, then a token or a quoted string that ends where a separator or the text does. */
const PARAMETER = new RegExp(
  `^[ \\t,]+(${TOKEN})[ \\t]*=[ \\t]*(?:(${TOKEN})(?=[ \\t,]|$)|${QUOTED}(?=[ \\t,]|$))`,
)
