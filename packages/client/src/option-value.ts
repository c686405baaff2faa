/**
 * Checks of single option values. Each throws `TypeError` for a wrong type or form and `RangeError`
 * for a number out of range, naming the option and what it may be; never the value, which may be a
 * secret in the wrong place.
 */
import {
  isConfidentialUrl,
  isResourceIndicator,
  parseScope,
  type ScopeSet,
} from '@mintmark/protocol'
import { optionTextLengthMax, originsMax, resourcesMax } from './limits.ts'

/**
 * Throws `TypeError` unless `options` is an object and every own member of it is one of `known`.
 */
export function checkNames(options: unknown, known: readonly string[], where = 'options'): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${where}: expected an object`)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${where}: unknown option ${name}`)
  }
}

/** `value` as a number from `min` to `max`, both included. */
export function numberWithin(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw new TypeError(`${name}: expected a number`)
  if (value >= min && value <= max) return value
  throw new RangeError(`${name}: expected a number from ${min} to ${max}`)
}

/** `value` as an integer from `min` to `max`, both included. */
export function integerWithin(name: string, value: unknown, min: number, max: number): number {
  const number = numberWithin(name, value, min, max)
  if (Number.isInteger(number)) return number
  throw new RangeError(`${name}: expected an integer`)
}

/** `value` as a boolean. */
export function booleanValue(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError(`${name}: expected true or false`)
}

/** `value` as text of 1 to 2,048 characters that UTF-8 can express. */
export function textValue(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > optionTextLengthMax) {
    throw new TypeError(`${name}: expected text of 1 to ${optionTextLengthMax} characters`)
  }
  if (!isExpressible(value)) throw new TypeError(`${name}: not expressible in UTF-8`)
  return value
}

/** Whether UTF-8 can express `text`: it cannot express half of a surrogate pair. */
export function isExpressible(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

const LONE_SURROGATE = /\p{Surrogate}/u

/** `value` as one of `allowed`. */
export function oneOf<Allowed extends string>(
  name: string,
  value: unknown,
  allowed: readonly Allowed[],
): Allowed {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new TypeError(`${name}: expected one of ${allowed.join(', ')}`)
}

/** `value` as an object that has a function under each of `methods`. */
export function portValue<Port extends object>(
  name: string,
  value: Port,
  methods: readonly (keyof Port & string)[],
): Port {
  const isPort = typeof value === 'object' && value !== null
  if (isPort && methods.every((method) => typeof value[method] === 'function')) return value
  throw new TypeError(`${name}: expected an object with ${methods.join(', ')}`)
}

/** `value` as a function. */
export function functionValue<Wanted>(name: string, value: Wanted): Wanted {
  if (typeof value === 'function') return value
  throw new TypeError(`${name}: expected a function`)
}

/**
 * `value` as an absolute `https` URL (`http` on loopback) without userinfo and fragment. Kept as
 * written.
 */
export function confidentialUrl(name: string, value: unknown): string {
  const text = textValue(name, value)
  if (!URL.canParse(text)) throw new TypeError(`${name}: expected an absolute URL`)
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || text.includes('#')) {
    throw new TypeError(`${name}: expected a URL without user name, secret and fragment`)
  }
  if (isConfidentialUrl(url)) return text
  throw new TypeError(`${name}: expected https; http is for loopback addresses only`)
}

/**
 * `value` as a set of origins of `https` URLs (`http` on loopback). A path is refused: it would
 * promise too much.
 */
export function originSet(name: string, value: unknown): ReadonlySet<string> {
  if (!Array.isArray(value) || value.length > originsMax) {
    throw new TypeError(`${name}: expected an array of at most ${originsMax} origins`)
  }
  return new Set(value.map((origin) => originValue(name, origin)))
}

function originValue(name: string, value: unknown): string {
  const url = new URL(confidentialUrl(name, value))
  if (url.pathname === '/' && url.search === '') return url.origin
  throw new TypeError(`${name}: expected origins like https://api.example, without a path`)
}

/** `value` as a scope (RFC 6749 section 3.3); the empty text and `undefined` ask for none. */
export function scopeValue(value: unknown): ScopeSet | undefined {
  if (value === undefined || value === '') return undefined
  const scope = typeof value === 'string' ? parseScope(value) : undefined
  if (scope?.ok === true) return scope.value
  throw new TypeError('scope: expected scope tokens separated by single spaces')
}

/** `value` as resource indicators (RFC 8707 section 2), sorted and without repetition. */
export function resourceValue(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  const resources = list.filter((each) => typeof each === 'string' && isResourceIndicator(each))
  if (resources.length < list.length || list.length > resourcesMax) {
    throw new TypeError(`resource: expected at most ${resourcesMax} absolute URIs without fragment`)
  }
  return [...new Set(resources as readonly string[])].sort()
}
