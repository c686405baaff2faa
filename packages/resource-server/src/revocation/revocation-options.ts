/** How a guard follows the revocation feeds of its issuers: the part of its options about revocation. */
import {
  feedIntervalSecondsDefault,
  feedIntervalSecondsMax,
  feedIntervalSecondsMin,
  feedStaleSecondsDefault,
  feedStaleSecondsMax,
  feedStaleSecondsMin,
  feedWaitSecondsDefault,
  feedWaitSecondsMax,
} from '../limits.ts'
import { checkNames, confidentialUrl, numberWithin } from '../option-value.ts'

/** The option `revocation` of `createGuard`. */
export interface RevocationOptions {
  /**
   * `true`: the feed that each issuer's metadata names as `revocation_feed_endpoint`. A URL: the feed of the one
   * issuer. An entry of `issuers` can have a URL of its own, or none: see `revocationFeed` there.
   */
  readonly follow: true | string
  /** Seconds from the start of one request to the start of the next, 0.1 to 60. Default 1. */
  readonly intervalSeconds?: number
  /**
   * For how long a request lets the issuer wait for news (`Prefer: wait`, RFC 7240 section 4.3), in whole seconds, 0 to
   * 45 and at most half of `staleSecondsMax`. Default 20. On Node such a request does not keep the process alive; one
   * over HTTP/2 (an issuer behind a proxy that speaks it), or over a transport of your own, does.
   */
  readonly waitSeconds?: number
  /** From how many seconds without the issuer's word on a feed is stale, 5 to 86,400. Default 120. */
  readonly staleSecondsMax?: number
  /**
   * What becomes of tokens of an issuer whose feed is stale, or was never had: `'admit'` (default) trusts those that
   * the last known feed does not list; `'refuse'` answers 503.
   */
  readonly whenStale?: 'admit' | 'refuse'
}

/** {@link RevocationOptions} with every default applied. */
export interface ResolvedRevocation {
  /** `undefined`: where metadata says. */
  readonly url: URL | undefined
  readonly intervalMs: number
  readonly waitSeconds: number
  readonly staleMs: number
  readonly refusesWhenStale: boolean
}

const KNOWN_OPTIONS: Readonly<Record<keyof RevocationOptions, true>> = {
  follow: true,
  intervalSeconds: true,
  waitSeconds: true,
  staleSecondsMax: true,
  whenStale: true,
}

/**
 * Checks the option and applies its defaults. Throws `TypeError` for an unknown, missing or malformed member, and
 * `RangeError` for a number out of range.
 */
export function resolveRevocation(options: RevocationOptions): ResolvedRevocation {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('revocation: expected an object with follow')
  }
  checkNames(options, KNOWN_OPTIONS, 'revocation: ')
  const staleSeconds = numberWithin(
    'revocation.staleSecondsMax',
    options.staleSecondsMax ?? feedStaleSecondsDefault,
    feedStaleSecondsMin,
    feedStaleSecondsMax,
  )
  return Object.freeze({
    url: feedUrl(options.follow),
    intervalMs: 1000 * intervalSeconds(options),
    waitSeconds: Math.min(waitSeconds(options), Math.floor(staleSeconds / 2)),
    staleMs: 1000 * staleSeconds,
    refusesWhenStale: refusesWhenStale(options.whenStale ?? 'admit'),
  })
}

function feedUrl(follow: unknown): URL | undefined {
  if (follow === true) return undefined
  if (typeof follow === 'string') return confidentialUrl('revocation.follow', follow)
  throw new TypeError('revocation.follow: expected true or a URL')
}

function intervalSeconds(options: RevocationOptions): number {
  return numberWithin(
    'revocation.intervalSeconds',
    options.intervalSeconds ?? feedIntervalSecondsDefault,
    feedIntervalSecondsMin,
    feedIntervalSecondsMax,
  )
}

function waitSeconds(options: RevocationOptions): number {
  const seconds = numberWithin(
    'revocation.waitSeconds',
    options.waitSeconds ?? feedWaitSecondsDefault,
    0,
    feedWaitSecondsMax,
  )
  if (Number.isInteger(seconds)) return seconds
  throw new RangeError('revocation.waitSeconds: expected whole seconds')
}

function refusesWhenStale(whenStale: unknown): boolean {
  if (whenStale === 'admit' || whenStale === 'refuse') return whenStale === 'refuse'
  throw new TypeError("revocation.whenStale: expected 'admit' or 'refuse'")
}
