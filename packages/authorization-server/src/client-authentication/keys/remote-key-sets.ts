/**
 * Key sets that are published somewhere: one per place, whoever refers to it.
 *
 * Invariants
 *  (1) At most `remoteKeySetsMax` are kept; the one that was not needed for the longest time goes first.
 *  (2) A place that may not be fetched from is an outage like any other: nothing is said about the key.
 */
import {
  createRemoteJwkSet,
  type JwkSetEvent,
  type KeyRefusal,
  type RemoteJwkSet,
  type SignatureEngine,
} from '@mintmark/jwt'
import { isConfidentialUrl } from '@mintmark/protocol'
import type { Clock, Observer, RandomSource, Transport } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../../events.ts'
import { remoteKeySetsMax } from '../../limits.ts'

/** What fetches key sets. */
export interface KeySetWorld {
  readonly clock: Clock
  readonly random: RandomSource
  readonly engine: SignatureEngine
  readonly transport: Transport
  readonly observer: Observer<AuthorizationServerEvent>
}

/** Published key sets by their place. */
export interface RemoteKeySets {
  /** The set at `url`; nothing is sent before the first look-up in it. */
  at(url: string): Pick<RemoteJwkSet, 'keyFor' | 'keys'>
  /** Ends what is under way. */
  dispose(): void
}

/** Makes the key sets of one server, all fetched through one transport. */
export function createRemoteKeySets(world: KeySetWorld): RemoteKeySets {
  const sets = new Map<string, RemoteJwkSet>()

  function opened(url: string): RemoteJwkSet {
    const { clock, random, engine, transport, observer } = world
    const heard = (event: JwkSetEvent): void => {
      const type = 'key_set_fetch_failed'
      if (event.type === 'jwk_set_fetch_failed') observer({ type, url, violation: event.violation })
    }
    return createRemoteJwkSet({ url, clock, random, engine, transport, observer: heard })
  }

  return {
    at(url) {
      const known = sets.get(url)
      if (known === undefined && !isFetchable(url)) return nowhere
      const set = known ?? opened(url)
      sets.delete(url)
      sets.set(url, set)
      if (sets.size > remoteKeySetsMax) forgetOldest(sets)
      return set
    },
    dispose() {
      for (const set of sets.values()) set.dispose()
    },
  }
}

function isFetchable(url: string): boolean {
  return URL.canParse(url) && isConfidentialUrl(new URL(url))
}

function forgetOldest(sets: Map<string, RemoteJwkSet>): void {
  const [oldest] = sets
  if (oldest === undefined) return
  oldest[1].dispose()
  sets.delete(oldest[0])
}

const unavailable: KeyRefusal = { refusal: 'keys_unavailable', retryAfterSeconds: 1 }
const nowhere = { keyFor: () => unavailable, keys: () => unavailable }
