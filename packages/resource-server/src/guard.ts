/** The guard as its callers see it: requests in, verdicts out, and whether it can judge at the moment. */
import type { MaybePromise } from '@mintmark/jwt'
import type { GuardedRequest } from './guarded-request.ts'
import type { ResourceMetadata } from './metadata/protected-resource.ts'
import type { ScopeRequirement } from './scope-requirement.ts'
import type { Admission, Refusal, Verdict, VerifiedClaims } from './verdict.ts'

/** What one request needs beyond a good token. */
export interface Requirement<Claims = VerifiedClaims> {
  /** Default: no scope is asked for. A member that is there but `undefined` is a `TypeError`. */
  readonly scope?: ScopeRequirement<Claims>
  /**
   * Whether a token that is introspected has to be asked about anew, whatever is remembered. Default `false`. Says
   * nothing about tokens that are verified here.
   */
  readonly fresh?: boolean
}

/**
 * How well a guard can judge, in the order in which it gets worse: `ready` has current keys of every issuer, and where
 * it follows revocation feeds those too; `stale` judges by keys whose renewal is overdue, or by a feed that is older
 * than it may be; `cold` has not asked some issuer yet, and will at the first request; `failing` could not get what it
 * needs and answers 503 for that issuer's tokens.
 */
export type GuardState = 'ready' | 'stale' | 'cold' | 'failing'

/** What {@link Guard.ready} tells. */
export interface GuardReadiness {
  /** The worst of all issuers. */
  readonly state: GuardState
  /** Seconds since the oldest key set in use was fetched; `undefined` while no issuer's keys are there. */
  readonly keysAgeSeconds: number | undefined
  /**
   * Seconds since the issuer's last word on what is revoked, the longest of all feeds that are followed; `undefined`
   * when none is followed, or none was had yet.
   */
  readonly revocationsAgeSeconds: number | undefined
}

/** What whoever limits requests asks on the way to a verdict. Each answers with a refusal, or lets it go on. */
export interface Checkpoints {
  /** Before a token that was not seen before is judged. */
  beforeJudging(): MaybePromise<Refusal | undefined>
  /**
   * Once the token is verified and who presents it, before a proof of possession is used up and before the scope is
   * looked at. A request that it refuses uses no proof up.
   */
  onceVerified(admission: Admission<unknown>): MaybePromise<Refusal | undefined>
}

/** Sets one header field on the answer to this request, whoever makes it: a refusal or the application. */
export type Announce = (name: string, value: string) => void

/**
 * Judges requests to one API. Made by `createGuard`; safe to share by everything in a process.
 *
 * @typeParam Claims - What option `claims` makes of the verified claims.
 */
export interface Guard<Claims = VerifiedClaims> {
  /**
   * Judges the access token of a request (RFC 6750, RFC 9068): grammar, type, algorithm, issuer, signature, claims,
   * possession of what the token is bound to (RFC 9449, RFC 8705), and the required scope, in that order. Claims are
   * judged only behind a right signature; `iss` is read earlier because it chooses the keys.
   *
   * Resolves with a {@link Verdict} for everything that a request can hold and everything that the network can do.
   * Rejects with a `TypeError` for a requirement that is none, with what a scope predicate or a function that finds
   * certificates throws, and with an `InvariantViolation` for a mistake of ours; nothing is admitted then.
   *
   * What is revoked is known only where `revocation` says so. Does not check whether a token was used before.
   */
  check(request: GuardedRequest, requirement?: Requirement<Claims>): Promise<Verdict<Claims>>
  /**
   * The same as {@link check}, for callers that need not wait where the answer is at hand: for a token seen before,
   * and for a request without a token worth judging, the verdict itself and not a promise of it. What `check` would
   * reject with may be thrown.
   *
   * @param checkpoints - Questions in between. Default: none.
   * @param announce - Called before the verdict is there, if at all: with the nonce for the next proof.
   */
  decide(
    request: GuardedRequest,
    requirement?: Requirement<Claims>,
    checkpoints?: Checkpoints,
    announce?: Announce,
  ): MaybePromise<Verdict<Claims>>
  /** The metadata of the resource that it protects (RFC 9728); `undefined` without option `resource`. */
  readonly metadata: ResourceMetadata | undefined
  /** How well this guard can judge at the moment. Starts nothing. */
  ready(): GuardReadiness
  /**
   * Fetches every issuer's keys that are not there yet, and begins to follow the revocation feeds. Resolves when each
   * was had or could not be had: a start in the middle of an outage is no reason to exit, and {@link ready} tells how
   * it went.
   */
  warm(): Promise<void>
  /**
   * Ends requests under way, starts no others and forgets verdicts. Tokens are judged by the keys in hand until those
   * are too old; from then on the answer is 503.
   */
  dispose(): void
}
