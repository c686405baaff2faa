/**
 * The nonces for DPoP proofs (RFC 9449 section 8): the same on every node, and nowhere stored. Each is a MAC of the
 * minute in which it is new, under a key derived from the master key, so nobody can make one for a minute to come.
 *
 * Invariant: a nonce is accepted from the minute before its own, for a node whose clock is ahead, to the fourth after.
 */
import { createHmac, createSecretKey } from 'node:crypto'
import { proofNonceStepSeconds, proofNonceStepsBack } from '../limits.ts'
import { deriveKey } from '../signing-keys/key-sealing.ts'

/** The nonces of one issuer. */
export interface ProofNonces {
  /** The one to hand out now. */
  current(nowWallMs: number): string
  accepts(nonce: string, nowWallMs: number): boolean
}

/** How long after it was made a nonce can be accepted at most, in seconds. */
export const proofNonceSecondsMax = (proofNonceStepsBack + 2) * proofNonceStepSeconds

const NONCE_BYTES = 16
const STEPS_AHEAD = 1

/** Makes the nonces of whoever has `masterKey`. */
export function createProofNonces(masterKey: Uint8Array): ProofNonces {
  const key = createSecretKey(deriveKey(masterKey, 'DPoP nonces'))
  const known = new Map<number, string>()

  function nonceOf(step: number): string {
    const before = known.get(step)
    if (before !== undefined) return before
    if (known.size > proofNonceStepsBack + 2) known.clear()
    const mac = createHmac('sha256', key).update(String(step)).digest()
    const nonce = mac.subarray(0, NONCE_BYTES).toString('base64url')
    known.set(step, nonce)
    return nonce
  }

  return {
    current: (nowWallMs) => nonceOf(stepAt(nowWallMs)),
    accepts(nonce, nowWallMs) {
      const now = stepAt(nowWallMs)
      for (let step = now + STEPS_AHEAD; step >= now - proofNonceStepsBack; step--) {
        if (nonceOf(step) === nonce) return true
      }
      return false
    },
  }
}

function stepAt(nowWallMs: number): number {
  return Math.floor(nowWallMs / 1000 / proofNonceStepSeconds)
}
