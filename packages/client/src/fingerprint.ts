/**
 * Fingerprints: names for tokens and credentials that do not give them away.
 *
 * A token's fingerprint is public: it goes into events and logs, where it correlates one token
 * across machines. A credential's never leaves the process and is salted per client, because a
 * secret chosen by a human could be found from its bare hash by guessing.
 */
import type { SignatureEngine } from '@mintmark/jwt'
import type { AccessTokenValue, ClientSecret } from '@mintmark/protocol'

const TOKEN_FINGERPRINT_BYTES = 8
const CREDENTIAL_FINGERPRINT_BYTES = 16

/** Hashes octets with SHA-256. */
export type Digest = SignatureEngine['sha256']

/** The first 16 hex digits of the SHA-256 of the token's text. */
export async function tokenFingerprint(digest: Digest, token: AccessTokenValue): Promise<string> {
  const hash = await digest(new TextEncoder().encode(token.reveal()))
  return hex(hash.subarray(0, TOKEN_FINGERPRINT_BYTES))
}

/**
 * Tells the secrets of one client apart: the same text for the same secret, another for any other.
 */
export type CredentialFingerprint = (secret: ClientSecret) => Promise<string>

/**
 * Makes fingerprints for one client id under one salt. The last one is remembered, because almost
 * every attempt uses the same secret object as the one before.
 */
export function createCredentialFingerprint(
  digest: Digest,
  salt: Uint8Array,
  clientId: string,
): CredentialFingerprint {
  let last: { readonly secret: ClientSecret; readonly fingerprint: string } | undefined
  return async (secret) => {
    if (last?.secret === secret) return last.fingerprint
    const text = new TextEncoder().encode(JSON.stringify([clientId, secret.reveal()]))
    const salted = new Uint8Array(salt.length + text.length)
    salted.set(salt)
    salted.set(text, salt.length)
    const hash = await digest(salted)
    last = { secret, fingerprint: hex(hash.subarray(0, CREDENTIAL_FINGERPRINT_BYTES)) }
    return last.fingerprint
  }
}

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}
