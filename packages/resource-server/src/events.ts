/**
 * What a guard tells its observer. Events carry codes and the configured issuer, never a token, a claim or text from
 * the network. Admissions are not events: they are the hot path.
 */
import type { JwkSetEvent } from '@mintmark/jwt'
import type { ReplayEvent } from '@mintmark/limits'
import type { MetadataFailure } from './issuer-metadata.ts'
import type { RefusalCode } from './refusal.ts'
import type { FeedFailure } from './revocation/feed-failure.ts'
import type { IntrospectionFailure } from './validators/introspection-failure.ts'

/** Something that happened to a guard. */
export type GuardEvent =
  /** A request was refused. */
  | { readonly type: 'request_refused'; readonly code: RefusalCode }
  /** Server metadata was read; the key set is looked for at `jwksUri`. */
  | { readonly type: 'metadata_fetched'; readonly issuer: string; readonly jwksUri: string }
  /** Server metadata could not be had. A `key_set` event tells what became of the attempt as a whole. */
  | { readonly type: 'metadata_failed'; readonly issuer: string; readonly failure: MetadataFailure }
  /** An issuer's revocation feed brought news: so many clients, keys and tokens are revoked now. */
  | {
      readonly type: 'revocations_renewed'
      readonly issuer: string
      readonly version: number
      readonly clients: number
      readonly keys: number
      readonly tokens: number
    }
  /** An attempt to read an issuer's revocation feed failed; what is known already stays in force. */
  | {
      readonly type: 'revocation_feed_failed'
      readonly issuer: string
      readonly failure: FeedFailure
    }
  /** What is known to be revoked is older than it may be, or nothing is known yet. Once for each outage. */
  | {
      readonly type: 'revocations_stale'
      readonly issuer: string
      /** Seconds since the issuer's last word; `undefined` when there was none. */
      readonly ageSeconds: number | undefined
    }
  /** Told when an outage of the store of used proofs begins and when it is over. */
  | ReplayEvent
  /** Somebody who is no trusted proxy sent a certificate in a field. The certificate of the connection counts. */
  | { readonly type: 'certificate_header_ignored' }
  /** A trusted proxy sent a field that is no certificate in the declared encoding. */
  | { readonly type: 'certificate_header_unreadable' }
  /** An issuer could not be asked about a token. `caller_refused`: it does not take the guard's own credential. */
  | {
      readonly type: 'introspection_failed'
      readonly issuer: string
      readonly failure: IntrospectionFailure
    }
  /** Something happened to an issuer's key set. */
  | { readonly type: 'key_set'; readonly issuer: string; readonly event: JwkSetEvent }
