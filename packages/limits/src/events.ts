/** What limiters tell their observer. No event names a key: no address, no client. */
import type { Observer } from '@mintmark/runtime'
import type { LimitPurpose, LimitVerdict } from './limiter.ts'

/** Why Redis could not be asked. */
export type RedisTrouble = 'timed_out' | 'failed' | 'overloaded'

/** Something that happened. `policy` is a name from the configuration. */
export type LimitEvent =
  | { readonly type: 'limit_exceeded'; readonly policy: string }
  /** In shadow mode: the request was not refused for it. */
  | { readonly type: 'limit_would_exceed'; readonly policy: string }
  /** Told once, when an outage begins. */
  | { readonly type: 'shared_limits_unavailable'; readonly reason: RedisTrouble }
  | { readonly type: 'shared_limits_recovered'; readonly awaySeconds: number }

/** What a ledger of uses tells its observer: once when an outage of the store begins, and once when it is over. */
export type ReplayEvent =
  | { readonly type: 'replay_store_unavailable' }
  | { readonly type: 'replay_store_recovered' }

/** Tells of the policies that refused or would have. Peeking tells nothing: a later `check` or `charge` does. */
export function tellExceeded(
  observer: Observer<LimitEvent>,
  purpose: LimitPurpose,
  { violated, shadowed }: LimitVerdict,
): void {
  if (purpose === 'peek' || (violated.length === 0 && shadowed.length === 0)) return
  for (const { name } of violated) observer({ type: 'limit_exceeded', policy: name })
  for (const { name } of shadowed) observer({ type: 'limit_would_exceed', policy: name })
}
