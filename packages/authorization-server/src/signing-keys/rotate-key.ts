/** Rotation by command: the next key is published now, and signs when everybody has had the time to fetch it. */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import { keyStagingSecondsDefault, publishedKeysMax } from '../limits.ts'
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import {
  applyKeyChanges,
  type KeyChangeWorld,
  keyCreation,
  phasesNow,
  rescheduling,
  succession,
  summaryNamed,
} from './key-changes.ts'
import { isPublished } from './key-schedule.ts'
import type { SigningKeySummary } from './signing-key-summary.ts'

/** What came of a rotation. */
export interface RotatedKey {
  /** The key that signs next, or now. */
  readonly key: SigningKeySummary
  /** Whether it was made now; otherwise it had been made before. */
  readonly isNew: boolean
}

/** Rotates; `undefined` when somebody changed the keys meanwhile. */
export async function rotateKey(
  algorithm: SignatureAlgorithm,
  immediately: boolean,
  world: KeyChangeWorld,
): Promise<Registered<RotatedKey> | undefined> {
  const phases = await phasesNow(world)
  const successionWallMs = succession(algorithm, phases, world.clock.wallMs())
  const next = phases.find(({ key, state }) => key.algorithm === algorithm && state === 'next')
  if (next !== undefined) {
    const earlier = rescheduling(next.key, { activatesAtWallMs: successionWallMs })
    const isDone = !immediately || (await applyKeyChanges([earlier], world)).ok
    return isDone ? await rotated(next.key.kid, false, world) : undefined
  }
  if (phases.filter(({ state }) => isPublished(state)).length >= publishedKeysMax) {
    return notRegistered('too_many_keys', String(publishedKeysMax))
  }
  const stagingMs = immediately ? 0 : keyStagingSecondsDefault * 1000
  const activatesAtWallMs = successionWallMs + stagingMs
  const creation = await keyCreation(algorithm, activatesAtWallMs, phases, world)
  const outcome = await applyKeyChanges([creation], world)
  return outcome.ok ? await rotated(creation.key.kid, true, world) : undefined
}

async function rotated(
  kid: string,
  isNew: boolean,
  world: KeyChangeWorld,
): Promise<Registered<RotatedKey> | undefined> {
  const key = summaryNamed(kid, await phasesNow(world))
  return key && registered({ key, isNew })
}
