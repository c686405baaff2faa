/**
 * What a receipt tells of a refused request beyond its code: names that are configured, and numbers. No text of a
 * request or a token can be among it.
 */
import { expirySecondsOf, parseClaims, parseCompact } from '@mintmark/jwt'
import { type JsonObject, member } from '@mintmark/protocol'
import type { GuardedRequest } from '../guarded-request.ts'
import { readPresentedToken } from '../presented-token.ts'
import type { RefusalCode } from '../refusal.ts'

/** One refusal, as it is told to an operator. */
export interface ReceiptFacts {
  readonly atWallMs: number
  readonly code: RefusalCode
  /** The configured issuer that the token names, verified or not; `undefined` for every other one. */
  readonly issuer: string | undefined
  readonly detail: ReceiptDetail
}

/** Numbers of ours, and of claims whose signature is right. */
export interface ReceiptDetail {
  /** How long ago the token expired, by our clock. */
  readonly endedSecondsAgo?: number
  /** How long it is until the token is valid, by our clock. */
  readonly validInSeconds?: number
  /** How long the token lives altogether. */
  readonly lifetimeSeconds?: number
  /** How old the key set was that it was judged by. */
  readonly keysAgeSeconds?: number
}

/** What is known at the time of a refusal. */
export interface ReceiptSources {
  readonly atWallMs: number
  readonly issuers: ReadonlySet<string>
  readonly keysAgeSeconds: number | undefined
  /** Option `tokenAgeSecondsMax` of the guard. */
  readonly ageSecondsMax: number | undefined
}

/** Reads the facts of one refusal. Never throws for anything in the request. */
export function receiptFacts(
  request: GuardedRequest,
  code: RefusalCode,
  { atWallMs, issuers, keysAgeSeconds, ageSecondsMax }: ReceiptSources,
): ReceiptFacts {
  const claims = claimsOf(request)
  const issuer = claims === undefined ? undefined : member(claims, 'iss')
  return {
    ...{ atWallMs, code },
    issuer: typeof issuer === 'string' && issuers.has(issuer) ? issuer : undefined,
    detail: {
      ...(claims !== undefined && timesOf(claims, code, atWallMs / 1000, ageSecondsMax)),
      ...(keysAgeSeconds !== undefined && { keysAgeSeconds: Math.round(keysAgeSeconds) }),
    },
  }
}

function claimsOf(request: GuardedRequest): JsonObject | undefined {
  const presented = readPresentedToken(request)
  const jws = presented.ok ? parseCompact(presented.token.reveal()) : undefined
  const claims = jws?.ok ? parseClaims(jws.value.payload) : undefined
  return claims?.ok ? claims.value : undefined
}

/** Only for codes that say that the signature was right, and the claim a number. */
function timesOf(
  claims: JsonObject,
  code: RefusalCode,
  nowSeconds: number,
  ageSecondsMax: number | undefined,
): ReceiptDetail {
  const seconds = (name: string) => Math.round(Number(member(claims, name)))
  switch (code) {
    case 'expired':
      return { endedSecondsAgo: Math.round(nowSeconds) - endOf(seconds, ageSecondsMax) }
    case 'not_yet_valid':
      return { validInSeconds: seconds('nbf') - Math.round(nowSeconds) }
    case 'issued_in_the_future':
      return { validInSeconds: seconds('iat') - Math.round(nowSeconds) }
    case 'lifetime_too_long':
      return { lifetimeSeconds: seconds('exp') - seconds('iat') }
    default:
      return {}
  }
}

function endOf(seconds: (name: string) => number, ageSecondsMax: number | undefined): number {
  return expirySecondsOf({ exp: seconds('exp'), iat: seconds('iat') }, { ageSecondsMax })
}
