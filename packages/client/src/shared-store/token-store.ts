/** What the option `store` takes: something a client can join to share its tokens with other processes. */
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { Errand } from '../errand.ts'
import type { Report, TokenRequestLabel } from '../events.ts'
import type { Failure } from '../failure.ts'
import type { Digest } from '../fingerprint.ts'
import type { GrantedToken, GrantParts, Obtained } from '../granted-token.ts'

/** What a client brings along. */
export interface FleetParts extends GrantParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly digest: Digest
  readonly report: Report
  /** The longest time that one token request may take; a lease lives a little longer. */
  readonly tokenRequestTimeoutMs: number
}

/** The one that a pushed token or refusal is for. */
export interface Follower {
  readonly label: TokenRequestLabel
  /** Takes a token that another process obtained. */
  adopt(granted: GrantedToken): void
  /** Drops the token with that fingerprint, at nobody's expense. */
  retireToken(fingerprint: string): void
}

/** One client's membership. Its methods never reject for a store that fails: then every process is on its own. */
export interface FleetMember {
  /** Registers the source of `key` for what is pushed. Returns the function that ends it. */
  follow(key: string, follower: Follower): () => void
  /**
   * Gets a token for `key`: from the store, from the process that holds the lease, or by `request` under a lease of
   * our own.
   */
  obtain(
    key: string,
    errand: Errand,
    request: (signal: AbortSignal) => Promise<Obtained>,
    signal: AbortSignal,
  ): Promise<Obtained>
  /** Tells the fleet that a resource server refused a token. */
  refused(key: string, token: { readonly fingerprint: string; readonly remainingMs: number }): void
  /** Drops the shared entries of all keys that are followed. */
  forget(): void
  /** Asks the fleet's breaker; `undefined` when a request may be sent. */
  circuitRefusal(names: readonly string[]): Promise<Failure | undefined>
  openCircuit(name: string, failure: Failure, pauseMs: number): void
  closeCircuit(name: string): void
  /** Counts one token request of the fleet; see `SharedStore.spend`. `undefined` when nobody can say. */
  spend(
    name: string,
    windows: readonly { readonly windowSeconds: number; readonly limit: number }[],
  ): Promise<readonly number[] | undefined>
  /** Gives up leases and ends the subscription. */
  leave(): Promise<void>
}

/** A store of shared tokens; made by `redisTokenStore`. One store may be given to several clients. */
export interface TokenStore {
  /** Called once by each client. Does no I/O before the first call of a method. */
  join(parts: FleetParts): FleetMember
}
