/**
 * Judges an access token that is said to be ours, for introspection and revocation (RFC 7662 section 2.2).
 * No storage is asked: seal or signature, lifetime and the revocations in memory decide.
 */
import {
  checkAccessTokenClaims,
  parseClaims,
  parseCompact,
  type SynchronousSignatureEngine,
} from '@mintmark/jwt'
import {
  type AccessTokenClaims,
  type AccessTokenValue,
  type Actor,
  isDetails,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  member,
  textMember,
} from '@mintmark/protocol'
import { nodeClockToleranceSeconds } from '../limits.ts'
import type { LiveState } from '../registry/live-state.ts'
import type { GenuineToken, GenuineTokens } from './genuine-tokens.ts'
import { decodeOpaqueClaims } from './opaque-claims.ts'
import { looksOpaque, type OpaqueSeal } from './opaque-token.ts'

/** What is needed to judge our own tokens. */
export interface OwnTokenWorld {
  readonly issuer: string
  readonly engine: SynchronousSignatureEngine
  readonly state: LiveState
  readonly opaqueSeal: OpaqueSeal
  readonly genuineTokens: GenuineTokens
}

/**
 * The claims of a token that this server made, that has not expired and whose client may still use it; for any
 * doubt `undefined`. Starts from "no": only the last statement says yes.
 *
 * Does not check whether the caller may know.
 */
export function claimsOfActiveToken(
  token: AccessTokenValue,
  world: OwnTokenWorld,
  nowWallMs: number,
): AccessTokenClaims | undefined {
  const nowSeconds = nowWallMs / 1000
  const text = token.reveal()
  const seen = seenBefore(text, world)
  const genuine = seen ?? genuineToken(text, world, nowSeconds)
  if (genuine === undefined) return undefined
  const { claims } = genuine
  if (nowSeconds >= claims.exp || claims.iat > nowSeconds + nodeClockToleranceSeconds)
    return undefined
  // Of a token that was exchanged both must still be good: who acts, and in whose place.
  if (!isInForce(claims, world.state)) return undefined
  if (claims.sub !== claims.client_id) {
    if (!isInForce({ ...claims, client_id: claims.sub }, world.state)) return undefined
  }
  if (seen === undefined) world.genuineTokens.keep(text, genuine)
  return claims
}

function isInForce(claims: AccessTokenClaims, state: LiveState): boolean {
  const client = state.registry.client(claims.client_id)
  return client !== undefined && !client.disabled && !state.isRevoked(claims)
}

function seenBefore(text: string, { genuineTokens, state }: OwnTokenWorld) {
  const seen = genuineTokens.find(text)
  if (seen?.key === undefined) return seen
  const { kid } = seen.key
  return kid !== undefined && state.keys.verificationKey(kid) === seen.key ? seen : undefined
}

function genuineToken(
  text: string,
  world: OwnTokenWorld,
  nowSeconds: number,
): GenuineToken | undefined {
  return looksOpaque(text)
    ? sealedToken(text, world, nowSeconds)
    : signedToken(text, world, nowSeconds)
}

function sealedToken(
  text: string,
  { issuer, opaqueSeal }: OwnTokenWorld,
  nowSeconds: number,
): GenuineToken | undefined {
  const opened = opaqueSeal.open(text, nowSeconds)
  const claims = opened && decodeOpaqueClaims(opened.claims, issuer, opened.jti)
  return claims && { claims, key: undefined }
}

function signedToken(
  text: string,
  { issuer, engine, state }: OwnTokenWorld,
  nowSeconds: number,
): GenuineToken | undefined {
  const jws = parseCompact(text)
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
    nowSeconds,
  )
  return checked.ok
    ? { claims: { ...checked.value, ...ourMembersOf(claims.value) }, key }
    : undefined
}

/** What stands in our own tokens only, and was judged when it was written. */
function ourMembersOf(
  claims: JsonObject,
): Pick<AccessTokenClaims, 'authorization_details' | 'act'> {
  const details = member(claims, 'authorization_details')
  const actor = actorIn(member(claims, 'act'))
  return {
    ...(isDetails(details) && { authorization_details: details }),
    ...(actor && { act: actor }),
  }
}

function actorIn(value: JsonValue | undefined): Actor | undefined {
  const sub = isJsonObject(value) ? textMember(value, 'sub') : undefined
  if (sub === undefined || !isJsonObject(value)) return undefined
  const act = actorIn(member(value, 'act'))
  return { sub, ...(act && { act }) }
}

/** The audience is the resource server's to check; here the token's own is as good as any. */
function anyAudienceOf(issuer: string, audience: unknown) {
  const audiences = Array.isArray(audience) ? audience : [audience]
  return {
    issuer,
    audiences: audiences.filter((one) => typeof one === 'string'),
    clockToleranceSeconds: nodeClockToleranceSeconds,
    lifetimeSecondsMax: undefined,
  }
}
