/**
 * The grammar of JSON (RFC 8259) without making anything of it: what the platform's parser throws for a text that is
 * none costs many times what reading it costs, and whoever floods us with such texts would choose the price.
 *
 * Invariants
 *  (1) A text is measured exactly when `JSON.parse` takes it and it is within the bounds.
 *  (2) The pass ends at the first character that decides. It nests as deep as `depthMax`, and no deeper.
 *
 * Functions called `…End` give the place behind what they read, or a negative number that says what is wrong.
 */

/** Members written in all objects together, or why the text is not read. */
export type JsonMeasure = number | 'not_json' | 'too_deep' | 'too_many'

/** What bounds a text, and how many members were seen in it. */
interface Pass {
  readonly depthMax: number
  readonly membersMax: number
  members: number
}

const NOT_JSON = -1
const TOO_DEEP = -2
const TOO_MANY = -3

/** Measures a whole text. @param depthMax - Deepest nesting, at least 1. */
export function measureJson(text: string, depthMax: number, membersMax: number): JsonMeasure {
  const pass: Pass = { depthMax, membersMax, members: 0 }
  const end = valueEnd(text, spaceEnd(text, 0), 0, pass)
  if (end === TOO_DEEP) return 'too_deep'
  if (end === TOO_MANY) return 'too_many'
  return end >= 0 && spaceEnd(text, end) === text.length ? pass.members : 'not_json'
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

function valueEnd(text: string, at: number, depth: number, pass: Pass): number {
  switch (text.charCodeAt(at)) {
    case QUOTE:
      return stringEnd(text, at)
    case OPENING_BRACE:
      return depth === pass.depthMax ? TOO_DEEP : objectEnd(text, at + 1, depth + 1, pass)
    case OPENING_BRACKET:
      return depth === pass.depthMax ? TOO_DEEP : arrayEnd(text, at + 1, depth + 1, pass)
    default:
      return scalarEnd(text, at)
  }
}

function objectEnd(text: string, start: number, depth: number, pass: Pass): number {
  let at = spaceEnd(text, start)
  if (text.charCodeAt(at) === CLOSING_BRACE) return at + 1
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return NOT_JSON
    at = stringEnd(text, at)
    if (at < 0) return at
    at = spaceEnd(text, at)
    if (text.charCodeAt(at) !== COLON) return NOT_JSON
    pass.members += 1
    if (pass.members > pass.membersMax) return TOO_MANY
    at = valueEnd(text, spaceEnd(text, at + 1), depth, pass)
    if (at < 0) return at
    at = spaceEnd(text, at)
    const code = text.charCodeAt(at)
    if (code === CLOSING_BRACE) return at + 1
    if (code !== COMMA) return NOT_JSON
    at = spaceEnd(text, at + 1)
  }
}

function arrayEnd(text: string, start: number, depth: number, pass: Pass): number {
  let at = spaceEnd(text, start)
  if (text.charCodeAt(at) === CLOSING_BRACKET) return at + 1
  for (;;) {
    at = valueEnd(text, at, depth, pass)
    if (at < 0) return at
    at = spaceEnd(text, at)
    const code = text.charCodeAt(at)
    if (code === CLOSING_BRACKET) return at + 1
    if (code !== COMMA) return NOT_JSON
    at = spaceEnd(text, at + 1)
  }
}

function spaceEnd(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code > 0x20 || (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)) return at
    at += 1
  }
  return at
}

const ESCAPE = /["\\/bfnrt]/
const HEXADECIMAL = /^[0-9A-Fa-f]{4}$/

/** @param start - The place of the opening quote. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    if (code === BACKSLASH) return escapedEnd(text, at)
    if (code < 0x20) return NOT_JSON
  }
  return NOT_JSON
}

/** The rest of a string from its first backslash on. */
function escapedEnd(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    // Behind the end of the text there is no code, which is less than none.
    if (!(code >= 0x20)) return NOT_JSON
    at = code === BACKSLASH ? escapeEnd(text, at) : at + 1
    if (at < 0) return at
  }
}

function escapeEnd(text: string, backslash: number): number {
  const kind = text.charAt(backslash + 1)
  if (kind === 'u') {
    return HEXADECIMAL.test(text.slice(backslash + 2, backslash + 6)) ? backslash + 6 : NOT_JSON
  }
  return ESCAPE.test(kind) ? backslash + 2 : NOT_JSON
}

const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const CAPITAL_E = 0x45
const SMALL_E = 0x65
const SMALL_F = 0x66
const SMALL_N = 0x6e
const SMALL_T = 0x74

function scalarEnd(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case SMALL_T:
      return wordEnd(text, at, 'true')
    case SMALL_F:
      return wordEnd(text, at, 'false')
    case SMALL_N:
      return wordEnd(text, at, 'null')
    default:
      return numberEnd(text, at)
  }
}

function wordEnd(text: string, at: number, word: string): number {
  return text.startsWith(word, at) ? at + word.length : NOT_JSON
}

function numberEnd(text: string, start: number): number {
  let at = text.charCodeAt(start) === MINUS ? start + 1 : start
  const first = at
  at = digitsEnd(text, at)
  if (at === first || (text.charCodeAt(first) === ZERO && at > first + 1)) return NOT_JSON
  if (text.charCodeAt(at) === POINT) {
    const fraction = at + 1
    at = digitsEnd(text, fraction)
    if (at === fraction) return NOT_JSON
  }
  const exponent = text.charCodeAt(at)
  return exponent === SMALL_E || exponent === CAPITAL_E ? exponentEnd(text, at + 1) : at
}

function exponentEnd(text: string, start: number): number {
  const sign = text.charCodeAt(start)
  const power = sign === PLUS || sign === MINUS ? start + 1 : start
  const at = digitsEnd(text, power)
  return at === power ? NOT_JSON : at
}

function digitsEnd(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (!(code >= ZERO && code <= NINE)) return at
    at += 1
  }
}
