/**
 * What is revoked and has not expired yet: single tokens, and for a client all tokens up to an instant. A revocation
 * is never taken back, only forgotten once nothing it concerns can still be used.
 */
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
  /** Adds what is missing and forgets what expired before `nowSeconds`. */
  merge(
    revocations: readonly RevocationRecord[],
    epochs: readonly RevocationEpoch[],
    nowSeconds: number,
  ): void
  /** Those that have not expired before the last `merge`. */
  readonly revocations: readonly RevocationRecord[]
  readonly epochs: readonly RevocationEpoch[]
}

/** An empty list. */
export function createRevocationList(): RevocationList {
  const tokens = new Map<string, RevocationRecord>()
  const epochs = new Map<string, RevocationEpoch>()
  return {
    isRevoked({ jti, client_id, iat }) {
      if (tokens.has(jti)) return true
      const epoch = epochs.get(client_id)
      return epoch !== undefined && iat <= epoch.notBeforeSeconds
    },
    merge(moreRevocations, moreEpochs, nowSeconds) {
      for (const revocation of moreRevocations) tokens.set(revocation.jti, revocation)
      for (const epoch of moreEpochs) {
        const known = epochs.get(epoch.clientId)?.notBeforeSeconds ?? 0
        if (epoch.notBeforeSeconds >= known) epochs.set(epoch.clientId, epoch)
      }
      for (const [jti, { expiresAtSeconds }] of tokens) {
        if (expiresAtSeconds < nowSeconds) tokens.delete(jti)
      }
      for (const [clientId, { expiresAtSeconds }] of epochs) {
        if (expiresAtSeconds < nowSeconds) epochs.delete(clientId)
      }
    },
    get revocations() {
      return [...tokens.values()]
    },
    get epochs() {
      return [...epochs.values()]
    },
  }
}
