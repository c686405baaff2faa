/**
 * Looks after the signing keys of a running server: makes the next one in time, deletes those that nothing depends on.
 *
 * Every node does this, and needs no leader for it: the storage takes a new key only while the keys are still those
 * that its maker decided by, so of several nodes that make one at the same time one succeeds.
 *
 * Invariants
 *  (1) It decides by what is in memory; where nothing is to be done, nothing is read or written.
 *  (2) One round is under way at a time. One that failed is tried again; until then the keys stay as they are.
 */
import type { SynchronousSignatureEngine } from '@mintmark/jwt'
import type { Clock, Observer, RandomSource, Scheduled } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../events.ts'
import { keyScheduleCheckMs, keyUpkeepRetryMs } from '../limits.ts'
import type { LiveState } from '../registry/live-state.ts'
import type { ChangeOutcome, StorageSession } from '../storage/storage.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import { createSigningKey } from './create-signing-key.ts'
import { type DueKey, type KeyRotation, keyWork } from './key-work.ts'

/** What the upkeep needs of a server. */
export interface KeyUpkeepWorld {
  readonly session: StorageSession
  readonly state: LiveState
  readonly engine: SynchronousSignatureEngine
  readonly clock: Clock
  readonly random: RandomSource
  readonly observer: Observer<AuthorizationServerEvent>
}

/** Keys being looked after. */
export interface KeyUpkeep {
  /** Starts no further round. One that is under way ends by itself. */
  stop(): void
}

/** Starts with a first round at once, and goes on until stopped. */
export function startKeyUpkeep(rotation: KeyRotation, world: KeyUpkeepWorld): KeyUpkeep {
  let timer: Scheduled | undefined
  let isStopped = false

  async function round(): Promise<void> {
    const isDone = await lookAfterKeys(rotation, world)
    if (isStopped) return
    if (!isDone) world.observer({ type: 'signing_key_upkeep_failed' })
    timer = world.clock.schedule(isDone ? keyScheduleCheckMs : keyUpkeepRetryMs, () => void round())
  }

  void round()
  return {
    stop() {
      isStopped = true
      timer?.cancel()
    },
  }
}

/** One round. `false`: something could not be done. */
async function lookAfterKeys(rotation: KeyRotation, world: KeyUpkeepWorld): Promise<boolean> {
  const work = keyWork(world.state.signingKeys, rotation, world.clock.wallMs())
  try {
    for (const due of work.due) await announceKey(due, world)
    for (const kid of work.forgettable) await deleteKey(kid, world)
    return true
  } catch {
    return false
  }
}

async function announceKey(
  { algorithm, activatesAtWallMs, besides }: DueKey,
  world: KeyUpkeepWorld,
): Promise<void> {
  const making = { ...world, masterKey: world.session.masterKey }
  const key = await createSigningKey(algorithm, activatesAtWallMs, making)
  const outcome = await apply({ type: 'signing_key_created', key, besides }, world)
  if (!outcome.ok) return
  const { kid } = key
  world.observer({ type: 'signing_key_announced', kid, algorithm, activatesAtWallMs })
}

/** Somebody else may have deleted it first. */
async function deleteKey(kid: string, world: KeyUpkeepWorld): Promise<void> {
  const outcome = await apply({ type: 'signing_key_deleted', kid }, world)
  if (outcome.ok) world.observer({ type: 'signing_key_deleted', kid })
}

function apply(change: StoredChange, { session, clock }: KeyUpkeepWorld): Promise<ChangeOutcome> {
  return session.apply([change], { actor: 'node', via: 'node', atWallMs: clock.wallMs() })
}
