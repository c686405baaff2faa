/**
 * `authorization_details` (RFC 9396): what a token is asked for, in more detail than scopes have.
 * Form only; what a type means, and who may ask for it, is decided elsewhere.
 */
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  member,
  parseJsonObject,
} from './json-object.ts'
import {
  authorizationDetailsDepthMax,
  authorizationDetailsLengthMax,
  authorizationDetailsMax,
  authorizationDetailsTypeLengthMax,
} from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'

/** One object of `authorization_details`. Members beside the common ones are its type's own. */
export interface AuthorizationDetail extends JsonObject {
  readonly type: string
}

/** The members that any type may have (RFC 9396 section 2.2). All but `identifier` are arrays of strings. */
export const commonDetailMembers = [
  'locations',
  'actions',
  'datatypes',
  'identifier',
  'privileges',
] as const

/**
 * Parses the parameter: a JSON array of 1 to 32 objects with a `type`, of at most 4,096 characters and 8 levels.
 *
 * Refuses a common member of another form than section 2.2 gives it, a member twice, and a number that is not exactly
 * what was written once it is read (beyond 2^53). Never throws. Does not know types, nor their own members.
 */
export function parseAuthorizationDetails(
  text: string,
): Parsed<readonly AuthorizationDetail[], 'malformed_authorization_details'> {
  if (text.length > authorizationDetailsLengthMax) return malformed
  const wrapped = parseJsonObject(`{"details":${text}}`, {
    // The wrapping is one level more.
    depthMax: authorizationDetailsDepthMax + 1,
    lengthMax: authorizationDetailsLengthMax + WRAPPING_LENGTH,
  })
  // More than one member: the text closed the object and went on.
  if (!wrapped.ok || Object.keys(wrapped.value).length !== 1) return malformed
  const details = member(wrapped.value, 'details')
  return isDetails(details) ? accepted(details) : malformed
}

/** Tells whether a value has the form of {@link parseAuthorizationDetails}, its length and depth apart. */
export function isDetails(value: JsonValue | undefined): value is readonly AuthorizationDetail[] {
  if (!Array.isArray(value) || value.length === 0) return false
  return value.length <= authorizationDetailsMax && value.every(isDetail)
}

const WRAPPING_LENGTH = 12
const malformed = refused('malformed_authorization_details')

function isDetail(value: JsonValue): value is AuthorizationDetail {
  if (!isJsonObject(value) || !hasExactNumbers(value)) return false
  const type = member(value, 'type')
  if (typeof type !== 'string' || type === '') return false
  return (
    type.length <= authorizationDetailsTypeLengthMax &&
    commonDetailMembers.every((name) => hasCommonForm(name, member(value, name)))
  )
}

function hasCommonForm(name: string, value: JsonValue | undefined): boolean {
  if (value === undefined) return true
  if (name === 'identifier') return typeof value === 'string'
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}

/** Larger numbers have neighbours that read alike: what is granted would not be what was asked for. */
function hasExactNumbers(value: JsonValue): boolean {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return true
  return Object.values(value).every(hasExactNumbers)
}
