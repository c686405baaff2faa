/** How a decision about signing keys takes effect: by the keys as they were when it was made, or not at all. */
import type { SignatureAlgorithm, SynchronousSignatureEngine } from '@mintmark/jwt'
import { type Clock, invariant, type RandomSource } from '@mintmark/runtime'
import type { AuditOrigin } from '../audit/audit-record.ts'
import type { Registered } from '../registry/registry-violation.ts'
import type { SigningKeyRecord } from '../storage/records.ts'
import type { ChangeOutcome, StorageSession } from '../storage/storage.ts'
import type { StoredChange } from '../storage/stored-change.ts'
import { createSigningKey } from './create-signing-key.ts'
import { type KeyPhase, keyPhases } from './key-schedule.ts'
import { kidsOf } from './key-work.ts'
import { type SigningKeySummary, summaryOf } from './signing-key-summary.ts'

/** What decisions about keys stand on. */
export interface KeyChangeWorld {
  readonly session: StorageSession
  readonly engine: SynchronousSignatureEngine
  readonly clock: Clock
  readonly random: RandomSource
  readonly by: Pick<AuditOrigin, 'actor' | 'via'>
  /** The keys as they are stored now. */
  readonly stored: () => Promise<readonly SigningKeyRecord[]>
  /** Called after each durable change. */
  readonly changed: () => Promise<void>
}

/** The keys at the instant of a decision. */
export type KeyPhases = readonly KeyPhase<SigningKeyRecord>[]

const DECISIONS_MAX = 10

/** Decides until nobody has changed the keys between a decision and its taking effect, which `undefined` stands for. */
export async function decided<Value>(
  decide: () => Promise<Registered<Value> | undefined>,
): Promise<Registered<Value>> {
  for (let tries = 0; tries < DECISIONS_MAX; tries++) {
    const outcome = await decide()
    if (outcome !== undefined) return outcome
  }
  invariant(false, 'of deciders that meet one succeeds, and the others see what it did')
}

/** The phases of all stored keys, now. */
export async function phasesNow({ stored, clock }: KeyChangeWorld): Promise<KeyPhases> {
  return keyPhases(await stored(), clock.wallMs())
}

/** The earliest instant from now on at which a key takes the place of the one that signs. */
export function succession(
  algorithm: SignatureAlgorithm,
  phases: KeyPhases,
  nowWallMs: number,
): number {
  const isActive = ({ key, state }: KeyPhases[number]) =>
    state === 'active' && key.algorithm === algorithm
  const active = phases.find(isActive)?.key.activatesAtWallMs ?? Number.NEGATIVE_INFINITY
  return Math.max(nowWallMs, active + 1)
}

/** Makes a key that is stored only while its algorithm has no other keys than those of `phases`. */
export async function keyCreation(
  algorithm: SignatureAlgorithm,
  activatesAtWallMs: number,
  phases: KeyPhases,
  world: KeyChangeWorld,
) {
  const making = { ...world, masterKey: world.session.masterKey }
  const key = await createSigningKey(algorithm, activatesAtWallMs, making)
  const records = phases.map((phase) => phase.key)
  return { type: 'signing_key_created', key, besides: kidsOf(records, algorithm) } as const
}

/** Gives a key another place in the schedule. */
export function rescheduling(
  key: SigningKeyRecord,
  changed: Partial<SigningKeyRecord>,
): StoredChange {
  const { activatesAtWallMs, retiresAtWallMs, compromisedAtWallMs } = { ...key, ...changed }
  const schedule = { activatesAtWallMs, retiresAtWallMs, compromisedAtWallMs }
  return { type: 'signing_key_scheduled', kid: key.kid, schedule }
}

/** Makes changes durable, and then in force. */
export async function applyKeyChanges(
  changes: readonly StoredChange[],
  { session, clock, by, changed }: KeyChangeWorld,
): Promise<ChangeOutcome> {
  const outcome = await session.apply(changes, { ...by, atWallMs: clock.wallMs() })
  if (outcome.ok) await changed()
  return outcome
}

/** The summary of one of the keys. */
export function summaryNamed(kid: string, phases: KeyPhases): SigningKeySummary | undefined {
  const phase = phases.find(({ key }) => key.kid === kid)
  return phase && summaryOf(phase)
}
