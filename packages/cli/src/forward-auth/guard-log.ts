/** What the log of a guard says, and how loud: a line for each refusal, and for everything about keys. */
import type { LimitEvent } from '@mintmark/limits'
import type { GuardEvent } from '@mintmark/resource-server'
import type { Level } from 'pino'

/** Something that happened to a guard that serves. */
export type GuardServerEvent =
  | Exclude<GuardEvent, { readonly type: 'request_refused' }>
  /** An outage of the Redis in which limits are began, or is over. Every single refusal is told with its answer. */
  | Extract<LimitEvent, { readonly type: `shared_limits_${string}` }>
  /** A request was refused: for its token, for what it is, or for its number. */
  | { readonly type: 'request_refused'; readonly code: string; readonly status: number }
  /** An admitted request could not be brought to the upstream, or its answer back. */
  | { readonly type: 'upstream_failed'; readonly code: string }
  /** An answer broke off by a mistake of ours. */
  | { readonly type: 'answer_failed'; readonly kind: string }

/** How important an event is. */
export function guardLevelOf(event: GuardServerEvent): Level {
  switch (event.type) {
    case 'request_refused':
      return event.status >= 500 ? 'warn' : 'info'
    case 'key_set':
      return event.event.type === 'jwk_set_renewed' ? 'info' : 'warn'
    case 'metadata_fetched':
      return 'debug'
    case 'metadata_failed':
    case 'upstream_failed':
    case 'introspection_failed':
    case 'revocation_feed_failed':
    case 'revocations_stale':
    case 'shared_limits_unavailable':
    case 'replay_store_unavailable':
    case 'certificate_header_unreadable':
      return 'warn'
    case 'answer_failed':
      return 'error'
    default:
      return 'info'
  }
}
