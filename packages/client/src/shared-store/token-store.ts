/** What the option `store` takes: something a client can join to share its tokens with other processes. */
import type { TokenResponse } from '@mintmark/protocol'
import type { Clock, RandomSource } from '@mintmark/runtime'
import type { Breaker } from '../credential-breaker.ts'
import type { Errand } from '../errand.ts'
import type { Report, TokenRequestLabel } from '../events.ts'
import type { Arrival, GrantedToken, Obtained } from '../granted-token.ts'
import type { Throttle } from '../throttle.ts'
import type { MintWindow } from './shared-store.ts'

/** What a client brings along. */
export interface FleetParts {
  readonly clock: Clock
  readonly random: RandomSource
  readonly report: Report
  /** The issuer identifier or the token endpoint, and who asks there: what is refused to one is nothing to another. */
  readonly authority: string
  readonly clientId: string
  /** The pause that a server asked for; one that another process was asked for is added to it. */
  readonly throttle: Throttle
  /** The longest time that one token request may take. */
  readonly tokenRequestTimeoutMs: number
}

/** The one that a pushed token or refusal is for. */
export interface Follower {
  readonly label: TokenRequestLabel
  /** Judges a shared token like one that has just been granted. */
  judge(response: TokenResponse, arrival: Arrival): Promise<Obtained>
  /** Takes a token that another process obtained. */
  adopt(granted: GrantedToken): void
  /** Drops the token with that fingerprint, at nobody's expense. */
  retireToken(fingerprint: string): void
}

/** One attempt to get a token from the authorization server. */
export type RequestToken = (signal: AbortSignal) => Promise<Obtained>

/** A token that a resource server refused. */
export interface RefusedByResource {
  readonly fingerprint: string
  /** How long it would have been used. */
  readonly remainingMs: number
}

/** One key that is shared with the fleet. */
export interface FollowedKey {
  /**
   * Gets a token: from the store, from the process that holds the lease, or by `request` under a lease of our own.
   * Where the store fails, by `request` alone. Rejects as `request` does, or with the reason of `signal`.
   */
  obtain(errand: Errand, request: RequestToken, signal: AbortSignal): Promise<Obtained>
  /** Tells the fleet that a resource server refused a token. */
  refused(token: RefusedByResource): void
  /** Ends the pushes for this key. */
  stop(): void
}

/** One client's membership. Its methods never reject for a store that fails: then every process is on its own. */
export interface FleetMember {
  /** Registers the source of `key`, for what is pushed and for what it needs. */
  follow(key: string, follower: Follower): FollowedKey
  /** The breaker of the whole fleet. */
  readonly breaker: Breaker
  /** What credential fingerprints are salted with, so that they are the same in all processes and nowhere else. */
  credentialSalt(): Promise<Uint8Array>
  /** Drops the shared entries of all keys that are followed. */
  forget(): void
  /** Counts one token request of the fleet; see `SharedStore.spend`. `undefined` when nobody can say. */
  spend(name: string, windows: readonly MintWindow[]): Promise<readonly number[] | undefined>
  /** Gives up leases and ends the subscription. */
  leave(): Promise<void>
}

/** A store of shared tokens; made by `redisTokenStore`. One store may be given to several clients. */
export interface TokenStore {
  /** Called once by each client. Does no I/O before the first call of a method. */
  join(parts: FleetParts): FleetMember
}
