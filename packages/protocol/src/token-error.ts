/**
 * What the token endpoint answers when it grants nothing (RFC 6749 section 5.2), both directions.
 * Introspection and revocation endpoints answer the same way.
 */
import { isErrorText, type RevocationErrorCode } from './error-codes.ts'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  member,
  parseJsonObject,
  textMember,
} from './json-object.ts'
import { errorCodeLengthMax, tokenResponseDepthMax, tokenResponseLengthMax } from './limits.ts'

/** What may be kept of an error answer. */
export interface TokenError {
  /** Within the alphabet of RFC 6749 section 5.2 and at most 64 characters, registered or not. */
  readonly error: string
}

/** Deviations from RFC 6749 section 5.2 that a particular server is known for. All off by default. */
export interface TokenErrorLeniency {
  /** Reads the code from `errorCode` where there is no `error` (Okta). */
  readonly errorCodeMember?: boolean
  /** Reads the first error of a JSON:API document, by this table from its codes to those of OAuth. */
  readonly jsonApiCodes?: Readonly<Record<string, string>>
}

/**
 * Reads the code out of an error answer, or gives `undefined` when there is no acceptable one.
 *
 * `error_description` and `error_uri` are dropped: text from the wire goes nowhere.
 */
export function parseTokenError(
  text: string,
  leniency: TokenErrorLeniency = {},
): TokenError | undefined {
  const json = parseJsonObject(text, {
    depthMax: tokenResponseDepthMax,
    lengthMax: tokenResponseLengthMax,
  })
  const error = json.ok ? codeIn(json.value, leniency) : undefined
  if (typeof error !== 'string' || error.length > errorCodeLengthMax) return undefined
  return isErrorText(error) ? { error } : undefined
}

function codeIn(
  body: JsonObject,
  { errorCodeMember, jsonApiCodes }: TokenErrorLeniency,
): JsonValue | undefined {
  const error = member(body, 'error')
  if (error !== undefined) return error
  if (errorCodeMember === true) return member(body, 'errorCode')
  return jsonApiCodes === undefined ? undefined : jsonApiError(body, jsonApiCodes)
}

function jsonApiError(
  body: JsonObject,
  codes: Readonly<Record<string, string>>,
): string | undefined {
  const errors = member(body, 'errors')
  const first: JsonValue | undefined = Array.isArray(errors) ? errors[0] : undefined
  const code = isJsonObject(first) ? textMember(first, 'code') : undefined
  return code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined
}

/**
 * Writes an error answer (RFC 6749 section 5.2); `uri` is a reference to what explains the error.
 *
 * Throws a `RangeError` when `description` leaves the alphabet of {@link isErrorText}, or `uri` does or has a space.
 * Does not check that `uri` is a URI reference otherwise.
 */
export function serialiseTokenError(
  code: RevocationErrorCode,
  description?: string,
  uri?: string,
): string {
  if (description !== undefined && !isErrorText(description)) {
    throw new RangeError('an error description is printable ASCII without quote and backslash')
  }
  if (uri !== undefined && (!isErrorText(uri) || uri.includes(' '))) {
    throw new RangeError('an error URI is printable ASCII without space, quote and backslash')
  }
  return JSON.stringify({ error: code, error_description: description, error_uri: uri })
}
