/**
 * How well a guard can judge at the moment: the worst of what its issuers' keys, its introspection and its revocation
 * feeds allow. An issuer that is asked about tokens may have no keys at all.
 */
import type { GuardReadiness, GuardState } from './guard.ts'
import type { Introspector } from './introspection.ts'
import type { FeedFollower } from './revocation/feed-follower.ts'
import type { IssuerTrust } from './token-verdict.ts'

/** The readiness of a guard that trusts these issuers. Starts nothing. */
export function readinessOf(
  issuers: readonly IssuerTrust[],
  introspector: Pick<Introspector, 'issuer' | 'state'> | undefined,
): GuardReadiness {
  return {
    state: worst([
      introspector?.state() ?? 'ready',
      ...issuers.flatMap(({ issuer, keys, feed }) => [
        keys.areAbsent && introspector?.issuer === issuer ? 'ready' : keys.state(),
        feed === undefined ? 'ready' : stateOf(feed),
      ]),
    ]),
    keysAgeSeconds: oldest(issuers.map(({ keys }) => keys.ageSeconds())),
    revocationsAgeSeconds: oldest(issuers.map(({ feed }) => feed?.ageSeconds())),
  }
}

function stateOf(feed: FeedFollower): GuardState {
  const state = feed.state()
  if (state === 'current') return 'ready'
  return state === 'stale' && feed.refusesUnlisted() ? 'failing' : state
}

function oldest(ages: readonly (number | undefined)[]): number | undefined {
  const known = ages.filter((age) => age !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

const FROM_BEST_TO_WORST: readonly GuardState[] = ['ready', 'stale', 'cold', 'failing']

function worst(states: readonly GuardState[]): GuardState {
  return FROM_BEST_TO_WORST[
    Math.max(...states.map((state) => FROM_BEST_TO_WORST.indexOf(state)))
  ] as GuardState
}
