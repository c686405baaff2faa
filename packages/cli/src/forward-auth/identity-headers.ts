/**
 * Who is calling, for the program behind a proxy: a fixed set of header fields, made from a verified token.
 *
 * Invariants
 *  (1) All fields of the set are in every answer, empty where nobody is identified: a proxy that copies them overwrites
 *      what a client sent.
 *  (2) A value is visible ASCII, in the scope single spaces between tokens, and bounded. A claim with other characters
 *      is percent-encoded, `%` and `,` included, so that decoding is the same for all and no two claims share a value.
 *  (3) A claim that cannot be told within its bound is not cut: nobody is admitted then.
 */
import type { Admission } from '@mintmark/resource-server'
import { identityLengthMax, identityScopeLengthMax } from '../limits.ts'
import { OWN_PREFIX } from './field-name.ts'

/** A header field: its name in lower case, and its value. */
export type Field = readonly [name: string, value: string]

/** The fields, in the order in which they are sent. */
export const identityNames = [
  `${OWN_PREFIX}client`,
  `${OWN_PREFIX}subject`,
  `${OWN_PREFIX}scope`,
  `${OWN_PREFIX}issuer`,
  `${OWN_PREFIX}expires`,
] as const

/** The fields of a request of which nobody is known to have sent it. */
export const nobody: readonly Field[] = identityNames.map((name) => [name, ''])

/** Of tokens that were seen before, whose admissions are the same objects each time. */
const known = new WeakMap<Admission, readonly Field[]>()

/** The fields of an admitted request; `undefined` when a claim does not fit into them. */
export function identityOf(admission: Admission): readonly Field[] | undefined {
  const remembered = known.get(admission)
  if (remembered !== undefined) return remembered
  const fields = fieldsOf(admission)
  if (fields !== undefined) known.set(admission, fields)
  return fields
}

function fieldsOf(admission: Admission): readonly Field[] | undefined {
  const { clientId, subject, scope, issuer, expiresAtWallMs } = admission
  const values = [
    identifierValue(clientId),
    identifierValue(subject),
    // Grammar of RFC 6749 section 3.3: visible ASCII without quotes and backslashes.
    scope.text.length <= identityScopeLengthMax ? scope.text : undefined,
    identifierValue(issuer),
    String(Math.floor(expiresAtWallMs / 1_000)),
  ]
  const fields: Field[] = []
  for (const [at, name] of identityNames.entries()) {
    const value = values[at]
    if (value === undefined) return undefined
    fields.push([name, value])
  }
  return fields
}

const PLAIN_VALUE = /^[!#$&-+\--[\]-~]*$/
const HALF_PAIR = /\p{Surrogate}/u
const EVERY_OTHER = /[^!#$&-+\--[\]-~]/gu

/**
 * An identifier as a header value: as it is, if all of it is visible ASCII other than `%`, `,`, `"` and `\`;
 * otherwise with the UTF-8 octets of all other characters percent-encoded (RFC 3986 section 2.1).
 *
 * `undefined` for one that is too long that way, and for half of a surrogate pair, which is no text.
 */
export function identifierValue(identifier: string): string | undefined {
  if (identifier === '' || HALF_PAIR.test(identifier)) return undefined
  const value = PLAIN_VALUE.test(identifier)
    ? identifier
    : identifier.replace(EVERY_OTHER, percentEncoded)
  return value.length <= identityLengthMax ? value : undefined
}

const encoder = new TextEncoder()

function percentEncoded(character: string): string {
  let text = ''
  for (const octet of encoder.encode(character)) {
    text += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}
