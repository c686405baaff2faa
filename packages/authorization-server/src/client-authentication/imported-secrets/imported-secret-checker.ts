/**
 * Checks secrets against imported hashes, a few at a time.
 *
 * Invariants
 *  (1) At most `hashChecksAtOnceMax` checks run and `hashChecksWaitingMax` wait; whoever comes then is refused at once,
 *      for being one too many and not for a wrong secret. Nobody who was not imported waits here.
 *  (2) The same secret for the same record is checked once at a time, however many present it.
 */
import type { ClientSecret } from '@mintmark/protocol'
import { hashChecksAtOnceMax, hashChecksWaitingMax } from '../../limits.ts'
import type { SecretRecord } from '../../storage/records.ts'
import { checkImportedHash } from './check-imported-hash.ts'
import { parseImportedHash } from './imported-hash.ts'

/** Whether a secret has a hash; `overloaded` when nobody found out. */
export type ImportedCheck = 'matches' | 'differs' | 'overloaded'

/** Checks secrets against imported hashes. */
export interface ImportedSecretChecker {
  /** Never rejects. A hash that cannot be read, or a check that fails, matches nothing. */
  check(record: SecretRecord, secret: ClientSecret, digest: string): Promise<ImportedCheck>
}

/** Makes one for a process. `digest` of a check tells secrets apart without showing them. */
export function createImportedSecretChecker(): ImportedSecretChecker {
  const underWay = new Map<string, Promise<ImportedCheck>>()
  const waiting: (() => void)[] = []
  let running = 0

  async function run(hash: string, secret: ClientSecret): Promise<ImportedCheck> {
    const parsed = parseImportedHash(hash)
    if (!parsed.ok) return 'differs'
    if (running >= hashChecksAtOnceMax) await new Promise<void>((start) => waiting.push(start))
    else running += 1
    try {
      return (await checkImportedHash(parsed.value, secret)) ? 'matches' : 'differs'
    } catch {
      return 'differs'
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    check({ id, verifier }, secret, digest) {
      if (verifier.kind !== 'imported') return Promise.resolve('differs')
      const name = `${id} ${digest}`
      const known = underWay.get(name)
      if (known !== undefined) return known
      if (waiting.length >= hashChecksWaitingMax) return Promise.resolve('overloaded')
      const check = run(verifier.hash, secret).finally(() => underWay.delete(name))
      underWay.set(name, check)
      return check
    },
  }
}
