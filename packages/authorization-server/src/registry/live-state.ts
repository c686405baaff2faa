/**
 * The stored state as the endpoints see it: registry, keys and revocations in memory, caught up whenever somebody has
 * changed the database.
 *
 * Invariants
 *  (1) An endpoint never waits for the database; it reads whatever `registry`, `keys` and `isRevoked` say now.
 *  (2) Registry and keys change together, from one consistent read; revocations only ever grow, so that a read which
 *      began before a revocation cannot undo it.
 *  (3) One read is under way at a time; what changes meanwhile is read by the next. A failed read leaves the last good
 *      state in use and is tried again.
 *  (4) Keys take turns at their own instants, whether or not the database can be read then.
 */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import type { Clock, Observer, Scheduled } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import { keyScheduleCheckMs, registryPollIntervalMs } from '../limits.ts'
import { createKeyRingOpener, type KeyRing, type KeyRingOpener } from '../signing-keys/key-ring.ts'
import type { RevocationEpoch, RevocationRecord, SigningKeyRecord } from '../storage/records.ts'
import type { StateDifference, StorageSession, StoredState } from '../storage/storage.ts'
import { MemoryRegistry, type RegistrySnapshot } from './registry-snapshot.ts'
import { createRevocationList, type RevocableToken } from './revocation-list.ts'

/** What is stored, as it is now. */
export interface LiveState {
  readonly registry: RegistrySnapshot
  readonly keys: KeyRing
  /** Every key that is stored, published or not. */
  readonly signingKeys: readonly SigningKeyRecord[]
  /** Of the newest change that is in force here. */
  readonly sequence: number
  /** Since when the database could not be read, on the wall clock; `undefined` while it can be. */
  readonly staleSinceWallMs: number | undefined
  readonly revocations: readonly RevocationRecord[]
  readonly epochs: readonly RevocationEpoch[]
  isRevoked(token: RevocableToken): boolean
  /** Changes whenever something was revoked, a signing key included. */
  readonly revocationRevision: string
  /** Calls `listener` after each change that is in force here, and when keys take turns. */
  onChange(listener: () => void): void
  /** Resolves when every change that was committed before the call is in force here; rejects when it cannot be read. */
  catchUp(): Promise<void>
  /** Stops looking for changes. */
  stop(): void
}

interface World {
  readonly clock: Clock
  readonly observer: Observer<AuthorizationServerEvent>
}

/** Reads the state for the first time and starts looking for changes. Rejects when that first read fails. */
export async function openLiveState(
  session: StorageSession,
  engine: SynchronousSignatureEngine,
  world: World,
): Promise<LiveState> {
  const state = new CurrentState(session, engine, world)
  await state.catchUp()
  session.watch(() => state.follow())
  return state
}

class CurrentState implements LiveState {
  readonly registry = new MemoryRegistry()
  readonly #session: StorageSession
  readonly #world: World
  readonly #revocationList = createRevocationList()
  readonly #openKeys: KeyRingOpener
  #keys: KeyRing | undefined
  #signingKeys: readonly SigningKeyRecord[] = []
  #keySwitch: Scheduled | undefined
  #sequence = -1
  #staleSinceWallMs: number | undefined
  #reading: Promise<void> | undefined
  #next: Promise<void> | undefined
  #retry: Scheduled | undefined
  #isStopped = false
  readonly #listeners = new Set<() => void>()

  constructor(session: StorageSession, engine: SynchronousSignatureEngine, world: World) {
    this.#session = session
    this.#openKeys = createKeyRingOpener(session.masterKey, engine)
    this.#world = world
  }

  get keys(): KeyRing {
    return this.#keys as KeyRing
  }

  get signingKeys(): readonly SigningKeyRecord[] {
    return this.#signingKeys
  }

  get sequence(): number {
    return this.#sequence
  }

  get staleSinceWallMs(): number | undefined {
    return this.#staleSinceWallMs
  }

  get revocations(): readonly RevocationRecord[] {
    return this.#revocationList.revocations
  }

  get epochs(): readonly RevocationEpoch[] {
    return this.#revocationList.epochs
  }

  isRevoked(token: RevocableToken): boolean {
    return this.#revocationList.isRevoked(token)
  }

  get revocationRevision(): string {
    const withdrawn = this.#signingKeys.filter((key) => key.compromisedAtWallMs !== undefined)
    return [this.#revocationList.revision, ...withdrawn.map(({ kid }) => kid)].join(' ')
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  catchUp(): Promise<void> {
    if (this.#reading === undefined) return this.#start()
    // The one under way may have begun too early; the one after it has not, and serves everybody who waits for it.
    this.#next ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return this.#next
  }

  /** Catches up in the background, again and again while that fails. */
  follow(): void {
    if (this.#isStopped) return
    this.catchUp().catch(() => {
      this.#retry?.cancel()
      if (this.#isStopped) return
      this.#retry = this.#world.clock.schedule(registryPollIntervalMs, () => this.follow())
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#retry?.cancel()
    this.#keySwitch?.cancel()
  }

  #start(): Promise<void> {
    const reading = this.#read().finally(() => {
      this.#reading = undefined
    })
    this.#reading = reading
    return reading
  }

  async #read(): Promise<void> {
    const { clock, observer } = this.#world
    try {
      const isFirst = this.#sequence < 0
      const difference = isFirst ? undefined : await this.#session.changesSince(this.#sequence)
      if (difference === undefined) this.#replace(await this.#session.load())
      else this.#merge(difference)
      this.#staleSinceWallMs = undefined
      if (!isFirst) observer({ type: 'registry_reloaded' })
      this.#tellListeners()
    } catch (error) {
      this.#staleSinceWallMs ??= clock.wallMs()
      observer({ type: 'registry_reload_failed' })
      throw error
    }
  }

  #replace(state: StoredState): void {
    // First, because it can fail: then nothing has changed.
    this.#useKeys(state.signingKeys)
    this.#rememberRevoked(state)
    this.registry.replace(state)
    this.#sequence = state.sequence
  }

  #merge(difference: StateDifference): void {
    if (difference.signingKeys !== undefined) {
      this.#useKeys(difference.signingKeys)
      this.registry.forgetPrepared()
    }
    this.#rememberRevoked({ ...difference, epochs: difference.epochs ?? [] })
    this.registry.merge(difference)
    this.#sequence = difference.sequence
  }

  #useKeys(records: readonly SigningKeyRecord[]): void {
    this.#keys = this.#openKeys(records, this.#world.clock.wallMs())
    this.#signingKeys = records
    this.#awaitKeySwitch()
  }

  /** Sleeps no longer than `keyScheduleCheckMs`: the wall clock may be stepped meanwhile. */
  #awaitKeySwitch(): void {
    const { clock } = this.#world
    this.#keySwitch?.cancel()
    if (this.#isStopped) return
    const dueAtWallMs = this.keys.changesAtWallMs ?? Number.POSITIVE_INFINITY
    const delayMs = Math.min(keyScheduleCheckMs, Math.max(0, dueAtWallMs - clock.wallMs()))
    this.#keySwitch = clock.schedule(delayMs, () => this.#switchKeys())
  }

  /** What was prepared holds the key that signed when it was. */
  #switchKeys(): void {
    const { jwkSet, changesAtWallMs } = this.keys
    this.#useKeys(this.#signingKeys)
    if (this.keys.jwkSet === jwkSet && this.keys.changesAtWallMs === changesAtWallMs) return
    this.registry.forgetPrepared()
    this.#world.observer({ type: 'signing_keys_switched' })
    this.#tellListeners()
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener()
  }

  #rememberRevoked({ revocations, epochs }: Pick<StoredState, 'revocations' | 'epochs'>): void {
    this.#revocationList.merge(revocations, epochs, this.#world.clock.wallMs() / 1000)
  }
}
