/**
 * IP addresses as text, strictly: dotted decimal without leading zeros or shorthand (the one form of RFC 3986 section
 * 3.2.2), and the forms of RFC 4291 section 2.2 without a zone.
 *
 * An address is its bits. One that is IPv4 in IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address, however it was
 * written, and nothing else is: `2001:db8::1.2.3.4` stays IPv6.
 */
import { addressLengthMax } from './limits.ts'

/** An address: 2 groups of 16 bits for IPv4, 8 for IPv6. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly groups: readonly number[]
  /** The address as we write it, where that is known without writing it. */
  readonly text?: string
}

/** The address that `text` is, or `undefined`. Nothing around it is accepted: no port, brackets, zone or space. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > addressLengthMax) return undefined
  if (!text.includes(':')) {
    const groups = ipv4Groups(text)
    // There is one way to write it, so this is it.
    return groups === undefined ? undefined : { family: 4, groups, text }
  }
  const groups = ipv6Groups(text)
  return groups === undefined ? undefined : addressOf(groups)
}

/** The one way in which we write an address: lower-case, without leading zeros, the longest run of zeros cut. */
export function formatIpAddress({ family, groups, text }: IpAddress): string {
  if (text !== undefined) return text
  if (family === 4) {
    return groups.map((group) => `${group >> 8}.${group & 0xff}`).join('.')
  }
  const run = longestZeroRun(groups)
  const words = groups.map((group) => group.toString(16))
  if (run.length < 2) return words.join(':')
  const before = words.slice(0, run.start).join(':')
  return `${before}::${words.slice(run.start + run.length).join(':')}`
}

/** The first `bits` bits of an address, with zeros behind them. */
export function prefixOf({ family, groups }: IpAddress, bits: number): IpAddress {
  const masked = groups.map((group, at) => group & maskOf(bits - 16 * at))
  return { family, groups: masked }
}

/** Bits of an address of a family. */
export function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128
}

const GROUP_MAX = 0xffff
const MAPPED = 0xffff

function maskOf(bits: number): number {
  if (bits <= 0) return 0
  return bits >= 16 ? GROUP_MAX : GROUP_MAX ^ (GROUP_MAX >> bits)
}

function addressOf(groups: readonly number[]): IpAddress {
  const isMapped = groups[5] === MAPPED && groups.slice(0, 5).every((group) => group === 0)
  return isMapped ? { family: 4, groups: groups.slice(6) } : { family: 6, groups }
}

const ZERO = 0x30
const NINE = 0x39
const DOT = 0x2e

/** By characters: this is on the way of every request. */
function ipv4Groups(text: string): readonly number[] | undefined {
  let address = 0
  let octet = -1
  let dots = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === DOT) {
      if (octet < 0 || ++dots > 3) return undefined
      address = address * 256 + octet
      octet = -1
    } else {
      // A further digit behind a zero would be a leading zero.
      if (code < ZERO || code > NINE || octet === 0) return undefined
      octet = Math.max(0, octet) * 10 + (code - ZERO)
      if (octet > 255) return undefined
    }
  }
  if (octet < 0 || dots !== 3) return undefined
  return [address >> 8, ((address & 0xff) << 8) | octet]
}

const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/

function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [before = '', after] = halves
  const head = groupsOf(before, after === undefined)
  if (head === undefined) return undefined
  if (after === undefined) return head.length === 8 ? head : undefined
  const tail = groupsOf(after, true)
  // `::` stands for at least one group.
  if (tail === undefined || head.length + tail.length > 7) return undefined
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

/** @param isEnd - Whether the last two groups may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return []
  const words = text.split(':')
  const groups: number[] = []
  for (const [at, word] of words.entries()) {
    if (HEX_GROUP.test(word)) groups.push(Number.parseInt(word, 16))
    else {
      const embedded = isEnd && at === words.length - 1 ? ipv4Groups(word) : undefined
      if (embedded === undefined) return undefined
      groups.push(...embedded)
    }
  }
  return groups
}

interface Run {
  readonly start: number
  readonly length: number
}

function longestZeroRun(groups: readonly number[]): Run {
  let longest: Run = { start: 0, length: 0 }
  let start = 0
  for (const [at, group] of groups.entries()) {
    if (group !== 0) start = at + 1
    else if (at + 1 - start > longest.length) longest = { start, length: at + 1 - start }
  }
  return longest
}
