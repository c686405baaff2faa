/**
 * What is stored of a client secret: HMAC-SHA-256 (RFC 2104) under a key derived from the master key.
 *
 * A generated secret has 256 bits of entropy, so a slow password hash would protect nothing and cost a thousand times
 * the rest of a token request. A secret that somebody brought along may be weaker; there the key, which a copy of the
 * database does not contain, is what stands between a thief and a dictionary.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { ClientSecret } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'
import { clientSecretLengthMax } from '../limits.ts'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
/** UTF-8 bytes of one UTF-16 code unit at most. */
const UTF8_BYTES_MAX = 3

/** Digests secrets under one key. */
export interface SecretDigester {
  /** 32 bytes. `secret` has at most `clientSecretLengthMax` characters. */
  digest(secret: ClientSecret): Uint8Array
  /**
   * Whether `secret` has `expected` as its digest, in time that does not depend on where they differ.
   * A secret longer than any that can be registered never matches.
   */
  matches(secret: ClientSecret, expected: Uint8Array): boolean
}

/**
 * Makes a digester for one 32-byte key.
 *
 * HMAC is spelled out over two one-shot hashes because creating a hash object costs more than hashing 64 bytes; a
 * test holds it against `createHmac`. One instance must not be used across threads: it reuses its buffers.
 */
export function createSecretDigester(key: Uint8Array): SecretDigester {
  const inner = Buffer.alloc(BLOCK_BYTES + clientSecretLengthMax * UTF8_BYTES_MAX, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c)
  key.forEach((byte, at) => {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  })
  const digest = (secret: ClientSecret): Buffer => {
    const text = secret.reveal()
    invariant(text.length <= clientSecretLengthMax, 'an overlong secret is never digested')
    const length = inner.write(text, BLOCK_BYTES, 'utf8')
    outer.set(hash('sha256', inner.subarray(0, BLOCK_BYTES + length), 'buffer'), BLOCK_BYTES)
    inner.fill(0, BLOCK_BYTES, BLOCK_BYTES + length)
    return hash('sha256', outer, 'buffer')
  }
  return {
    digest,
    matches: (secret, expected) =>
      secret.reveal().length <= clientSecretLengthMax && timingSafeEqual(digest(secret), expected),
  }
}
