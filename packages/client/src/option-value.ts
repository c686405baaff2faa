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
