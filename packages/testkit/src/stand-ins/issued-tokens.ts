/** The tokens of a stand-in: JWTs signed with a published key, and remembered until they end. */
import { platformEngine, publicJwkOf, type SigningKey, signCompact } from '@mintmark/jwt'
import type { JsonObject } from '@mintmark/protocol'
import type { Clock } from '@mintmark/runtime'
import { fixtureKeys } from '../fixture-keys.ts'

const ALGORITHM = 'RS256'
const KEY = fixtureKeys[ALGORITHM]

/** The JWK Set that the tokens of all stand-ins can be verified with. */
export const standInJwkSet = { keys: [{ ...publicJwkOf(KEY), alg: ALGORITHM, use: 'sig' }] }

/** What one stand-in has issued. */
export class IssuedTokens {
  readonly #clock: Clock
  readonly #expiriesWallMs = new Map<string, number>()
  #key: SigningKey | undefined
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Signs a token that starts now. `iat`, `exp` and a `jti` of its own are added to `claims`. */
  async issue(claims: JsonObject, lifetimeSeconds: number): Promise<string> {
    const engine = platformEngine()
    this.#key ??= await engine.importSigningKey(KEY, ALGORITHM, KEY.kid ?? '')
    this.#count += 1
    const nowWallMs = this.#clock.wallMs()
    const iat = Math.floor(nowWallMs / 1000)
    const whole = { ...claims, iat, exp: iat + lifetimeSeconds, jti: `token-${this.#count}` }
    const token = await signCompact(engine, this.#key, { typ: 'JWT' }, JSON.stringify(whole))
    this.#expiriesWallMs.set(token, nowWallMs + lifetimeSeconds * 1000)
    return token
  }

  /** Whether the token is one of these, and neither expired nor revoked. */
  admits(token: string): boolean {
    return (this.#expiriesWallMs.get(token) ?? 0) > this.#clock.wallMs()
  }

  revokeAll(): void {
    this.#expiriesWallMs.clear()
  }
}
