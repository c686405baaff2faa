/**
 * What each signing key is for at an instant, told by schedule and clock alone: nothing has to be written for a key to
 * begin signing or to leave the JWK Set.
 *
 * Invariants
 *  (1) Of the keys of an algorithm that nobody compromised exactly one is active, whatever the clock says.
 *  (2) A key is published from its creation on, so before it signs; it stays published until the last token that it
 *      can have signed has expired, and then some.
 *  (3) A key that has left the JWK Set for its age does not come back.
 */
import { type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import {
  keyDeletionDelaySeconds,
  keyRetirementMarginSeconds,
  tokenLifetimeSecondsMax,
} from '../limits.ts'
import type { SigningKeySchedule } from '../storage/records.ts'

/**
 * `next` is published and signs later; `active` signs; `retiring` has stopped signing and is still published; `retired`
 * is published no more; `compromised` must not be trusted, whatever else is true of it.
 */
export type SigningKeyState = 'next' | 'active' | 'retiring' | 'retired' | 'compromised'

/** What of a key decides about its state. */
export interface ScheduledKey extends SigningKeySchedule {
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
}

/** A key with what follows from its schedule and those of the other keys of its algorithm. */
export interface KeyPhase<Key extends ScheduledKey> {
  readonly key: Key
  readonly state: SigningKeyState
  /** When it leaves the JWK Set; `undefined` as long as no other key is to take its place. */
  readonly retiresAtWallMs: number | undefined
}

/** For how long after its last signature a key is needed to judge what it signed. */
export const keyAfterlifeMs = (tokenLifetimeSecondsMax + keyRetirementMarginSeconds) * 1000

/** The phases of all keys at an instant, those of one algorithm in the order in which they sign. */
export function keyPhases<Key extends ScheduledKey>(
  keys: readonly Key[],
  nowWallMs: number,
): readonly KeyPhase<Key>[] {
  return signatureAlgorithms.flatMap((algorithm) => {
    const ofAlgorithm = keys.filter((key) => key.algorithm === algorithm)
    return phasesOfAlgorithm(ofAlgorithm.toSorted(bySchedule), nowWallMs)
  })
}

/** Whether a key in this state belongs into the JWK Set. */
export function isPublished(state: SigningKeyState): boolean {
  return state === 'next' || state === 'active' || state === 'retiring'
}

/** The next instant at which some key's state changes by itself; `undefined` when none will. */
export function nextSwitchWallMs(
  phases: readonly KeyPhase<ScheduledKey>[],
  nowWallMs: number,
): number | undefined {
  const instants = phases
    .filter(({ state }) => isPublished(state))
    .flatMap(({ key, retiresAtWallMs }) => [key.activatesAtWallMs, retiresAtWallMs])
    .filter((instant) => instant !== undefined && instant > nowWallMs)
  return instants.length === 0 ? undefined : Math.min(...(instants as number[]))
}

/** Whether nothing depends on a key any more, the list of compromised keys included. */
export function isForgettable(
  { key, state, retiresAtWallMs }: KeyPhase<ScheduledKey>,
  nowWallMs: number,
): boolean {
  const compromiseEndsAtWallMs = (key.compromisedAtWallMs ?? nowWallMs) + keyAfterlifeMs
  const endedAtWallMs = state === 'compromised' ? compromiseEndsAtWallMs : retiresAtWallMs
  const isOver = state === 'retired' || state === 'compromised'
  return isOver && nowWallMs >= (endedAtWallMs ?? nowWallMs) + keyDeletionDelaySeconds * 1000
}

/** `inOrder` are all keys of one algorithm. */
function phasesOfAlgorithm<Key extends ScheduledKey>(
  inOrder: readonly Key[],
  nowWallMs: number,
): readonly KeyPhase<Key>[] {
  const trusted = inOrder.filter((key) => key.compromisedAtWallMs === undefined)
  // The first one signs in any case: a clock that is behind is no reason to have no key.
  const active = trusted.findLast((key) => key.activatesAtWallMs <= nowWallMs) ?? trusted[0]
  return inOrder.map((key, at) => {
    const successor = inOrder.slice(at + 1).find(hasSigned)
    const retiresAtWallMs =
      key.retiresAtWallMs ?? (successor && successor.activatesAtWallMs + keyAfterlifeMs)
    return { key, state: stateOf(key, active, retiresAtWallMs, nowWallMs), retiresAtWallMs }
  })
}

function stateOf(
  key: ScheduledKey,
  active: ScheduledKey | undefined,
  retiresAtWallMs: number | undefined,
  nowWallMs: number,
): SigningKeyState {
  if (key.compromisedAtWallMs !== undefined) return 'compromised'
  if (active === undefined || key === active) return 'active'
  if (bySchedule(key, active) > 0) return 'next'
  return retiresAtWallMs !== undefined && retiresAtWallMs <= nowWallMs ? 'retired' : 'retiring'
}

/** Whether a key signs, did, or will: one that was compromised before its time never takes another's place. */
function hasSigned({ activatesAtWallMs, compromisedAtWallMs }: ScheduledKey): boolean {
  return compromisedAtWallMs === undefined || activatesAtWallMs < compromisedAtWallMs
}

/** Keys of one instant sign in the order of their names, so that all nodes agree. */
function bySchedule(a: ScheduledKey, b: ScheduledKey): number {
  if (a.activatesAtWallMs !== b.activatesAtWallMs) return a.activatesAtWallMs - b.activatesAtWallMs
  return a.kid < b.kid ? -1 : a.kid === b.kid ? 0 : 1
}
