/**
 * What the revocation feed says, as one text: a function of what is stored and of the period of time, so that all nodes
 * write the same one and a resource server may ask now this node and now that.
 */
import { createHash } from 'node:crypto'
import {
  type RevocationFeedDraft,
  revokedTokenName,
  serialiseFeedContent,
} from '@mintmark/protocol'
import { feedToleranceSeconds } from '../limits.ts'
import { keyAfterlifeMs } from '../signing-keys/key-schedule.ts'
import type { RevocationEpoch, RevocationRecord, SigningKeyRecord } from '../storage/records.ts'

/** What is revoked, as it is stored. */
export interface StoredRevocations {
  readonly revocations: readonly RevocationRecord[]
  readonly epochs: readonly RevocationEpoch[]
  readonly signingKeys: readonly SigningKeyRecord[]
}

/**
 * The second line of the feed. Leaves out what has expired by `sinceSeconds`, but not before the clocks of all resource
 * servers agree that it has.
 */
export function feedContent(stored: StoredRevocations, sinceSeconds: number): string {
  const matters = (expiresAtSeconds: number): boolean =>
    expiresAtSeconds + feedToleranceSeconds >= sinceSeconds
  return serialiseFeedContent({
    clients: new Map(
      stored.epochs
        .filter(({ expiresAtSeconds }) => matters(expiresAtSeconds))
        .map(({ clientId, ...epoch }) => [clientId, epoch]),
    ),
    keys: compromisedKeys(stored.signingKeys, matters),
    tokens: stored.revocations
      .filter(({ expiresAtSeconds }) => matters(expiresAtSeconds))
      .map((record) => ({ expiresAtSeconds: record.expiresAtSeconds, name: nameOf(record) })),
  })
}

function compromisedKeys(
  keys: readonly SigningKeyRecord[],
  matters: (expiresAtSeconds: number) => boolean,
): RevocationFeedDraft['keys'] {
  const listed = new Map<string, number>()
  for (const { kid, compromisedAtWallMs } of keys) {
    if (compromisedAtWallMs === undefined) continue
    const expiresAtSeconds = Math.ceil((compromisedAtWallMs + keyAfterlifeMs) / 1000)
    if (matters(expiresAtSeconds)) listed.set(kid, expiresAtSeconds)
  }
  return listed
}

/** Digests outlive the texts that they are written into, of which there is one for every change. */
const names = new WeakMap<RevocationRecord, number>()

function nameOf(record: RevocationRecord): number {
  const known = names.get(record)
  if (known !== undefined) return known
  const name = revokedTokenName(createHash('sha256').update(record.jti, 'utf8').digest())
  names.set(record, name)
  return name
}
