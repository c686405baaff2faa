/**
 * What the token endpoint answers when it grants nothing (RFC 6749 section 5.2), both directions.
 * Introspection and revocation endpoints answer the same way.
 */
import { isErrorText, type RevocationErrorCode } from './error-codes.ts'
import { member, parseJsonObject } from './json-object.ts'
import { errorCodeLengthMax, tokenResponseDepthMax, tokenResponseLengthMax } from './limits.ts'

/** What may be kept of an error answer. */
export interface TokenError {
  /** Within the alphabet of RFC 6749 section 5.2 and at most 64 characters, registered or not. */
  readonly error: string
}

/**
 * Reads the code out of an error answer, or gives `undefined` when there is no acceptable one.
 *
 * `error_description` and `error_uri` are dropped: text from the wire goes nowhere.
 */
export function parseTokenError(text: string): TokenError | undefined {
  const json = parseJsonObject(text, {
    depthMax: tokenResponseDepthMax,
    lengthMax: tokenResponseLengthMax,
  })
  const error = json.ok ? member(json.value, 'error') : undefined
  if (typeof error !== 'string' || error.length > errorCodeLengthMax) return undefined
  return isErrorText(error) ? { error } : undefined
}

/**
 * Writes an error answer (RFC 6749 section 5.2).
 *
 * Throws a `RangeError` when `description` leaves the alphabet of {@link isErrorText}.
 */
export function serialiseTokenError(code: RevocationErrorCode, description?: string): string {
  if (description !== undefined && !isErrorText(description)) {
    throw new RangeError('an error description is printable ASCII without quote and backslash')
  }
  return JSON.stringify({ error: code, error_description: description })
}
