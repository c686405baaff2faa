/** The revoked tokens that have not expired yet. A revocation is never taken back, only forgotten after `exp`. */
import type { RevocationRecord } from '../storage/storage.ts'

/** Revocations that still matter. */
export interface RevocationList {
  has(jti: string): boolean
  /** Adds what is missing and forgets what expired before `nowSeconds`. */
  merge(revocations: readonly RevocationRecord[], nowSeconds: number): void
}

/** An empty list. */
export function createRevocationList(): RevocationList {
  const expiries = new Map<string, number>()
  return {
    has: (jti) => expiries.has(jti),
    merge(revocations, nowSeconds) {
      for (const { jti, expiresAtSeconds } of revocations) expiries.set(jti, expiresAtSeconds)
      for (const [jti, expiresAtSeconds] of expiries) {
        if (expiresAtSeconds < nowSeconds) expiries.delete(jti)
      }
    },
  }
}
