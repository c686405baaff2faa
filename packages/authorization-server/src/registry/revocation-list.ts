/**
 * What is revoked and has not expired yet: single tokens, and for a client all tokens up to an instant. A revocation
 * is never taken back, only forgotten once nothing it concerns can still be used.
 */
import { revocationRetentionSeconds } from '../limits.ts'
import type { RevocationEpoch, RevocationRecord } from '../storage/records.ts'

/** What of a token decides whether it is revoked. */
export interface RevocableToken {
  readonly jti: string
  readonly client_id: string
  readonly iat: number
}

/** Revocations that still matter. */
export interface RevocationList {
  isRevoked(token: RevocableToken): boolean
  /** Grows whenever something was added. */
  readonly revision: number
  /** Adds what is missing and forgets what expired long enough before `nowSeconds`. */
  merge(
    revocations: readonly RevocationRecord[],
    epochs: readonly RevocationEpoch[],
    nowSeconds: number,
  ): void
  /** Those that may still have to be listed somewhere. */
  readonly revocations: readonly RevocationRecord[]
  readonly epochs: readonly RevocationEpoch[]
}

/** An empty list. */
export function createRevocationList(): RevocationList {
  const tokens = new Map<string, RevocationRecord>()
  const epochs = new Map<string, RevocationEpoch>()
  let revision = 0
  return {
    isRevoked({ jti, client_id, iat }) {
      if (tokens.has(jti)) return true
      const epoch = epochs.get(client_id)
      return epoch !== undefined && iat <= epoch.notBeforeSeconds
    },
    merge(moreRevocations, moreEpochs, nowSeconds) {
      for (const revocation of moreRevocations) {
        if (tokens.has(revocation.jti)) continue
        tokens.set(revocation.jti, revocation)
        revision += 1
      }
      for (const epoch of moreEpochs) {
        const known = epochs.get(epoch.clientId)?.notBeforeSeconds ?? 0
        if (epoch.notBeforeSeconds <= known) continue
        epochs.set(epoch.clientId, epoch)
        revision += 1
      }
      const forgottenSeconds = nowSeconds - revocationRetentionSeconds
      for (const [jti, { expiresAtSeconds }] of tokens) {
        if (expiresAtSeconds < forgottenSeconds) tokens.delete(jti)
      }
      for (const [clientId, { expiresAtSeconds }] of epochs) {
        if (expiresAtSeconds < forgottenSeconds) epochs.delete(clientId)
      }
    },
    get revision() {
      return revision
    },
    get revocations() {
      return [...tokens.values()]
    },
    get epochs() {
      return [...epochs.values()]
    },
  }
}
