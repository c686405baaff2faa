/** Makes the admission of a verified token. */
import type { SignatureEngine } from '@mintmark/jwt'
import type { AccessTokenValue, ScopeSet } from '@mintmark/protocol'
import { fingerprintCharacters } from './limits.ts'
import type { Admission, VerifiedClaims } from './verdict.ts'

/** What was verified. */
export interface VerifiedToken {
  /** Deeply frozen. */
  readonly claims: VerifiedClaims
  /** What the application made of the claims: see `createClaimsReader`. */
  readonly shown: unknown
  readonly scope: ScopeSet
}

/**
 * The admission of a verified token.
 *
 * The token itself stays in its redacting type, out of reach of whoever gets the admission.
 */
export function createAdmission(
  verified: VerifiedToken,
  token: AccessTokenValue,
  engine: SignatureEngine,
): Admission<unknown> {
  return Object.freeze(new VerifiedAdmission(verified, token, engine))
}

class VerifiedAdmission implements Admission<unknown> {
  readonly admitted = true
  readonly claims: unknown
  readonly issuer: string
  readonly clientId: string
  readonly subject: string
  readonly audience: readonly string[]
  readonly scope: ScopeSet
  readonly expiresAtWallMs: number
  readonly #token: AccessTokenValue
  readonly #engine: SignatureEngine

  constructor(
    { claims, shown, scope }: VerifiedToken,
    token: AccessTokenValue,
    engine: SignatureEngine,
  ) {
    this.claims = shown
    this.issuer = claims.iss
    this.clientId = claims.client_id
    this.subject = claims.sub
    this.audience = typeof claims.aud === 'string' ? Object.freeze([claims.aud]) : claims.aud
    this.scope = scope
    this.expiresAtWallMs = claims.exp * 1000
    this.#token = token
    this.#engine = engine
  }

  async tokenFingerprint(): Promise<string> {
    const digest = await this.#engine.sha256(new TextEncoder().encode(this.#token.reveal()))
    return hexadecimal(digest).slice(0, fingerprintCharacters)
  }
}

function hexadecimal(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += octet.toString(16).padStart(2, '0')
  return text
}
