/**
 * The kinds of values that settings take. A value can be written in three places (flag, environment
 * variable, configuration file); its kind says how it is written in each, and which values fit.
 */
import { isAbsolute, resolve } from 'node:path'
import type { JsonValue } from '@mintmark/protocol'

/**
 * How values of one kind are recognised. `undefined` from a reading function means: does not fit.
 */
export interface SettingKind<Value> {
  /** Completes "… must be", for the error line. */
  readonly expectation: string
  /** What stands for the value in the help; a switch takes none. */
  readonly placeholder: string | undefined
  /** Whether the flag may be given several times. */
  readonly repeatable: boolean
  /** Cuts an environment variable into the values a command line would give one by one. */
  split(variable: string): readonly string[]
  fromTexts(texts: readonly string[]): Value | undefined
  /** @param folder - Absolute; what relative paths in the configuration file start from. */
  fromJson(value: JsonValue, folder: string): Value | undefined
}

const asOne = (variable: string): readonly string[] => [variable]
const words = (variable: string): readonly string[] => variable.split(/\s+/).filter(Boolean)
const lines = (variable: string): readonly string[] => variable.split(/\r?\n/).filter(Boolean)
const lastOf = (texts: readonly string[]): string => texts.at(-1) ?? ''

/**
 * A kind with a single value; the last one given counts. `read` gets the text of flag, variable or
 * file.
 */
export function single<Value>(
  expectation: string,
  placeholder: string,
  read: (text: string) => Value | undefined,
): SettingKind<Value> {
  return {
    expectation,
    placeholder,
    repeatable: false,
    split: asOne,
    fromTexts: (texts) => read(lastOf(texts)),
    fromJson: (value) => (typeof value === 'string' ? read(value) : undefined),
  }
}

/** Any text but the empty one. */
export function text(placeholder: string): SettingKind<string> {
  return single('a text that is not empty', placeholder, (given) => given || undefined)
}

/** Words, separated by spaces: given together, or one by one. */
export function joined(placeholder: string): SettingKind<string> {
  return {
    ...text(placeholder),
    repeatable: true,
    fromTexts: (texts) => (texts.includes('') ? undefined : texts.join(' ')),
  }
}

/** One of `values`, exactly as written there. */
export function choice<const Value extends string>(
  placeholder: string,
  values: readonly Value[],
): SettingKind<Value> {
  return single(`one of ${values.join(', ')}`, placeholder, (given) =>
    values.find((value) => value === given),
  )
}

/**
 * An absolute http or https URL without user name and fragment. Whether plain http is safe is
 * judged where it is used.
 */
export const url: SettingKind<string> = single(
  'an absolute http(s) URL without user name and fragment',
  '<url>',
  (given) => (isPlainUrl(given) ? given : undefined),
)

function isPlainUrl(given: string): boolean {
  if (!URL.canParse(given) || given.includes('#')) return false
  const { protocol, host, href } = new URL(given)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  // A user name would stand between the two slashes and the host.
  return isWeb && href.startsWith(`${protocol}//${host}/`)
}

/** The URL of a PostgreSQL database. It may contain credentials, so it is never shown. */
export const databaseUrl: SettingKind<string> = single(
  'a URL of the form postgres://account@host:port/database',
  '<url>',
  (given) =>
    URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol) ? given : undefined,
)

/** The URL of a Redis server. It may contain credentials, so it is never shown. */
export const redisUrl: SettingKind<string> = single(
  'a URL of the form redis://host:port/database, or rediss: for TLS',
  '<url>',
  (given) =>
    URL.canParse(given) && /^rediss?:$/.test(new URL(given).protocol) ? given : undefined,
)

/** So many requests in so many seconds. */
export interface Rate {
  readonly quota: number
  readonly windowSeconds: number
  /** How many of them at once; the quota, if nothing is said. */
  readonly burst: number | undefined
}

/** A rate: `600/60`, or `600/60/100` with how many of them at once. */
export const rate: SettingKind<Rate> = single(
  'a rate like 600/60 (requests/seconds) or 600/60/100 (and how many at once), at most 10,000 in a second',
  '<rate>',
  (given) => {
    const [quota = 0, windowSeconds = 0, burst] = (RATE.exec(given)?.slice(1) ?? [])
      .filter((digits) => digits !== undefined)
      .map(Number)
    const isRate = quota > 0 && windowSeconds > 0 && windowSeconds <= windowSecondsMax
    const isCountable = quota <= windowSeconds * perSecondMax && burst !== 0
    return isRate && isCountable ? { quota, windowSeconds, burst } : undefined
  },
)

const RATE = /^(\d{1,9})\/(\d{1,7})(?:\/(\d{1,9}))?$/
/** What limits can be: up to 31 days, and so many in a second. */
const windowSecondsMax = 2_678_400
const perSecondMax = 10_000

/** A whole number from `min` to `max`; a number in the configuration file, digits elsewhere. */
export function wholeNumber(placeholder: string, min: number, max: number): SettingKind<number> {
  const fits = (value: number): number | undefined =>
    Number.isInteger(value) && value >= min && value <= max ? value : undefined
  return {
    ...single(`a whole number from ${min} to ${max}`, placeholder, (given) =>
      /^\d{1,15}$/.test(given) ? fits(Number(given)) : undefined,
    ),
    fromJson: (value) => (typeof value === 'number' ? fits(value) : undefined),
  }
}

/** The same, or the word `auto`. */
export function numberOrAuto(
  placeholder: string,
  min: number,
  max: number,
): SettingKind<number | 'auto'> {
  const number = wholeNumber(placeholder, min, max)
  return {
    ...number,
    expectation: `${number.expectation}, or auto`,
    fromTexts: (texts) => (lastOf(texts) === 'auto' ? 'auto' : number.fromTexts(texts)),
    fromJson: (value, folder) => (value === 'auto' ? 'auto' : number.fromJson(value, folder)),
  }
}

/**
 * A path. In the configuration file it is relative to that file, elsewhere to the working folder.
 *
 * @param dash - What `-` stands for, where it is allowed; otherwise it is a file name like any
 *   other.
 */
export function path(placeholder: string, dash?: string): SettingKind<string> {
  return {
    ...single(dash === undefined ? 'a path' : `a path, or - for ${dash}`, placeholder, (given) =>
      given.includes('\0') ? undefined : given || undefined,
    ),
    fromJson: (value, folder) => {
      if (typeof value !== 'string' || value === '' || value.includes('\0')) return undefined
      return isAbsolute(value) || (value === '-' && dash !== undefined)
        ? value
        : resolve(folder, value)
    },
  }
}

/** On or off. */
export const toggle: SettingKind<boolean> = {
  expectation: 'true or false',
  placeholder: undefined,
  repeatable: false,
  split: asOne,
  fromTexts: (texts) => booleanWords.get(lastOf(texts)),
  fromJson: (value) => (typeof value === 'boolean' ? value : undefined),
}

const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/**
 * Several values of `kind`: the flag repeated, a list in the file, and in the environment words or,
 * for values that hold spaces themselves, lines.
 */
export function listOf<Value>(
  kind: SettingKind<Value>,
  separator: 'words' | 'lines',
): SettingKind<readonly Value[]> {
  return {
    expectation: `${kind.expectation}, or a list of such`,
    placeholder: kind.placeholder,
    repeatable: true,
    split: separator === 'words' ? words : lines,
    fromTexts: (texts) => every(texts, (entry) => kind.fromTexts([entry])),
    fromJson: (value, folder) =>
      every(Array.isArray(value) ? value : [value], (entry) => kind.fromJson(entry, folder)),
  }
}

function every<Entry, Value>(
  entries: readonly Entry[],
  read: (entry: Entry) => Value | undefined,
): readonly Value[] | undefined {
  const values: Value[] = []
  for (const entry of entries) {
    const value = read(entry)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}
