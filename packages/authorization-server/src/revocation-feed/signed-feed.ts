/**
 * The feed as it is sent: content, and the JWT that vouches for it. Signed anew when the content has changed or half of
 * the validity is over, and not at every request.
 */
import { createHash } from 'node:crypto'
import {
  type MaybePromise,
  type SignatureEngine,
  type SigningKey,
  signCompact,
} from '@mintmark/jwt'
import { type FeedClaims, revocationFeedType, serialiseFeed } from '@mintmark/protocol'
import { feedPeriodSeconds } from '../limits.ts'

/** One signed document. */
export interface SignedFeed {
  readonly document: string
  /**
   * The same on every node for the same content and period, so weak (RFC 9110 section 8.8.1): the signatures differ.
   */
  readonly entityTag: string
  /** The period of time that it was signed in; its validity is twice as long. */
  readonly period: number
}

/** What signing takes. */
export interface FeedSigner {
  readonly issuer: string
  readonly engine: SignatureEngine
  readonly key: SigningKey
}

/** The period that an instant belongs to. */
export function periodAt(wallMs: number): number {
  return Math.floor(wallMs / 1000 / feedPeriodSeconds)
}

/** When a period begins. */
export function startOf(period: number): number {
  return period * feedPeriodSeconds
}

/** Signs `content` for the period of `nowWallMs`. */
export function signFeed(
  content: string,
  version: number,
  nowWallMs: number,
  { issuer, engine, key }: FeedSigner,
): MaybePromise<SignedFeed> {
  const period = periodAt(nowWallMs)
  const claims: FeedClaims = {
    iss: issuer,
    iat: Math.floor(nowWallMs / 1000),
    exp: startOf(period + 2),
    version,
    content_sha256: createHash('sha256').update(content, 'utf8').digest('base64url'),
  }
  const signed = signCompact(engine, key, { typ: revocationFeedType }, JSON.stringify(claims))
  const entityTag = `W/"${claims.content_sha256}.${period}"`
  const complete = (signedClaims: string): SignedFeed => ({
    document: serialiseFeed(signedClaims, content),
    entityTag,
    period,
  })
  return signed instanceof Promise ? signed.then(complete) : complete(signed)
}
