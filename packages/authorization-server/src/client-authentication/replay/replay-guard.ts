/**
 * The replay guard: an assertion or a proof is used once (RFC 7523 section 3 rule 7, RFC 10070, RFC 9449 section 11.1).
 * What that means while a store is away, and for how long, says the ledger that it is made of.
 */
import { hash } from 'node:crypto'
import type { MaybePromise } from '@mintmark/jwt'
import {
  createReplayLedger,
  type ReplayFailMode,
  type ReplayStore,
  type ReplayVerdict,
} from '@mintmark/limits'
import type { Clock, Observer } from '@mintmark/runtime'
import type { AuthorizationServerEvent } from '../../events.ts'
import { replayDeadlineMs } from '../../limits.ts'

/** A use of an assertion. */
export interface AssertionUse {
  readonly method: string
  readonly clientId: string
  readonly jti: string
  /** From when on the assertion is refused for its age. */
  readonly refusedFromWallMs: number
}

/** Decides whether a use is the first. */
export interface ReplayGuard {
  /** Remembers the use and says whether it is the first. Asked last, when everything else is right. */
  consume(use: AssertionUse): MaybePromise<ReplayVerdict>
}

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
  const ledger = createReplayLedger({ ...parts, deadlineMs: replayDeadlineMs })
  return {
    consume: (use) =>
      ledger.consume({ key: keyOf(use), expiresAtWallMs: Math.ceil(use.refusedFromWallMs) }),
  }
}

/** Two uses have one key exactly when method, client and identifier are the same; the key tells none of them. */
function keyOf({ method, clientId, jti }: AssertionUse): string {
  return hash('sha256', JSON.stringify([method, clientId, jti]), 'base64url')
}
