/**
 * What proxies say about where a request came from, read from the right: each proxy adds to the end, so what stands
 * there was written by the one that is nearest. What stands further left may be the invention of anybody, and is not
 * even looked at before everything to the right of it has been found to be the word of a trusted proxy.
 *
 * `Forwarded`: RFC 7239 section 4. `X-Forwarded-For`: addresses separated by commas, some of them with a port.
 */
import { type IpAddress, parseIpAddress } from './ip-address.ts'
import { forwardedLengthMax } from './limits.ts'

/** Which of the two header fields a deployment's proxies write. */
export type ForwardingHeader = 'x-forwarded-for' | 'forwarded'

/** One hop: an address, or that it is none (`unknown`, a hidden name, anything malformed). */
export type Hop = IpAddress | undefined

/** The hops that `value` names, the last one first, as far as they are asked for. */
export function* hopsFromTheRight(header: ForwardingHeader, value: string): Generator<Hop> {
  const tail = value.slice(-forwardedLengthMax)
  const isCut = tail.length < value.length
  let end = tail.length
  while (end >= 0) {
    const comma = header === 'forwarded' ? commaBefore(tail, end) : tail.lastIndexOf(',', end - 1)
    const start = end === 0 ? -1 : comma
    // What was cut off on its left is not what the proxy wrote.
    if (start === -1 && isCut) yield undefined
    else yield hopOf(header, trimmed(tail.slice(start + 1, end)))
    end = start
  }
}

function hopOf(header: ForwardingHeader, text: string): Hop {
  return header === 'forwarded' ? forwardedHop(text) : nodeAddress(text)
}

/** The comma before `end` that is not within quotes, or -1. */
function commaBefore(text: string, end: number): number {
  let isQuoted = false
  for (let at = end - 1; at >= 0; at--) {
    if (text[at] === '"') isQuoted = !isQuoted
    else if (text[at] === ',' && !isQuoted) return at
  }
  return -1
}

/** Without the spaces and tabs around it. No expression: those take the square of the length for hostile text. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text[start])) start += 1
  while (end > start && isSpace(text[end - 1])) end -= 1
  return text.slice(start, end)
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

const PAIR = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z:[\]-]+)|"([^"\\]*)")$/

/** The address of the parameter `for`. Every parameter has to be well formed, and none may occur twice. */
function forwardedHop(element: string): Hop {
  const names = new Set<string>()
  let hop: Hop
  for (const pair of pairsOf(element)) {
    const [, name = '', token, quoted = ''] = PAIR.exec(trimmed(pair)) ?? []
    const lower = name.toLowerCase()
    if (lower === '' || names.has(lower)) return undefined
    names.add(lower)
    if (lower === 'for') hop = nodeAddress(token ?? quoted)
  }
  return hop
}

/** What stands between the semicolons that are not within quotes. */
function pairsOf(element: string): readonly string[] {
  const pairs: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < element.length; at++) {
    if (element[at] === '"') isQuoted = !isQuoted
    else if (element[at] === ';' && !isQuoted) {
      pairs.push(element.slice(start, at))
      start = at + 1
    }
  }
  return [...pairs, element.slice(start)]
}

const BRACKETED = /^\[([^\]]*)\](?::[0-9]{1,5})?$/
const WITH_PORT = /^([0-9.]+):[0-9]{1,5}$/

/** An address, with or without a port; IPv6 with or without brackets. */
function nodeAddress(node: string): Hop {
  const [, bracketed] = BRACKETED.exec(node) ?? []
  if (bracketed !== undefined)
    return bracketed.includes(':') ? parseIpAddress(bracketed) : undefined
  const [, beforePort] = WITH_PORT.exec(node) ?? []
  return parseIpAddress(beforePort ?? node)
}
