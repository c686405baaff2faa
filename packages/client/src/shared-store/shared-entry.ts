/**
 * What a shared entry says: a token response as it came (RFC 6749 section 5.1), and when it ends. It is judged like a
 * token response when it is read, so that nothing gets in by the store that would not have got in by the token
 * endpoint.
 *
 * Who the token is for is not in it: the name of its record stands for the whole cache key, the key that the token is
 * bound to included, and sealing binds the entry to that name.
 */

import type { TokenResponse } from '@mintmark/protocol'
import { member, parseJsonObject, parseTokenResponse, redact } from '@mintmark/protocol'
import type { Clock } from '@mintmark/runtime'
import type { Errand } from '../errand.ts'
import type { Arrival, GrantedToken } from '../granted-token.ts'
import { tokenResponseBytesMax } from '../limits.ts'
import type { EntryText } from './sealing.ts'

/** An entry in clear. */
export interface SharedEntry {
  readonly response: TokenResponse
  /** When the token ends by the wall clock of the process that obtained it. */
  readonly endsAtWallMs: number
}

/** When the server's own lifetime of a token is over, without any margin. */
export function endOf({ arrivedAtMonotonicMs, lifetimeSeconds }: GrantedToken): number {
  return arrivedAtMonotonicMs + lifetimeSeconds * 1000
}

/** Writes the entry of a token. */
export function serialiseEntry(granted: GrantedToken, clock: Clock): EntryText {
  const { token, lifetimeSeconds, refreshInSeconds } = granted
  const text = JSON.stringify({
    access_token: token.reveal(),
    token_type: token.tokenType,
    expires_in: lifetimeSeconds,
    scope: token.scope,
    refresh_in: refreshInSeconds,
    [END]: clock.wallMs() + endOf(granted) - clock.monotonicMs(),
  })
  return redact('shared entry', text)
}

/** Reads an entry; `undefined` for what is none. */
export function parseEntry(text: EntryText): SharedEntry | undefined {
  const response = parseTokenResponse(text.reveal())
  const json = parseJsonObject(text.reveal(), bounds)
  if (!response.ok || !json.ok) return undefined
  const endsAtWallMs = member(json.value, END)
  if (typeof endsAtWallMs !== 'number' || response.value.expiresInSeconds === undefined) {
    return undefined
  }
  return { response: response.value, endsAtWallMs }
}

const END = 'ends_at_ms'
const bounds = { depthMax: 1, lengthMax: tokenResponseBytesMax }

/**
 * When a token arrived that ends at `endsAtMonotonicMs` by the store's word, on the clocks of this process.
 *
 * The store's word may be late: a publication that was held up, or a write that was. The wall clock of this process may
 * be wrong. Whichever ends the token earlier is believed, and never more than the whole lifetime: a token is at worst
 * renewed too early. What remains is a word that is late by no more than the wall clocks disagree, which is what
 * `clockSkewSeconds` is for.
 */
export function arrivalOf(entry: SharedEntry, endsAtMonotonicMs: number, clock: Clock): Arrival {
  const lifetimeMs = (entry.response.expiresInSeconds ?? 0) * 1000
  const nowMonotonicMs = clock.monotonicMs()
  const nowWallMs = clock.wallMs()
  const remainingMs = Math.min(
    endsAtMonotonicMs - nowMonotonicMs,
    entry.endsAtWallMs - nowWallMs,
    lifetimeMs,
  )
  const agoMs = lifetimeMs - remainingMs
  return {
    arrivedAtMonotonicMs: nowMonotonicMs - agoMs,
    arrivedAtWallMs: nowWallMs - agoMs,
  }
}

/**
 * Whether a shared token is what an errand set out for: another one than the known one, good for long enough, and not
 * due for renewal itself when it was a renewal that was wanted.
 */
export function servesErrand(
  granted: GrantedToken,
  errand: Errand,
  nowMonotonicMs: number,
): boolean {
  const { token, schedule } = granted
  if (token.fingerprint === errand.knownFingerprint) return false
  if (errand.trigger === 'due' && schedule.renewAtMonotonicMs <= nowMonotonicMs) return false
  const neededMs = errand.minTtlSeconds * 1000
  const leftMs = schedule.hardExpiryMonotonicMs - nowMonotonicMs
  return leftMs > 0 && leftMs >= neededMs
}
