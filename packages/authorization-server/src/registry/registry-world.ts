/**
 * How an operator's change is decided and made: read what it depends on, decide, and store it only if that still holds.
 *
 * Invariants
 *  (1) A decision is made on one consistent read, and applied only while nobody has changed what it depends on; else it
 *      is decided anew.
 *  (2) A change is durable, and in force in this process, when its promise resolves.
 */
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { AuditOrigin } from '../audit/audit-record.ts'
import { decisionAttemptsMax } from '../limits.ts'
import type {
  ClientChoice,
  DecisionBasis,
  RegistryPart,
  StorageSession,
} from '../storage/storage.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import { notRegistered, type Registered, registered } from './registry-violation.ts'
import type { SecretWorld } from './secret-draft.ts'

/** Who makes changes, and through what. */
export type ChangeActor = Omit<AuditOrigin, 'atWallMs'>

/** What the operations of a registry work with. */
export interface RegistryWorld extends SecretWorld {
  readonly session: StorageSession
  readonly clock: Clock
  readonly random: RandomSource
  readonly actor: ChangeActor
  /** Resolves when a change that is durable is in force in this process. */
  readonly changed: () => Promise<void>
}

/** What to change, and what comes of it once that is done. */
export interface Intention<Value> {
  readonly changes: readonly StoredChange[]
  readonly value: Value
}

/** What a decision reads, and what it must not change before the decision is carried out. */
export interface DecisionScope {
  readonly clients: ClientChoice
  readonly subjects: DecisionBasis['subjects']
}

/** One client, and the resources that its scopes belong to. */
export function aboutClient(id: string): DecisionScope {
  return {
    clients: { kind: 'ids', ids: [id] },
    subjects: [{ kind: 'client', id }, { kind: 'resource' }],
  }
}

/** Decides on what is stored now, and makes the changes that the decision asks for. */
export async function decideAndApply<Value>(
  { session, clock, actor, changed }: RegistryWorld,
  { clients, subjects }: DecisionScope,
  decide: (part: RegistryPart) => Registered<Intention<Value>>,
): Promise<Registered<Value>> {
  for (let attempt = 0; attempt < decisionAttemptsMax; attempt++) {
    const part = await session.readRegistry(clients)
    const decision = decide(part)
    if (!decision.ok) return decision
    const { changes, value } = decision.value
    if (changes.length === 0) return registered(value)
    const origin = { ...actor, atWallMs: clock.wallMs() }
    const basis = { sequence: part.sequence, subjects }
    const outcome = await session.apply(changes, origin, basis)
    if (outcome.ok) {
      await changed()
      return registered(value)
    }
  }
  return notRegistered('registry_busy', '')
}
