/** Header fields in the forms that undici takes: pairs in a flat list, pairs in an iterable, an object, nothing. */
import { type AddedHeaders, isAmong, replacedHeaders } from '../replaced-headers.ts'

/** The given header fields with `added` in place of those of the same names. The given ones are left as they are. */
export function authorizedHeaders(given: unknown, added: AddedHeaders): unknown {
  if (given === undefined || given === null) return added
  return isIterable(given) ? replacedPairs(given, added) : replacedHeaders(given, added)
}

/** The names of the given header fields, as they are spelled. */
export function headerNames(given: unknown): readonly string[] {
  if (given === undefined || given === null) return []
  if (!isIterable(given)) return Object.keys(given)
  return flatPairs(given).flatMap((field, index) => (index % 2 === 0 ? [String(field)] : []))
}

function replacedPairs(given: Iterable<unknown>, added: AddedHeaders): readonly unknown[] {
  const pairs = flatPairs(given)
  const replaced: unknown[] = []
  for (let at = 0; at < pairs.length; at += 2) {
    if (!isAmong(String(pairs[at]), added)) replaced.push(pairs[at], pairs[at + 1])
  }
  for (const name in added) replaced.push(name, added[name])
  return replaced
}

function flatPairs(given: Iterable<unknown>): readonly unknown[] {
  return Array.isArray(given) ? given : [...given].flat()
}

function isIterable(given: object): given is Iterable<unknown> {
  return Symbol.iterator in given
}
