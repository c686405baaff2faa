/**
 * An access token as the caller holds it. The text is reached by `reveal()` alone; everything that
 * prints shows the fingerprint and the expiry, which are enough to follow one token through logs
 * (requirement C10).
 */
import type { AccessTokenValue } from '@mintmark/protocol'

/** What an access token is made of. */
export interface AccessTokenParts {
  readonly value: AccessTokenValue
  readonly fingerprint: string
  readonly expiresAtWallMs: number
  readonly scope: string | undefined
  readonly tokenType: string
}

/**
 * The `Authorization` value that carries `token`, under the scheme of its type. Made once per token, since every
 * request needs it, and by `join`, which makes it one piece in memory: a concatenation would be put together anew for
 * each request.
 */
export let authorizationOf: (token: AccessToken) => string

/** An access token (RFC 6749 section 1.4). Immutable; prints without its text. */
export class AccessToken {
  static {
    authorizationOf = (token) => token.#authorization
  }

  readonly #value: AccessTokenValue
  readonly #authorization: string
  readonly #expiresAtWallMs: number
  /**
   * The first 16 hex digits of the SHA-256 of the token: the same for the same token everywhere.
   */
  readonly fingerprint: string
  /**
   * The granted scope, tokens sorted and joined by spaces; `undefined` when none was asked for and
   * none was told.
   */
  readonly scope: string | undefined
  /** As the server wrote it: `Bearer` in some spelling, or `DPoP` for a token that is bound to a key. */
  readonly tokenType: string

  constructor(parts: AccessTokenParts) {
    this.#value = parts.value
    const scheme = parts.tokenType.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer'
    this.#authorization = [scheme, parts.value.reveal()].join(' ')
    this.#expiresAtWallMs = parts.expiresAtWallMs
    this.fingerprint = parts.fingerprint
    this.scope = parts.scope
    this.tokenType = parts.tokenType
    Object.freeze(this)
  }

  /**
   * The end of the lifetime on the wall clock, as it stood when the token arrived. The client
   * itself counts on the monotonic clock and stops using the token a safety margin earlier.
   */
  get expiresAt(): Date {
    return new Date(this.#expiresAtWallMs)
  }

  /** The raw token. Whoever calls this is responsible for where it goes. */
  reveal(): string {
    return this.#value.reveal()
  }

  toString(): string {
    return `[access token ${this.fingerprint}, expires ${this.#expiry()}]`
  }

  toJSON(): { readonly fingerprint: string; readonly expiresAt: string } {
    return { fingerprint: this.fingerprint, expiresAt: this.#expiry() }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  [Symbol.for('Deno.customInspect')](): string {
    return this.toString()
  }

  #expiry(): string {
    return new Date(this.#expiresAtWallMs).toISOString()
  }
}
