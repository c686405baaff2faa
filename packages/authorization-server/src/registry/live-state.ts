/**
 * The stored state as the endpoints see it: registry, keys and revocations in memory, read again when another process
 * has changed the database.
 *
 * Invariants
 *  (1) An endpoint never waits for the database; it reads whatever `registry`, `keys` and `revocations` are now.
 *  (2) Registry and keys are replaced together, from one consistent read; revocations only ever grow, so that a
 *      read which began before a revocation cannot undo it.
 *  (3) A failed read leaves the last good state in use and is tried again at the next poll.
 */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import type { Clock, Observer, Scheduled } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import { registryPollIntervalMs } from '../limits.ts'
import { type KeyRing, openKeyRing } from '../signing-keys/key-ring.ts'
import type { RevocationRecord, StorageSession } from '../storage/storage.ts'
import { createRegistrySnapshot, type RegistrySnapshot } from './registry-snapshot.ts'
import { createRevocationList } from './revocation-list.ts'

/** What is stored, as it is now. */
export interface LiveState {
  readonly registry: RegistrySnapshot
  readonly keys: KeyRing
  isRevoked(jti: string): boolean
  /** Makes a revocation visible at once; the caller has stored it. */
  remember(revocation: RevocationRecord): void
  /** Reads everything again, for a change made through this process. */
  reload(): Promise<void>
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
  { clock, observer }: World,
): Promise<LiveState> {
  const revocations = createRevocationList()
  let seen = session.foreignChangeCounter()
  let current = await read()
  let timer: Scheduled = clock.schedule(registryPollIntervalMs, poll)
  let isStopped = false

  async function read() {
    const state = await session.load()
    const registry = createRegistrySnapshot(state)
    const keys = openKeyRing(state.signingKeys, session.masterKey, engine)
    revocations.merge(state.revocations, clock.wallMs() / 1000)
    return { registry, keys }
  }

  async function reload(): Promise<void> {
    current = await read()
  }

  function poll(): void {
    void reloadIfChanged().finally(() => {
      if (!isStopped) timer = clock.schedule(registryPollIntervalMs, poll)
    })
  }

  async function reloadIfChanged(): Promise<void> {
    try {
      const counter = session.foreignChangeCounter()
      if (counter === seen) return
      await reload()
      seen = counter
      observer({ type: 'registry_reloaded' })
    } catch {
      observer({ type: 'registry_reload_failed' })
    }
  }

  return {
    get registry() {
      return current.registry
    },
    get keys() {
      return current.keys
    },
    isRevoked: (jti) => revocations.has(jti),
    remember: (revocation) => revocations.merge([revocation], clock.wallMs() / 1000),
    reload,
    stop() {
      isStopped = true
      timer.cancel()
    },
  }
}
