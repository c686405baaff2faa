/**
 * What a guard tells its observer. Events carry codes and the configured issuer, never a token, a claim or text from
 * the network. Admissions are not events: they are the hot path.
 */
import type { JwkSetEvent } from '@mintmark/jwt'
import type { MetadataFailure } from './jwks-uri.ts'
import type { RefusalCode } from './refusal.ts'

/** Something that happened to a guard. */
export type GuardEvent =
  /** A request was refused. */
  | { readonly type: 'request_refused'; readonly code: RefusalCode }
  /** Server metadata was read; the key set is looked for at `jwksUri`. */
  | { readonly type: 'metadata_fetched'; readonly issuer: string; readonly jwksUri: string }
  /** Server metadata could not be had. A `key_set` event tells what became of the attempt as a whole. */
  | { readonly type: 'metadata_failed'; readonly issuer: string; readonly failure: MetadataFailure }
  /** Something happened to an issuer's key set. */
  | { readonly type: 'key_set'; readonly issuer: string; readonly event: JwkSetEvent }
