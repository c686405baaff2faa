/**
 * The revoked tokens of a revocation feed, in about 28 bits each.
 *
 * A token is named by the first bits of the SHA-256 of its `jti`, and looked for only among those that expire in the
 * same hour. `n` names of one hour have `ceil(log2 n) + 26` bits each, so a token that is not revoked is taken for one
 * that is with a probability of at most 2^-26, and then costs its client one renewal. Sorted, the names differ by about
 * 2^26, and each difference less one is written as its quotient by 2^26 in unary and its rest in 26 bits (a Golomb-Rice
 * code).
 *
 * The octets: a version, then for each hour with tokens its number since 1970 (the first as it is, the others less the
 * one before), how many names follow, and the names, filled up with zero bits to a whole octet. Numbers are base 128,
 * lowest seven bits first, with the highest bit set in all octets but the last.
 *
 * Invariants
 *  (1) A set has one encoding, and nothing that is not an encoding decodes.
 *  (2) Names are at most 48 bits long, so that they are exact in a double.
 */
import { revokedTokensMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'

/** One revoked token. */
export interface RevokedToken {
  /** `exp` of the token, whole seconds. */
  readonly expiresAtSeconds: number
  /** What {@link revokedTokenName} makes of its `jti`. */
  readonly name: number
}

/** A set of revoked tokens, as far as it can be told. */
export interface RevokedTokens {
  readonly size: number
  /** Whether the token is among them; falsely so once in 67 million tokens that are not. */
  has(token: RevokedToken): boolean
}

/** Why octets are no list of revoked tokens. */
export type RevokedTokensViolation = 'malformed_list' | 'too_many_tokens'

const VERSION = 1
const HOUR_SECONDS = 3_600
const NAME_BITS = 48
const SPARE_BITS = 26
const UNIT = 2 ** SPARE_BITS

/** The name of a token: the first 48 bits of the SHA-256 of its `jti` in UTF-8. `digest` has at least six octets. */
export function revokedTokenName(digest: Uint8Array): number {
  let name = 0
  for (let at = 0; at < NAME_BITS / 8; at++) name = name * 256 + (digest[at] as number)
  return name
}

/** Encodes a set; equal sets have equal encodings. */
export function encodeRevokedTokens(tokens: Iterable<RevokedToken>): Uint8Array {
  const hours = new Map<number, number[]>()
  for (const { expiresAtSeconds, name } of tokens) {
    const hour = Math.floor(expiresAtSeconds / HOUR_SECONDS)
    const names = hours.get(hour)
    if (names === undefined) hours.set(hour, [name])
    else names.push(name)
  }
  const writer = new BitWriter()
  writer.octet(VERSION)
  let last = 0
  for (const [hour, names] of [...hours].toSorted(([a], [b]) => a - b)) {
    writer.number(hour - last)
    last = hour
    writeNames(names, writer)
  }
  return writer.octets()
}

/** Decodes a list. Never throws; refuses whatever {@link encodeRevokedTokens} does not write. */
export function decodeRevokedTokens(
  octets: Uint8Array,
): Parsed<RevokedTokens, RevokedTokensViolation> {
  const reader = new BitReader(octets)
  if (reader.octet() !== VERSION) return refused('malformed_list')
  const hours = new Map<number, ReadonlySet<number>>()
  let last = 0
  let size = 0
  while (!reader.isAtEnd()) {
    const step = reader.number()
    if (step === undefined || hours.has(last + step)) return refused('malformed_list')
    last += step
    const names = readNames(reader, revokedTokensMax - size)
    if (!names.ok) return names
    hours.set(last, names.value)
    size += names.value.size
  }
  return accepted({ size, has: (token) => isListed(token, hours) })
}

function isListed(
  { expiresAtSeconds, name }: RevokedToken,
  hours: ReadonlyMap<number, ReadonlySet<number>>,
): boolean {
  const names = hours.get(Math.floor(expiresAtSeconds / HOUR_SECONDS))
  return names?.has(cutTo(nameBits(names.size), name)) === true
}

function writeNames(names: readonly number[], writer: BitWriter): void {
  const cut = cutNames(names)
  writer.number(cut.length)
  let smallest = 0
  for (const name of cut) {
    writer.rice(name - smallest)
    smallest = name + 1
  }
  writer.fill()
}

function readNames(
  reader: BitReader,
  countMax: number,
): Parsed<ReadonlySet<number>, RevokedTokensViolation> {
  const count = reader.number()
  if (count === undefined || count === 0) return refused('malformed_list')
  if (count > countMax) return refused('too_many_tokens')
  const end = 2 ** nameBits(count)
  const names = new Set<number>()
  let smallest = 0
  for (let at = 0; at < count; at++) {
    const difference = reader.rice(end - smallest)
    if (difference === undefined) return refused('malformed_list')
    names.add(smallest + difference)
    smallest += difference + 1
  }
  return reader.fill() ? accepted(names) : refused('malformed_list')
}

/**
 * The names in ascending order, as long as their number asks for. Names that are equal when cut are one: their tokens
 * cannot be told apart, and each is revoked. With fewer of them a shorter cut may do, so it is looked at again.
 */
function cutNames(names: readonly number[]): readonly number[] {
  for (let cut = new Set(names); ; ) {
    const bits = nameBits(cut.size)
    cut = new Set(names.map((name) => cutTo(bits, name)))
    if (nameBits(cut.size) === bits) return [...cut].toSorted((a, b) => a - b)
  }
}

/** How many bits each of `count` names has. */
function nameBits(count: number): number {
  const countBits = count <= 1 ? 0 : 32 - Math.clz32(count - 1)
  return countBits + SPARE_BITS
}

function cutTo(bits: number, name: number): number {
  return Math.floor(name / 2 ** (NAME_BITS - bits))
}

class BitWriter {
  #octets = new Uint8Array(1_024)
  #bits = 0

  octet(value: number): void {
    this.#write(value, 8)
  }

  number(value: number): void {
    let left = value
    for (; left >= 128; left = Math.floor(left / 128)) this.octet(128 + (left % 128))
    this.octet(left)
  }

  rice(value: number): void {
    for (let left = value; left >= UNIT; left -= UNIT) this.#write(1, 1)
    this.#write(0, 1)
    this.#write(value % UNIT, SPARE_BITS)
  }

  fill(): void {
    this.#bits = Math.ceil(this.#bits / 8) * 8
  }

  octets(): Uint8Array {
    return this.#octets.slice(0, Math.ceil(this.#bits / 8))
  }

  #write(value: number, count: number): void {
    if (this.#bits + count > this.#octets.length * 8) this.#grow()
    for (let at = count - 1; at >= 0; at--) {
      if (((value >>> at) & 1) === 1) {
        const place = this.#bits >>> 3
        this.#octets[place] = (this.#octets[place] as number) | (128 >>> (this.#bits & 7))
      }
      this.#bits += 1
    }
  }

  #grow(): void {
    const larger = new Uint8Array(this.#octets.length * 2)
    larger.set(this.#octets)
    this.#octets = larger
  }
}

class BitReader {
  readonly #octets: Uint8Array
  #bits = 0

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  isAtEnd(): boolean {
    return this.#bits === this.#octets.length * 8
  }

  octet(): number | undefined {
    return this.#read(8)
  }

  /** At most 48 bits, in its shortest form. */
  number(): number | undefined {
    let value = 0
    for (let place = 0; place < 7; place++) {
      const octet = this.octet()
      if (octet === undefined) return undefined
      value += (octet % 128) * 128 ** place
      if (octet < 128) return octet === 0 && place > 0 ? undefined : value
    }
    return undefined
  }

  /** A value below `limit`. */
  rice(limit: number): number | undefined {
    let value = 0
    for (let bit = this.#read(1); bit !== 0; bit = this.#read(1)) {
      value += UNIT
      if (bit === undefined || value >= limit) return undefined
    }
    const rest = this.#read(SPARE_BITS)
    return rest !== undefined && value + rest < limit ? value + rest : undefined
  }

  /** Steps over the rest of an octet, which has to be zero. */
  fill(): boolean {
    const left = (8 - (this.#bits & 7)) & 7
    return this.#read(left) === 0
  }

  #read(count: number): number | undefined {
    if (this.#bits + count > this.#octets.length * 8) return undefined
    let value = 0
    for (let at = 0; at < count; at++) {
      const octet = this.#octets[this.#bits >>> 3] as number
      value = value * 2 + ((octet >>> (7 - (this.#bits & 7))) & 1)
      this.#bits += 1
    }
    return value
  }
}
