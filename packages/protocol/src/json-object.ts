/**
 * Strict JSON objects (RFC 8259), for every JSON document that comes from outside.
 *
 * The platform's parser makes the value, of what `json-grammar.ts` has found to be JSON. Around it stand the rules
 * it does not have: bounds on length, depth and members checked before it runs, no member name twice in one object, no
 * text that is not Unicode.
 *
 * Why duplicates are counted and not looked up: of two members with one name the platform keeps
 * one. So an object tree holds fewer members than the document wrote exactly when some name was
 * written twice, however it was spelled (`"a"` and `"\u0061"` are one name).
 */
import { measureJson } from './json-grammar.ts'
import { accepted, type Parsed, refused } from './parsed.ts'

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/**
 * A JSON object. Read members with {@link member}: names come from outside, and plain indexing
 * would find what the prototype has.
 */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** Why a text is not an acceptable JSON object. */
export type JsonViolation =
  | 'not_json'
  | 'not_an_object'
  | 'duplicate_member'
  | 'too_deep'
  | 'too_long'

/** The bounds of one kind of document. */
export interface JsonLimits {
  /** Deepest nesting of objects and arrays; the outermost object is depth 1. At least 1. */
  readonly depthMax: number
  /** Longest text, in UTF-16 code units. */
  readonly lengthMax: number
  /** Most members, those of inner objects included. Default: what fits. */
  readonly membersMax?: number
}

/**
 * Parses a JSON object strictly.
 *
 * Refuses what is not JSON (a byte order mark and text with unpaired surrogates, raw or escaped,
 * count as that), what is not an object, a member name twice in one object at any depth, and what
 * exceeds `limits`. Never throws. Numbers are the platform's: what is too large for a double
 * arrives as `Infinity`.
 */
export function parseJsonObject(
  text: string,
  limits: JsonLimits,
): Parsed<JsonObject, JsonViolation> {
  if (text.length > limits.lengthMax) return refused('too_long')
  const membersWritten = measureJson(text, limits.depthMax, limits.membersMax ?? text.length)
  if (typeof membersWritten === 'string') {
    return refused(membersWritten === 'too_many' ? 'too_long' : membersWritten)
  }
  let value: JsonValue
  try {
    value = JSON.parse(text)
  } catch {
    // The platform has the last word. It is not known to differ, and this way to hear it is a slow one.
    return refused('not_json')
  }
  if (!isJsonObject(value)) return refused('not_an_object')
  if (countMembersKept(value) !== membersWritten) return refused('duplicate_member')
  if (mayHoldSurrogates(text) && !isUnicode(value)) return refused('not_json')
  return accepted(value)
}

/** Tells whether `value` is a JSON object: neither `null` nor an array nor a scalar. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member called `name` that the document itself wrote, or `undefined`. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The member called `name` if it is text; `undefined` when it is missing or anything else. */
export function textMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name)
  return typeof value === 'string' ? value : undefined
}

/**
 * Tells whether a surrogate without partner may be in the text, as it is or escaped. Says only that a closer look is
 * due. Both questions are answered without looking at characters in nearly every text, which a pattern would.
 */
function mayHoldSurrogates(text: string): boolean {
  return text.includes('\\u') || !text.isWellFormed()
}

function countMembersKept(value: JsonObject | readonly JsonValue[]): number {
  const isArray = Array.isArray(value)
  const elements: readonly JsonValue[] = isArray ? value : Object.values(value)
  let members = isArray ? 0 : elements.length
  for (const element of elements) {
    if (typeof element === 'object' && element !== null) members += countMembersKept(element)
  }
  return members
}

/**
 * Tells whether every string and name in `value` is Unicode text, that is: has no unpaired
 * surrogate.
 */
function isUnicode(value: JsonValue): boolean {
  if (typeof value === 'string') return !UNPAIRED_SURROGATE.test(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isUnicode)
  return Object.entries(value).every(([name, element]) => isUnicode(name) && isUnicode(element))
}

/**
 * With the `u` flag a pair reads as one character, so what is left in this range has no partner.
 */
const UNPAIRED_SURROGATE = /[\ud800-\udfff]/u
