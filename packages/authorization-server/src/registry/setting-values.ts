/**
 * The values that settings have in common, checked one by one. They come from drafts, documents and requests, so a
 * value may be of any type; each check gives back what it understood and nothing else.
 */
import { parseCidr } from '@mintmark/limits'
import { isConfidentialUrl } from '@mintmark/protocol'
import { identityTextLengthMax, labelLengthMax } from '../limits.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'

/** Checks the value of the setting called `name`. */
export type ValueCheck<Value> = (value: unknown, name: string) => Registered<Value>

/** One check for each setting. */
export type SettingChecks<Settings> = {
  readonly [Name in keyof Settings]: ValueCheck<Settings[Name]>
}

/**
 * Completes `settings` with the defaults in `plain` and checks each of them. `undefined` is as good as absent.
 *
 * Refuses members that are not among the checks: a misspelled restriction must not count as none.
 */
export function checkSettings<Settings extends object>(
  settings: object,
  plain: Settings,
  checks: SettingChecks<Settings>,
): Registered<Settings> {
  const checked = { ...plain } as Record<string, unknown>
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(checks, name)) return notRegistered('setting_unknown', name)
    if (value === undefined) continue
    const result = checks[name as keyof Settings](value, name)
    if (!result.ok) return result
    checked[name] = result.value
  }
  return registered(checked as Settings)
}

/** One of `values`. */
export function oneOf<const Value extends string>(values: readonly Value[]): ValueCheck<Value> {
  return (value, name) => {
    const known = values.find((one) => one === value)
    return known === undefined ? malformed(name) : registered(known)
  }
}

/** A list of at most `max` different entries that pass `check`. */
export function listOf<Value>(max: number, check: ValueCheck<Value>): ValueCheck<readonly Value[]> {
  return (value, name) => {
    if (!Array.isArray(value)) return malformed(name)
    if (value.length > max) return notRegistered('too_many_entries', name)
    const entries: Value[] = []
    for (const one of value) {
      const entry = check(one, name)
      if (!entry.ok) return entry
      entries.push(entry.value)
    }
    const texts = new Set(entries.map((entry) => JSON.stringify(entry)))
    return texts.size < entries.length ? notRegistered('entry_repeated', name) : registered(entries)
  }
}

/** Nothing, or what passes `check`. */
export function optional<Value>(check: ValueCheck<Value>): ValueCheck<Value | undefined> {
  return (value, name) => (value === undefined ? registered(undefined) : check(value, name))
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): ValueCheck<number> {
  return (value, name) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? registered(value)
      : malformed(name)
}

/** Text of 1 to `max` characters that `pattern` matches. */
export function text(max: number, pattern: RegExp): ValueCheck<string> {
  return (value, name) =>
    typeof value === 'string' && value.length > 0 && value.length <= max && pattern.test(value)
      ? registered(value)
      : malformed(name)
}

/** Printable ASCII without space. */
export const PRINTABLE = /^[\x21-\x7e]+$/

/** One line for people: no control characters, nothing that changes the direction of writing. */
export const label: ValueCheck<string> = (value, name) =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= labelLengthMax &&
  !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(value)
    ? registered(value)
    : notRegistered('label_malformed', name)

/** An IP address, or a network such as `10.0.0.0/8`, whose bits behind the prefix are zero. */
export const address: ValueCheck<string> = (value) => {
  const given = typeof value === 'string' ? value : ''
  return parseCidr(given) === undefined
    ? notRegistered('address_malformed', given.slice(0, 60))
    : registered(given)
}

/** An absolute `https` URL (`http` on loopback) without user name and fragment. */
export const secureUrl: ValueCheck<string> = (value, name) => {
  const isUrl =
    typeof value === 'string' &&
    value.length <= identityTextLengthMax &&
    PLAIN_URL.test(value) &&
    URL.canParse(value) &&
    isConfidentialUrl(new URL(value))
  return isUrl ? registered(value) : malformed(name)
}

const PLAIN_URL = /^https?:\/\/[^/?#@\s]+(?:[/?][^#\s]*)?$/

/** The members of an object; `undefined` for anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
}

/** The refusal of a value that the setting called `name` cannot have. */
export function malformed(name: string): Registered<never> {
  return notRegistered('setting_malformed', name)
}
