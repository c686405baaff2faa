/**
 * The replay guard: an assertion is used once (RFC 7523 section 3 rule 7, RFC 10070).
 *
 * Invariants
 *  (1) Of two uses of one identifier by one client and method, at most one is the first, whoever asks at the same
 *      time; with a store also on whatever nodes they arrive.
 *  (2) A use is remembered until the assertion would be refused for its age. Nothing is forgotten earlier: where
 *      memory ends, authentication does.
 *  (3) This node remembers what it has seen in any case, so that while the store is away nobody can use an assertion
 *      twice on one node.
 */
import { hash } from 'node:crypto'
import type { MaybePromise } from '@mintmark/jwt'
import type { Clock, Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../../events.ts'
import { createReplayMemory } from './replay-memory.ts'
import { createReplayQueue } from './replay-queue.ts'
import type { ReplayStore } from './replay-store.ts'

/** A use of an assertion. */
export interface AssertionUse {
  readonly method: string
  readonly clientId: string
  readonly jti: string
  /** From when on the assertion is refused for its age. */
  readonly refusedFromWallMs: number
}

/**
 * Whether it is the first use; `full` and `unavailable` mean that nobody can tell, because too much is remembered
 * already or because the store is away and was declared indispensable.
 */
export type ReplayVerdict = 'first' | 'repeated' | 'full' | 'unavailable'

/** Decides whether a use is the first. */
export interface ReplayGuard {
  /** Remembers the use and says whether it is the first. Asked last, when everything else is right. */
  consume(use: AssertionUse): MaybePromise<ReplayVerdict>
}

/** What happens while the store is away: this node's own memory counts, or nobody gets in. */
export const replayFailModes = ['local', 'refuse'] as const

/** One of {@link replayFailModes}. */
export type ReplayFailMode = (typeof replayFailModes)[number]

/** What a guard is made of. */
export interface ReplayGuardParts {
  /** `undefined`: this process is alone. */
  readonly store: ReplayStore | undefined
  readonly whenUnavailable: ReplayFailMode
  readonly clock: Clock
  readonly observer: Observer<AuthorizationServerEvent>
}

/** Makes the guard of one server. Without a store it answers in place. */
export function createReplayGuard(parts: ReplayGuardParts): ReplayGuard {
  const { store, clock, whenUnavailable } = parts
  const memory = createReplayMemory()
  const queue = store && createReplayQueue({ ...parts, store })
  return {
    consume(use) {
      const entry = { key: keyOf(use), expiresAtWallMs: Math.ceil(use.refusedFromWallMs) }
      const here = memory.consume(entry, clock.wallMs())
      if (here === 'repeated' || queue === undefined) return here
      return queue.consume(entry).then((there) => {
        if (there !== 'unavailable') return there
        return whenUnavailable === 'local' ? here : 'unavailable'
      })
    },
  }
}

/** Two uses have one key exactly when method, client and identifier are the same; the key tells none of them. */
function keyOf({ method, clientId, jti }: AssertionUse): string {
  return hash('sha256', JSON.stringify([method, clientId, jti]), 'base64url')
}
