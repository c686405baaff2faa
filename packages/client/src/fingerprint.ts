/**
 * Fingerprints: names for tokens and credentials that do not give them away.
 *
 * A token's fingerprint is public: it goes into events and logs, where it correlates one token
 * across machines. A credential's never leaves the process and is salted, because a secret chosen by
 * a human could be found from its bare hash by guessing: per client, or in a fleet with what only the
 * fleet knows, so that all its processes give a credential the same fingerprint.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { AccessTokenValue, Redacted } from '@mintmark/protocol'
import { hexadecimal } from './hexadecimal.ts'

const TOKEN_FINGERPRINT_BYTES = 8
const CREDENTIAL_FINGERPRINT_BYTES = 16

/** Hashes octets with SHA-256. */
export type Digest = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>

/** The first 16 hex digits of the SHA-256 of the token's text. */
export async function tokenFingerprint(digest: Digest, token: AccessTokenValue): Promise<string> {
  const hash = await digest(new TextEncoder().encode(token.reveal()))
  return hexadecimal(hash.subarray(0, TOKEN_FINGERPRINT_BYTES))
}

/**
 * Tells the credentials of one client apart: the same text for the same identity, another for any
 * other.
 */
export type CredentialFingerprint = (identity: Redacted<'credential'>) => Promise<string>

/** Makes fingerprints for one client id under one salt, which is asked for when it is needed. */
export function createCredentialFingerprint(
  digest: Digest,
  saltOf: () => MaybePromise<Uint8Array>,
  clientId: string,
): CredentialFingerprint {
  return async (identity) => {
    const text = new TextEncoder().encode(JSON.stringify([clientId, identity.reveal()]))
    const salt = await saltOf()
    const salted = new Uint8Array(salt.length + text.length)
    salted.set(salt)
    salted.set(text, salt.length)
    const hash = await digest(salted)
    return hexadecimal(hash.subarray(0, CREDENTIAL_FINGERPRINT_BYTES))
  }
}
