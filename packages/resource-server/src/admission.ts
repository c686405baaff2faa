/** Makes the admission of a verified token: its claims as values that nobody can change any more. */
import type { SignatureEngine } from '@mintmark/jwt'
import type { AccessTokenValue, JsonValue, ScopeSet } from '@mintmark/protocol'
import { fingerprintCharacters } from './limits.ts'
import type { Admission, VerifiedClaims } from './verdict.ts'

/** What was verified. */
export interface VerifiedToken {
  readonly claims: VerifiedClaims
  readonly scope: ScopeSet
}

/**
 * The admission of a verified token. Freezes the claims in place.
 *
 * The token itself stays in its redacting type, out of reach of whoever gets the admission.
 */
export function createAdmission(
  { claims, scope }: VerifiedToken,
  token: AccessTokenValue,
  engine: SignatureEngine,
): Admission {
  freezeDeeply(claims)
  return Object.freeze(new VerifiedAdmission(claims, scope, token, engine))
}

class VerifiedAdmission implements Admission {
  readonly admitted = true
  readonly claims: VerifiedClaims
  readonly issuer: string
  readonly clientId: string
  readonly subject: string
  readonly audience: readonly string[]
  readonly scope: ScopeSet
  readonly expiresAtWallMs: number
  readonly #token: AccessTokenValue
  readonly #engine: SignatureEngine

  constructor(
    claims: VerifiedClaims,
    scope: ScopeSet,
    token: AccessTokenValue,
    engine: SignatureEngine,
  ) {
    this.claims = claims
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

/** Recursion is safe: what was parsed as claims is at most 16 levels deep. */
function freezeDeeply(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return
  for (const element of Object.values(value)) freezeDeeply(element)
  Object.freeze(value)
}

function hexadecimal(octets: Uint8Array): string {
  let text = ''
  for (const octet of octets) text += octet.toString(16).padStart(2, '0')
  return text
}
