/**
 * Whether a secret has a hash that was imported. Every slow function runs in the thread pool, off the event loop.
 */
import { argon2, createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import type { ClientSecret } from '@mintmark/protocol'
import { scryptMemoryBytesMax } from '../../limits.ts'
import type { ImportedHash } from './imported-hash.ts'

/** bcrypt looks at so many octets and no further: a longer secret would match on its beginning. */
const BCRYPT_BYTES_MAX = 72

/**
 * Checks `secret` against `hash`. A secret of more than 72 octets never matches a bcrypt hash. Rejects only with what
 * the crypto library rejects with. Does not bound how many checks run at once.
 */
export async function checkImportedHash(
  hash: ImportedHash,
  secret: ClientSecret,
): Promise<boolean> {
  const text = Buffer.from(secret.reveal(), 'utf8')
  if (hash.kind === 'bcrypt') {
    if (text.length > BCRYPT_BYTES_MAX || text.includes(0)) return false
    // Native code that most servers never need.
    const bcrypt = await import('@node-rs/bcrypt')
    return bcrypt.verify(text, hash.text)
  }
  const found = await derived(hash, text)
  return found.length === hash.hash.length && timingSafeEqual(found, hash.hash)
}

function derived(
  hash: Exclude<ImportedHash, { readonly kind: 'bcrypt' }>,
  text: Uint8Array,
): Promise<Uint8Array> {
  const { salt } = hash
  const { length } = hash.hash
  switch (hash.kind) {
    case 'scrypt': {
      const { logCost, blockSize, parallelism } = hash
      const cost = {
        N: 2 ** logCost,
        r: blockSize,
        p: parallelism,
        maxmem: 2 * scryptMemoryBytesMax,
      }
      return called((done) => scrypt(text, salt, length, cost, done))
    }
    case 'argon2id': {
      const { memoryKib: memory, passes, lanes: parallelism } = hash
      const cost = { parallelism, tagLength: length, memory, passes }
      return called((done) => argon2('argon2id', { message: text, nonce: salt, ...cost }, done))
    }
    case 'pbkdf2':
      return called((done) => pbkdf2(text, salt, hash.iterations, length, hash.digest, done))
    case 'digest': {
      const parts = hash.saltPlace === 'behind' ? [text, salt] : [salt, text]
      const digest = createHash(hash.digest)
      for (const part of parts) digest.update(part)
      return Promise.resolve(digest.digest())
    }
  }
}

type Done = (error: Error | null, result: Uint8Array) => void

function called(start: (done: Done) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error === null ? resolve(result) : reject(error)))
  })
}
