/**
 * What an operator may do with the signing keys, on a running server or on a storage without one. A change is durable
 * when its promise resolves; running servers notice it within a second.
 *
 * A decision is made by the keys as they are stored, and is made again when somebody else changed them meanwhile: two
 * operators who rotate at the same time get the same key.
 */
import { algorithmEntry } from '@mintmark/jwt'
import { type Clock, type RandomSource, systemClock, systemRandom } from '@mintmark/runtime'
import type { AuditOrigin } from '../audit/audit-record.ts'
import { requireNodeEngine } from '../registry/registry.ts'
import { notRegistered, type Registered } from '../registry/registry-violation.ts'
import type { Storage } from '../storage/storage.ts'
import { type CompromisedKey, compromiseKey } from './compromise-key.ts'
import { decided, type KeyChangeWorld, phasesNow } from './key-changes.ts'
import { type RotatedKey, rotateKey } from './rotate-key.ts'
import { type SigningKeySummary, summaryOf } from './signing-key-summary.ts'

/** How a key is rotated. */
export interface KeyRotationRequest {
  /** Default `ES256`. */
  readonly algorithm?: string | undefined
  /**
   * Whether the next key signs at once, published or not: verifiers that keep a cached set meet a key that they do not
   * know. Default `false`: an hour after it was published.
   */
  readonly immediately?: boolean | undefined
}

/** The signing keys of an issuer, for administration. */
export interface KeyAdministration {
  /** Every key that is stored, by algorithm, in the order in which they sign. */
  keys(): Promise<readonly SigningKeySummary[]>
  /** Publishes the key that signs next, unless there is one; refuses `too_many_keys` when the JWK Set is full. */
  rotate(request?: KeyRotationRequest): Promise<Registered<RotatedKey>>
  /**
   * Withdraws a key: it signs no more, is in the JWK Set no more, and every token that it signed is revoked. When it
   * was the one that signs, a new one does so at once. Declaring it twice changes nothing. Refuses `key_unknown`.
   */
  compromise(kid: string): Promise<Registered<CompromisedKey>>
}

/** Key administration over a storage of its own. */
export interface OpenKeyAdministration extends KeyAdministration {
  close(): Promise<void>
}

/** What key administration needs. */
export interface KeyAdministrationOptions {
  readonly storage: Storage
  readonly clock?: Clock
  readonly random?: RandomSource
  /** What the audit trail says about who did it. Default: the library. */
  readonly by?: Pick<AuditOrigin, 'actor' | 'via'>
}

/** Opens the keys of a storage for administration, without serving anything. Rejects with `StorageError`. */
export async function openKeyAdministration(
  options: KeyAdministrationOptions,
): Promise<OpenKeyAdministration> {
  const { clock = systemClock, random = systemRandom, by = theLibrary } = options
  const session = await options.storage.open()
  const engine = requireNodeEngine()
  const stored = async () => (await session.load()).signingKeys
  const changed = async () => undefined
  const world = { session, engine, clock, random, by, stored, changed }
  return { ...createKeyAdministration(world), close: () => session.close() }
}

/** The keys of an open session. */
export function createKeyAdministration(world: KeyChangeWorld): KeyAdministration {
  return {
    keys: async () => (await phasesNow(world)).map(summaryOf),
    async rotate({ algorithm = 'ES256', immediately = false } = {}) {
      const name = algorithmEntry(algorithm)?.name
      if (name === undefined) return notRegistered('algorithm_unknown', algorithm)
      return await decided(() => rotateKey(name, immediately, world))
    },
    compromise: (kid) => decided(() => compromiseKey(kid, world)),
  }
}

const theLibrary = { actor: 'library', via: 'library' } as const
