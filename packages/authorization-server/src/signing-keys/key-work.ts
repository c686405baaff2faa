/** What is to be done about the signing keys at an instant, besides what time does by itself. Decides; does nothing. */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { keyStagingSecondsMin } from '../limits.ts'
import type { SigningKeyRecord } from '../storage/records.ts'
import { isForgettable, type KeyPhase, keyPhases } from './key-schedule.ts'

/** When keys take turns. */
export interface KeyRotationSchedule {
  /** For how long a key signs, in seconds: a day to ten years. Default 90 days. */
  readonly everySeconds: number
  /**
   * How long before it signs the next key is published, in seconds: at least twice the `max-age` of the JWK Set, at
   * most `everySeconds`. Default 14 days.
   */
  readonly publishAheadSeconds: number
}

/** Keys take turns by themselves, or when somebody says so. */
export type KeyRotation = KeyRotationSchedule | 'manual'

/** A key that has to be made. */
export interface DueKey {
  readonly algorithm: SignatureAlgorithm
  readonly activatesAtWallMs: number
  /** The keys of that algorithm that this was decided by. */
  readonly besides: readonly string[]
}

/** What is to be done. */
export interface KeyWork {
  readonly due: readonly DueKey[]
  /** Keys that nothing depends on any more. */
  readonly forgettable: readonly string[]
}

/**
 * Tells which keys are to be made and which deleted. Where the active key is held by an external signer no key is
 * made: one of ours would be a weaker one.
 */
export function keyWork(
  records: readonly SigningKeyRecord[],
  rotation: KeyRotation,
  nowWallMs: number,
): KeyWork {
  const phases = keyPhases(records, nowWallMs)
  const actives = phases.filter(({ state }) => state === 'active')
  return {
    due:
      rotation === 'manual'
        ? []
        : actives.flatMap((active) => dueAfter(active, phases, rotation, nowWallMs)),
    forgettable: phases
      .filter((phase) => isForgettable(phase, nowWallMs))
      .map(({ key }) => key.kid),
  }
}

/** The kids of an algorithm, in the order in which the storage compares them. */
export function kidsOf(
  records: readonly Pick<SigningKeyRecord, 'kid' | 'algorithm'>[],
  algorithm: SignatureAlgorithm,
): readonly string[] {
  return records
    .filter((key) => key.algorithm === algorithm)
    .map((key) => key.kid)
    .toSorted()
}

function dueAfter(
  { key: active }: KeyPhase<SigningKeyRecord>,
  phases: readonly KeyPhase<SigningKeyRecord>[],
  { everySeconds, publishAheadSeconds }: KeyRotationSchedule,
  nowWallMs: number,
): readonly DueKey[] {
  const { algorithm, activatesAtWallMs, createdAtWallMs, signer } = active
  const hasNext = phases.some(({ key, state }) => key.algorithm === algorithm && state === 'next')
  if (hasNext || signer !== undefined) return []
  // Keys of the first version know no activation.
  const endsAtWallMs = Math.max(activatesAtWallMs, createdAtWallMs) + everySeconds * 1000
  if (nowWallMs < endsAtWallMs - publishAheadSeconds * 1000) return []
  return [
    {
      algorithm,
      activatesAtWallMs: Math.max(endsAtWallMs, nowWallMs + keyStagingSecondsMin * 1000),
      besides: kidsOf(
        phases.map(({ key }) => key),
        algorithm,
      ),
    },
  ]
}
