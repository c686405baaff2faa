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
import type { SecretRecord } from '../storage/records.ts'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
/** UTF-8 bytes of one UTF-16 code unit at most. */
const UTF8_BYTES_MAX = 3

/** Digests secrets under one key. */
export interface SecretDigester {
  /** 32 bytes. `secret` has at most `clientSecretLengthMax` characters. */
  digest(secret: ClientSecret): Uint8Array
  /**
   * The first of `records` that keeps the digest of `secret`. One digest is computed, however many records there are,
   * also for none; it is compared with each in time that does not depend on where they differ. Does not check whether
   * the record is still accepted. Imported hashes, and a secret longer than any that can be registered, never match.
   */
  matching(secret: ClientSecret, records: readonly SecretRecord[]): SecretRecord | undefined
}

/**
 * Makes a digester for one 32-byte key.
 *
 * HMAC is spelled out over two one-shot hashes, their results as text: creating a hash object, or a buffer for each
 * result, costs more than hashing. A test holds it against `createHmac`. One instance must not be used across threads:
 * it reuses its buffers.
 */
export function createSecretDigester(key: Uint8Array): SecretDigester {
  const inner = Buffer.alloc(BLOCK_BYTES + clientSecretLengthMax * UTF8_BYTES_MAX, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c)
  const result = Buffer.alloc(DIGEST_BYTES)
  key.forEach((byte, at) => {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  })
  /** Leaves the digest in `result` and nothing of the secret behind. */
  const compute = (secret: ClientSecret): void => {
    const text = secret.reveal()
    invariant(text.length <= clientSecretLengthMax, 'an overlong secret is never digested')
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, 'utf8')
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1')
    inner.fill(0, BLOCK_BYTES, end)
    result.write(hash('sha256', outer, 'binary'), 'latin1')
  }
  return {
    digest(secret) {
      compute(secret)
      return new Uint8Array(result)
    },
    matching(secret, records) {
      if (secret.reveal().length > clientSecretLengthMax) return undefined
      compute(secret)
      for (const record of records) {
        const { verifier } = record
        if (verifier.kind === 'keyed' && timingSafeEqual(result, verifier.digest)) return record
      }
      return undefined
    },
  }
}
