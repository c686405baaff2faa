/**
 * The MAC of a `client_secret_jwt` assertion: HMAC-SHA-256 under the client secret (RFC 7518 section 3.2).
 *
 * Invariants
 *  (1) Only a secret that was sealed when it was made, and that is neither retired nor expired, verifies anything.
 *  (2) One MAC is computed and compared at least, whoever is named.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { RefusalReason } from '../../refusal.ts'
import type { RegisteredClient } from '../../registry/registry-snapshot.ts'
import type { SecretSealer } from '../../registry/secret-sealing.ts'
import type { SecretRecord } from '../../storage/records.ts'
import type { Assertion } from './assertion.ts'

/** What a MAC turned out to be. */
export type VerifiedMac =
  | { readonly ok: true; readonly secretId: string }
  | { readonly ok: false; readonly reason: RefusalReason }

/** What verifies MACs. */
export interface MacVerifier {
  /** Whether `assertion` has the MAC of one of the client's secrets, and of which. */
  verify(assertion: Assertion, client: RegisteredClient | undefined, nowWallMs: number): VerifiedMac
}

/** Makes one; secrets are unsealed when they are first needed, and only in memory. */
export function createMacVerifier(sealer: SecretSealer): MacVerifier {
  const keys = new WeakMap<SecretRecord, KeyObject>()

  function keyOf(secret: SecretRecord, clientId: string): KeyObject | undefined {
    const known = keys.get(secret)
    if (known !== undefined || secret.sealed === undefined) return known
    const opened = sealer.open(secret.sealed, { clientId, secretId: secret.id })
    if (opened === undefined) return undefined
    const key = createSecretKey(opened.reveal(), 'utf8')
    keys.set(secret, key)
    return key
  }

  return {
    verify({ signingInput, signature }, client, nowWallMs) {
      let isKnown = false
      for (const secret of client?.secrets ?? []) {
        const key = keyOf(secret, client?.id ?? '')
        if (key === undefined) continue
        isKnown = true
        if (isMac(signature, signingInput, key)) return judgeSecret(secret, nowWallMs)
      }
      if (isKnown) return { ok: false, reason: 'assertion_signature_wrong' }
      isMac(signature, signingInput, decoy)
      return { ok: false, reason: 'assertion_key_unknown' }
    },
  }
}

function judgeSecret(secret: SecretRecord, nowWallMs: number): VerifiedMac {
  const { id, retiredAtWallMs, expiresAtWallMs } = secret
  if (retiredAtWallMs !== undefined) return { ok: false, reason: 'secret_retired' }
  const isExpired = expiresAtWallMs !== undefined && expiresAtWallMs <= nowWallMs
  return isExpired ? { ok: false, reason: 'secret_expired' } : { ok: true, secretId: id }
}

/** For whom there is no secret. What it verifies is refused all the same. */
const decoy = createSecretKey(new Uint8Array(32))

function isMac(signature: Uint8Array, signingInput: string, key: KeyObject): boolean {
  const expected = createHmac('sha256', key).update(signingInput, 'utf8').digest()
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}
