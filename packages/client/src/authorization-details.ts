/**
 * The option `authorizationDetails` (RFC 9396): what a token is asked for, in more detail than scopes have.
 *
 * Written in one form, whatever the caller's: members sorted by name, objects of the outermost array sorted and without
 * repetition, as they say what is asked for and not in which order. Inner arrays stay as they are: what their order
 * means is up to the type. So the same request has the same cache key, and the server gets the text of the key.
 */
import {
  authorizationDetailsDepthMax,
  authorizationDetailsLengthMax,
  authorizationDetailsMax,
} from './limits.ts'
import { isExpressible } from './option-value.ts'

/** One object of `authorization_details`. Other members than `type` are defined by it. */
export interface AuthorizationDetail {
  readonly type: string
  readonly [name: string]: unknown
}

/**
 * The text of the parameter, or `undefined` for an empty array.
 *
 * Throws `TypeError` for what is no array of at most 32 objects with a `type`, holds anything but JSON values, is
 * nested deeper than 16, or has more than 8,192 characters; without any of it. Does not know the types.
 */
export function authorizationDetailsValue(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length > authorizationDetailsMax) throw malformed()
  const written = value.map((detail) => {
    if (!hasType(detail)) throw malformed()
    return canonicalJson(detail, authorizationDetailsDepthMax - 1)
  })
  const text = `[${[...new Set(written)].sort().join(',')}]`
  if (text.length > authorizationDetailsLengthMax) throw malformed()
  return written.length === 0 ? undefined : text
}

function hasType(detail: unknown): boolean {
  if (typeof detail !== 'object' || detail === null || !Object.hasOwn(detail, 'type')) return false
  const { type } = detail as { readonly type?: unknown }
  return typeof type === 'string' && type !== ''
}

/** JSON with sorted members. As in `JSON.stringify`, a member that is `undefined` is left out. */
function canonicalJson(value: unknown, depthLeft: number): string {
  if (typeof value === 'object' && value !== null) {
    if (depthLeft === 0) throw malformed()
    if (Array.isArray(value)) {
      return `[${value.map((element) => canonicalJson(element, depthLeft - 1)).join(',')}]`
    }
    return objectJson(value, depthLeft - 1)
  }
  return scalarJson(value)
}

/** Dates, maps and the like are refused: what they become in JSON is seldom what was meant. */
function objectJson(value: object, depthLeft: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw malformed()
  const members = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const written = members.map(
    ([name, inner]) => `${scalarJson(name)}:${canonicalJson(inner, depthLeft)}`,
  )
  return `{${written.join(',')}}`
}

function scalarJson(value: unknown): string {
  if (!isJsonScalar(value)) throw malformed()
  return JSON.stringify(value)
}

function isJsonScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string') return isExpressible(value)
  return typeof value === 'boolean' || value === null
}

function malformed(): TypeError {
  return new TypeError(
    'authorizationDetails: expected an array of at most ' +
      `${authorizationDetailsMax} JSON objects with a type, of ${authorizationDetailsLengthMax} ` +
      `characters together, nested at most ${authorizationDetailsDepthMax} deep`,
  )
}
