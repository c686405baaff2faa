/**
 * A reader of DER (ITU-T X.690), as far as names in certificates need it: definite lengths, tags of one octet.
 *
 * Invariant: every octet of what is read belongs to exactly one element, so nothing hides between or behind them.
 */

/** One element: its tag with class and form bits, and its content. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
  /** Tag, length and content. */
  readonly whole: Uint8Array
}

/** The tags that certificates are made of here. */
export const derTags = {
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  /** Explicit, of a TBSCertificate: version and extensions (RFC 5280 section 4.1). */
  version: 0xa0,
  extensions: 0xa3,
} as const

/** The elements that `bytes` consists of, one behind another; `undefined` when it does not. */
export function readDer(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = []
  let at = 0
  while (at < bytes.length) {
    const length = readLength(bytes, at + 1)
    if (length === undefined || ((bytes[at] ?? 0) & 0x1f) === 0x1f) return undefined
    const end = length.contentAt + length.octets
    if (end > bytes.length) return undefined
    elements.push({
      tag: bytes[at] ?? 0,
      content: bytes.subarray(length.contentAt, end),
      whole: bytes.subarray(at, end),
    })
    at = end
  }
  return elements
}

/** The elements inside of one, which has to have that tag. */
export function elementsOf(
  element: DerElement | undefined,
  tag: number,
): readonly DerElement[] | undefined {
  return element?.tag === tag ? readDer(element.content) : undefined
}

function readLength(bytes: Uint8Array, at: number) {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { octets: first, contentAt: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 3 || at + count >= bytes.length) return undefined
  let octets = 0
  for (let digit = 1; digit <= count; digit += 1) octets = octets * 256 + (bytes[at + digit] ?? 0)
  // The shortest form is the only one.
  const isShortest = octets >= 0x80 && bytes[at + 1] !== 0
  return isShortest ? { octets, contentAt: at + 1 + count } : undefined
}

/** The dotted form of an object identifier; `undefined` for what is none. */
export function objectIdentifierText({ tag, content }: DerElement): string | undefined {
  if (tag !== derTags.objectIdentifier || content.length === 0 || content.length > 64) {
    return undefined
  }
  const arcs: number[] = []
  let arc = 0
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER) return undefined
    if (octet >= 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const [first] = arcs
  if (first === undefined || ((content.at(-1) ?? 0x80) & 0x80) !== 0) return undefined
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - top * 40, ...arcs.slice(1)].join('.')
}

/** The text of a directory string (RFC 5280 section 4.1.2.4); `undefined` for what is no text. */
export function directoryText({ tag, content }: DerElement): string | undefined {
  try {
    switch (tag) {
      case derTags.utf8String:
        return utf8.decode(content)
      case derTags.printableString:
      case derTags.ia5String:
        return ASCII.test(latin1(content)) ? latin1(content) : undefined
      case derTags.teletexString:
        return latin1(content)
      case derTags.bmpString:
        return content.length % 2 === 0 ? utf16.decode(content) : undefined
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

const ASCII = /^[\x20-\x7e]*$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf16 = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true })

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
