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
 *  (4) While the database is away, what was read last is served for the configured grace, and no longer.
 *  (5) Keys take turns at their own instants, whether or not the database can be read then.
 */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import type { RandomSource, Scheduled } from '@mintmark/runtime'
import { keyScheduleCheckMs, registryPollIntervalMs, registryRetryMsMax } from '../limits.ts'
import type { ExternalSigner } from '../signing-keys/external-signer.ts'
import { createKeyRingOpener, type KeyRing, type KeyRingOpener } from '../signing-keys/key-ring.ts'
import type { OpenedStorage } from '../snapshot/open-through-outage.ts'
import { keepSnapshot, noSnapshot, type SnapshotKeeper } from '../snapshot/snapshot-keeper.ts'
import type { LastKnownState } from '../snapshot/snapshot-lines.ts'
import { Staleness, type StalenessWorld } from '../snapshot/staleness.ts'
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
  /** Whether requests may be answered: the database is there, or has not been away for longer than the grace. */
  readonly isServing: boolean
  readonly revocations: readonly RevocationRecord[]
  readonly epochs: readonly RevocationEpoch[]
  isRevoked(token: RevocableToken): boolean
  /** Changes whenever something was revoked, a signing key included. */
  readonly revocationRevision: string
  /** Calls `listener` after each change that is in force here, and when keys take turns. */
  onChange(listener: () => void): void
  /** Resolves when every change that was committed before the call is in force here; rejects when it cannot be read. */
  catchUp(): Promise<void>
  /** Stops looking for changes; resolves when nothing is written any more. */
  stop(): Promise<void>
}

interface World extends StalenessWorld {
  readonly signers?: readonly ExternalSigner[]
  readonly random: RandomSource
  /** Where the state is kept for the time when the database is away. */
  readonly snapshotFile: string | undefined
}

/**
 * Reads the state for the first time, unless `lastKnown` stands in for a database that is away, and starts looking for
 * changes. Rejects when that first read fails.
 */
export async function openLiveState(
  { session, lastKnown }: OpenedStorage,
  engine: SynchronousSignatureEngine,
  world: World,
): Promise<LiveState> {
  const state = new CurrentState(session, engine, world)
  if (lastKnown === undefined) await state.catchUp()
  else state.standIn(lastKnown)
  session.watch(() => state.look())
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
  readonly #staleness: Staleness
  readonly #snapshot: SnapshotKeeper
  #confirmedAtWallMs = 0
  #failures = 0
  #reading: Promise<void> | undefined
  #next: Promise<void> | undefined
  #retry: Scheduled | undefined
  #isStopped = false
  readonly #listeners = new Set<() => void>()

  constructor(session: StorageSession, engine: SynchronousSignatureEngine, world: World) {
    this.#session = session
    this.#openKeys = createKeyRingOpener(session.masterKey, engine, world.signers)
    this.#world = world
    this.#staleness = new Staleness(world)
    const { masterKey } = session
    const { snapshotFile: file } = world
    this.#snapshot =
      file === undefined ? noSnapshot : keepSnapshot({ file, masterKey }, this, world)
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
    return this.#staleness.sinceWallMs
  }

  get isServing(): boolean {
    return this.#staleness.isWithinGrace
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

  /** Takes over what was kept of a database that is away, and goes on looking for it. */
  standIn({ state, confirmedAtWallMs }: LastKnownState): void {
    this.#replace(state)
    this.#staleness.begin(confirmedAtWallMs)
    this.look()
  }

  /** Catches up in the background. */
  look(): void {
    if (!this.#isStopped) this.catchUp().catch(() => undefined)
  }

  stop(): Promise<void> {
    this.#isStopped = true
    this.#retry?.cancel()
    this.#keySwitch?.cancel()
    this.#staleness.stop()
    return this.#snapshot.stop()
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
    const before = this.#sequence
    const isFirst = before < 0
    try {
      const difference = isFirst ? undefined : await this.#session.changesSince(before)
      if (difference === undefined) this.#replace(await this.#session.load())
      else this.#merge(difference)
      const isNews = this.#sequence !== before || this.#staleness.sinceWallMs !== undefined
      this.#confirm()
      if (isNews && !isFirst) observer({ type: 'registry_reloaded' })
      this.#tellListeners()
    } catch (error) {
      if (!isFirst) this.#fail(clock.wallMs())
      throw error
    }
  }

  /** What was read last stays in use, and is looked for again at growing intervals, whoever saw the failure. */
  #fail(nowWallMs: number): void {
    this.#staleness.begin(nowWallMs)
    this.#world.observer({ type: 'registry_reload_failed' })
    this.#retry?.cancel()
    if (this.#isStopped) return
    const delayMs = Math.min(registryPollIntervalMs * 2 ** this.#failures, registryRetryMsMax)
    this.#failures += 1
    this.#retry = this.#world.clock.schedule(delayMs, () => this.look())
  }

  #confirm(): void {
    this.#retry?.cancel()
    this.#failures = 0
    this.#confirmedAtWallMs = this.#world.clock.wallMs()
    this.#staleness.end()
    this.#snapshot.confirmed(this.#sequence)
  }

  /** What a snapshot contains. Between reads, nothing is as current as what was read last. */
  lastKnown(): LastKnownState | undefined {
    if (this.#staleness.sinceWallMs !== undefined) return undefined
    const { sequence, revocations, epochs, signingKeys } = this
    const { clients, resources } = this.registry.records()
    return {
      state: { sequence, clients, resources, signingKeys, revocations, epochs },
      confirmedAtWallMs: this.#confirmedAtWallMs,
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
