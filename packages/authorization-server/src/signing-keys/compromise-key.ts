/**
 * Withdrawal of a signing key that somebody else has, or may have.
 *
 * In one transaction the key stops signing, leaves the JWK Set, and enters the revocation feed, by which every token
 * that it signed is revoked; when it was the one that signs, another does so from the same instant. Nothing has to be
 * sealed anew: what is stored is sealed under keys derived from the master key, never under a signing key.
 */
import { notRegistered, type Registered, registered } from '../registry/registry-violation.ts'
import {
  applyKeyChanges,
  type KeyChangeWorld,
  keyCreation,
  phasesNow,
  rescheduling,
  summaryNamed,
} from './key-changes.ts'
import { type SigningKeySummary, summaryOf } from './signing-key-summary.ts'

/** What came of declaring a key compromised. */
export interface CompromisedKey {
  readonly key: SigningKeySummary
  /** The key that signs in its place; `undefined` when it did not sign any more, or not yet. */
  readonly replacement: SigningKeySummary | undefined
}

/** Withdraws a key; `undefined` when somebody changed the keys meanwhile. Withdrawing it twice changes nothing. */
export async function compromiseKey(
  kid: string,
  world: KeyChangeWorld,
): Promise<Registered<CompromisedKey> | undefined> {
  const phases = await phasesNow(world)
  const phase = phases.find(({ key }) => key.kid === kid)
  if (phase === undefined) return notRegistered('key_unknown', kid)
  const { key, state } = phase
  if (state === 'compromised') return registered({ key: summaryOf(phase), replacement: undefined })
  const compromisedAtWallMs = world.clock.wallMs()
  const withdrawal = rescheduling(key, { compromisedAtWallMs })
  const creation =
    state === 'active'
      ? await keyCreation(key.algorithm, compromisedAtWallMs, phases, world)
      : undefined
  const changes = creation === undefined ? [withdrawal] : [withdrawal, creation]
  if (!(await applyKeyChanges(changes, world)).ok) return undefined
  const after = await phasesNow(world)
  return registered({
    key: summaryNamed(kid, after) ?? summaryOf(phase),
    replacement: creation && summaryNamed(creation.key.kid, after),
  })
}
