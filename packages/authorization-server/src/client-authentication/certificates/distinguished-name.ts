/**
 * Distinguished names: from their text (RFC 4514) and from a certificate (RFC 5280 section 4.1.2.4), and whether two
 * are the same (RFC 5280 section 7.1).
 *
 * Invariants
 *  (1) Two names are the same when they have the same attributes in the same order: nothing is left out or added.
 *  (2) Of texts, case and width of letters and the number of spaces do not count (RFC 4518), everything else does.
 */
import { distinguishedNameLengthMax } from '../../limits.ts'
import { type DerElement, derTags, directoryText, elementsOf, objectIdentifierText } from './der.ts'

/**
 * A name as one text per relative distinguished name, from the most general to the most particular one: what is the
 * same has the same texts.
 */
export type DistinguishedName = readonly string[]

/** The name that a text in RFC 4514 form is; `undefined` for anything else, and for the name without attributes. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  if (text.length > distinguishedNameLengthMax) return undefined
  const relatives: string[] = []
  let attributes: string[] = []
  let at = 0
  for (;;) {
    ATTRIBUTE.lastIndex = at
    const found = ATTRIBUTE.exec(text)
    if (found === null) return undefined
    const [whole, type = '', value = '', separator] = found
    const attribute = attributeFromText(type, value)
    if (attribute === undefined) return undefined
    attributes.push(attribute)
    at += whole.length
    if (separator === '+') continue
    relatives.push(relativeName(attributes))
    attributes = []
    if (separator === '') return relatives.toReversed()
  }
}

/** The name that a certificate has as its subject or issuer; `undefined` when it is malformed. */
export function distinguishedNameOf(
  element: DerElement | undefined,
): DistinguishedName | undefined {
  const sets = elementsOf(element, derTags.sequence)
  if (sets === undefined) return undefined
  const relatives: string[] = []
  for (const set of sets) {
    const attributes = elementsOf(set, derTags.set)?.map(attributeFromDer)
    if (attributes === undefined || attributes.length === 0) return undefined
    if (attributes.includes(undefined)) return undefined
    relatives.push(relativeName(attributes as readonly string[]))
  }
  return relatives
}

/** Whether two names are the same. */
export function isSameName(one: DistinguishedName, other: DistinguishedName): boolean {
  return one.length === other.length && one.every((relative, at) => relative === other[at])
}

/**
 * One attribute with what follows it. Spaces around separators are those of RFC 2253, which programs still write. The
 * value: `#` and hexadecimal digits, or characters of which the special ones are escaped.
 */
const ATTRIBUTE = new RegExp(
  [
    / *([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+) *= */,
    /(#(?:[0-9A-Fa-f]{2})+|(?:\\(?:[0-9A-Fa-f]{2}|["+,;<>\\ #=])|[^"+,;<>\\\0])*?)/,
    / *(,|\+|$)/,
  ]
    .map(({ source }) => source)
    .join(''),
  'y',
)

function attributeFromText(type: string, value: string): string | undefined {
  const identifier = /^\d/.test(type) ? type : attributeTypes.get(type.toUpperCase())
  if (identifier === undefined) return undefined
  if (value.startsWith('#')) {
    const element = elementsOf(sequenceOf(Buffer.from(value.slice(1), 'hex')), derTags.sequence)
    return element?.length === 1 ? attributeOf(identifier, element[0]) : undefined
  }
  const text = unescaped(value)
  return text === undefined || text === '' ? undefined : textAttribute(identifier, text)
}

/** Escaped octets are UTF-8, so they are put together before they are read. */
function unescaped(value: string): string | undefined {
  const octets: number[] = []
  const pieces = value.matchAll(/\\([0-9A-Fa-f]{2})|\\(.)|([^\\])/gsu)
  for (const [, hex, special, plain] of pieces) {
    if (hex !== undefined) octets.push(Number.parseInt(hex, 16))
    else octets.push(...Buffer.from(special ?? plain ?? '', 'utf8'))
  }
  const text = Buffer.from(octets).toString('utf8')
  return text.includes('\ufffd') || text.includes('\0') ? undefined : text
}

function sequenceOf(content: Uint8Array): DerElement {
  return { tag: derTags.sequence, content, whole: content }
}

function attributeFromDer(element: DerElement): string | undefined {
  const [type, value, ...more] = elementsOf(element, derTags.sequence) ?? []
  const identifier = type && objectIdentifierText(type)
  return identifier === undefined || more.length > 0 ? undefined : attributeOf(identifier, value)
}

function attributeOf(identifier: string, value: DerElement | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = directoryText(value)
  if (text !== undefined && !text.includes('\0')) return textAttribute(identifier, text)
  return `${identifier}=#${Buffer.from(value.whole).toString('hex')}`
}

/** Of types that we do not know, nobody can say whether case counts. */
function textAttribute(identifier: string, text: string): string {
  const plain = text.normalize('NFKC').replace(/\s+/gu, ' ').trim()
  const compared = knownIdentifiers.has(identifier) ? plain.toLowerCase() : plain
  return `${identifier}=${JSON.stringify(compared)}`
}

/** The attributes of one relative name have no order. */
function relativeName(attributes: readonly string[]): string {
  return attributes.toSorted().join('+')
}

/** RFC 4514 section 3, and what certificates have besides. All compare without case. */
const attributeTypes: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['COMMONNAME', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SURNAME', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['S', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['T', '2.5.4.12'],
  ['TITLE', '2.5.4.12'],
  ['BUSINESSCATEGORY', '2.5.4.15'],
  ['POSTALCODE', '2.5.4.17'],
  ['GN', '2.5.4.42'],
  ['GIVENNAME', '2.5.4.42'],
  ['DNQUALIFIER', '2.5.4.46'],
  ['ORGANIZATIONIDENTIFIER', '2.5.4.97'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
  ['JURISDICTIONL', '1.3.6.1.4.1.311.60.2.1.1'],
  ['JURISDICTIONST', '1.3.6.1.4.1.311.60.2.1.2'],
  ['JURISDICTIONC', '1.3.6.1.4.1.311.60.2.1.3'],
])

const knownIdentifiers: ReadonlySet<string> = new Set(attributeTypes.values())
