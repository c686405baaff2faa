/**
 * HMAC-SHA-256 (RFC 2104) on the platform's digest, which is done at once where that is possible: WebCrypto would go
 * through a thread for each name, and a decision has 25 ms for everything.
 */
import { systemDigest } from '@mintmark/runtime'

/** A secret of at most one block, as the two digests need it. */
export interface NamingKey {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

const BLOCK_BYTES = 64
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c
const NAME_BYTES = 16

/** Prepares a key. @param secret - At most 64 bytes, since longer ones would have to be digested first. */
export function namingKey(secret: Uint8Array): NamingKey {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(secret)
  return {
    inner: block.map((octet) => octet ^ INNER_PAD),
    outer: block.map((octet) => octet ^ OUTER_PAD),
  }
}

/** The first 128 bits of the HMAC of `text`, as 32 hex digits. */
export async function nameOf({ inner, outer }: NamingKey, text: string): Promise<string> {
  const message = new TextEncoder().encode(text)
  const mac = await systemDigest(joined(outer, await systemDigest(joined(inner, message))))
  return hexadecimal(mac.subarray(0, NAME_BYTES))
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

function hexadecimal(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += octet.toString(16).padStart(2, '0')
  return text
}
