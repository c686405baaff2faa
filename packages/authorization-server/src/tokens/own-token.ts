/**
 * Judges an access token that is said to be ours, for introspection and revocation (RFC 7662 section 2.2).
 * No storage is asked: signature, lifetime and the revocations in memory decide.
 */
import {
  checkAccessTokenClaims,
  parseClaims,
  parseCompact,
  type SynchronousSignatureEngine,
} from '@mintmark/jwt'
import type { AccessTokenClaims, AccessTokenValue } from '@mintmark/protocol'
import type { LiveState } from '../registry/live-state.ts'

/** What is needed to judge our own tokens. */
export interface OwnTokenWorld {
  readonly issuer: string
  readonly engine: SynchronousSignatureEngine
  readonly state: LiveState
}

/**
 * The claims of a token that this server signed, that has not expired and whose client may still use it; for any
 * doubt `undefined`. Starts from "no": only the last statement says yes.
 *
 * Does not check whether the caller may know.
 */
export function claimsOfActiveToken(
  token: AccessTokenValue,
  { issuer, engine, state }: OwnTokenWorld,
  nowWallMs: number,
): AccessTokenClaims | undefined {
  const jws = parseCompact(token.reveal())
  if (!jws.ok || jws.value.header.typ !== 'at+jwt') return undefined
  const { header, signingInput, signature, payload } = jws.value
  const key = header.kid === undefined ? undefined : state.keys.verificationKey(header.kid)
  if (key === undefined || key.alg !== header.alg) return undefined
  if (!engine.verify(key, signingInput, signature)) return undefined
  const claims = parseClaims(payload)
  if (!claims.ok) return undefined
  const checked = checkAccessTokenClaims(
    claims.value,
    anyAudienceOf(issuer, claims.value.aud),
    nowWallMs / 1000,
  )
  if (!checked.ok || state.isRevoked(checked.value)) return undefined
  const client = state.registry.client(checked.value.client_id)
  if (client === undefined || client.disabled) return undefined
  return checked.value
}

/** The audience is the resource server's to check; here the token's own is as good as any. */
function anyAudienceOf(issuer: string, audience: unknown) {
  const audiences = Array.isArray(audience) ? audience : [audience]
  return {
    issuer,
    audiences: audiences.filter((one) => typeof one === 'string'),
    clockToleranceSeconds: 0,
    lifetimeSecondsMax: undefined,
  }
}
