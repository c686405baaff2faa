/**
 * The guard: request in, verdict out. Finds the token, finds or makes the verdict on it, and asks for the scope.
 *
 * The path of a token seen before comes first and does no parsing, no I/O and no waiting.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Announce, Checkpoints, Guard, GuardReadiness, Requirement } from './guard.ts'
import type { GuardedRequest } from './guarded-request.ts'
import { createTokenJudge, type Introspector } from './introspection.ts'
import type { ResourceMetadata } from './metadata/protected-resource.ts'
import { metadataFrom } from './metadata/resource-metadata.ts'
import { type GuardOptions, type ResolvedGuardOptions, resolveOptions } from './options.ts'
import { type PresentedToken, readPresentedToken, type TokenScheme } from './presented-token.ts'
import { readinessOf } from './readiness.ts'
import { createRefusalResponses, type RefusalResponses } from './refusal-response.ts'
import { revocationRefusal } from './revocation/revocation-refusal.ts'
import {
  createScopePolicies,
  type ScopePolicy,
  type ScopeRequirement,
} from './scope-requirement.ts'
import { openSenderRules } from './sender-binding/open-sender-rules.ts'
import { createSenderJudge, type SenderJudge, schemesOf } from './sender-binding/sender-judge.ts'
import { introspectorFor, rulesFrom } from './token-rules.ts'
import type { IssuerTrust, TokenJudge, TokenRules, TokenVerdict } from './token-verdict.ts'
import type { Admission, Refusal, Verdict, VerifiedClaims } from './verdict.ts'
import { type CachedVerdict, VerdictCache } from './verdict-cache.ts'

/**
 * Creates a guard for an API that takes access tokens of the given issuers (RFC 6750, RFC 9068).
 *
 * Make one per process and keep it: it holds the issuers' keys and the verdicts. Sends nothing and starts no timer
 * before the first request; see {@link Guard.warm}.
 *
 * Throws `TypeError` for an unknown, missing or malformed option, `audience` above all, and `RangeError` for a number
 * out of range.
 *
 * @typeParam Claims - What option `claims` answers.
 */
export function createGuard<Claims = VerifiedClaims>(options: GuardOptions<Claims>): Guard<Claims> {
  // What admissions show as claims is what the option answered: nothing in between looks at it.
  return new TokenGuard(resolveOptions(options)) as Guard<unknown> as Guard<Claims>
}

class TokenGuard implements Guard<unknown> {
  readonly metadata: ResourceMetadata | undefined
  readonly #rules: TokenRules
  readonly #introspector: Introspector | undefined
  readonly #judgeToken: TokenJudge
  readonly #responses: RefusalResponses
  readonly #refusalOfSender: SenderJudge
  readonly #isBindingRequired: boolean
  readonly #verdicts: VerdictCache
  readonly #policyFor: (requirement: ScopeRequirement<unknown>) => ScopePolicy<unknown>
  readonly #observer: ResolvedGuardOptions['observer']

  constructor(options: ResolvedGuardOptions) {
    const rules = rulesFrom(options)
    this.#rules = rules
    this.metadata = metadataFrom(options)
    const resourceMetadataUrl = this.metadata?.url ?? options.resourceMetadataUrl
    this.#introspector = introspectorFor(options, rules)
    this.#judgeToken = createTokenJudge(rules, this.#introspector)
    const senders = openSenderRules(options.senders, options)
    const schemes = schemesOf(senders)
    this.#responses = createRefusalResponses({ ...options, resourceMetadataUrl, schemes })
    this.#refusalOfSender = createSenderJudge(senders, this.#responses)
    this.#isBindingRequired = senders.required !== undefined
    this.#verdicts = new VerdictCache(options.verdictCacheBytesMax)
    this.#policyFor = createScopePolicies()
    this.#observer = options.observer
  }

  /** Not an async function: a token seen before is answered with the promise kept with its verdict. */
  check(request: GuardedRequest, requirement?: Requirement<unknown>): Promise<Verdict<unknown>> {
    try {
      const answer = this.#answer(request, requirement)
      return 'settled' in answer ? answer.settled : Promise.resolve(answer)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  decide(
    request: GuardedRequest,
    requirement?: Requirement<unknown>,
    checkpoints?: Checkpoints,
    announce?: Announce,
  ): MaybePromise<Verdict<unknown>> {
    return unwrapped(this.#answer(request, requirement, checkpoints, announce))
  }

  ready(): GuardReadiness {
    return readinessOf(this.#issuers(), this.#introspector?.state())
  }

  async warm(): Promise<void> {
    const issuers = this.#issuers().flatMap(({ keys, feed }) => [keys.warm(), feed?.begin()])
    await Promise.all([...issuers, this.#introspector?.warm()])
  }

  dispose(): void {
    for (const { keys, feed } of this.#issuers()) {
      keys.dispose()
      feed?.dispose()
    }
    this.#introspector?.dispose()
    this.#verdicts.clear()
  }

  /** A token seen before and good enough is answered with what is kept of it. */
  #answer(
    request: GuardedRequest,
    requirement: Requirement<unknown> | undefined,
    checkpoints?: Checkpoints,
    announce?: Announce,
  ): CachedVerdict | MaybePromise<Verdict<unknown>> {
    const policy = this.#policyOf(requirement)
    const presented = readPresentedToken(request)
    if (!presented.ok) return this.#refuse(this.#responses.of(presented.violation))
    const known = this.#verdicts.find(presented.token, this.#rules.clock.wallMs() / 1000)
    const isFresh = requirement?.fresh === true
    if (known !== undefined && !(isFresh && known.isIntrospected)) {
      return this.#conclude(known, presented, policy, checkpoints, announce)
    }
    const untried = checkpoints?.beforeJudging()
    if (untried instanceof Promise) {
      return untried.then((refusal) =>
        unwrapped(
          refusal === undefined
            ? this.#judge(presented, isFresh, policy, checkpoints, announce)
            : this.#refuse(refusal),
        ),
      )
    }
    if (untried !== undefined) return this.#refuse(untried)
    return this.#judge(presented, isFresh, policy, checkpoints, announce)
  }

  /** An object without a scope must be empty: with a misspelt member it would silently ask for nothing. */
  #policyOf(requirement: Requirement<unknown> | undefined): ScopePolicy<unknown> | undefined {
    if (requirement === undefined) return undefined
    if (requirement.scope !== undefined) return this.#policyFor(requirement.scope)
    if (Object.keys(requirement).every((name) => name === 'fresh')) return undefined
    throw new TypeError('requirement: expected { scope, fresh }, or nothing')
  }

  #judge(
    presented: PresentedToken,
    isFresh: boolean,
    policy: ScopePolicy<unknown> | undefined,
    checkpoints: Checkpoints | undefined,
    announce: Announce | undefined,
  ): CachedVerdict | MaybePromise<Verdict<unknown>> {
    const judged = this.#judgeToken(presented.token, isFresh)
    if (!(judged instanceof Promise))
      return this.#answerTo(judged, presented, policy, checkpoints, announce)
    return judged.then((verdict) =>
      unwrapped(this.#answerTo(verdict, presented, policy, checkpoints, announce)),
    )
  }

  /** What a token seen for the first time is answered with. */
  #answerTo(
    judged: TokenVerdict,
    presented: PresentedToken,
    policy: ScopePolicy<unknown> | undefined,
    checkpoints: Checkpoints | undefined,
    announce: Announce | undefined,
  ): CachedVerdict | MaybePromise<Verdict<unknown>> {
    if (!judged.ok) {
      if (judged.violation === 'inactive') this.#verdicts.forget(presented.token)
      return this.#refuse(this.#responseTo(judged, presented.scheme))
    }
    const verdict = judged.value
    this.#verdicts.keep(verdict)
    const begun = verdict.revocation?.feed.begin()
    if (begun === undefined)
      return this.#conclude(verdict, presented, policy, checkpoints, announce)
    return begun.then(() =>
      unwrapped(this.#conclude(verdict, presented, policy, checkpoints, announce)),
    )
  }

  /** What a good token, known or new, is answered with. */
  #conclude(
    verdict: CachedVerdict,
    presented: PresentedToken,
    policy: ScopePolicy<unknown> | undefined,
    checkpoints: Checkpoints | undefined,
    announce: Announce | undefined,
  ): CachedVerdict | MaybePromise<Verdict<unknown>> {
    const obstacle = this.#obstacleFor(verdict, presented, policy, checkpoints, announce)
    if (!(obstacle instanceof Promise)) return obstacle ?? verdict
    return obstacle.then((refusal) => refusal ?? verdict.admission)
  }

  /**
   * What stands between a good token, known or new, and its admission here and now, in this order: whether it was
   * revoked, who presents it, how much its client asks for, and its scope. Answers in place where it can.
   */
  #obstacleFor(
    verdict: CachedVerdict,
    presented: PresentedToken,
    policy: ScopePolicy<unknown> | undefined,
    checkpoints: Checkpoints | undefined,
    announce: Announce | undefined,
  ): MaybePromise<Refusal | undefined> {
    const revoked =
      verdict.revocation && revocationRefusal(verdict.revocation, presented.scheme, this.#responses)
    if (revoked !== undefined) return this.#refuse(revoked)
    const unproved = this.#senderObstacle(verdict, presented, announce)
    const { admission } = verdict
    const { scheme } = presented
    if (unproved === undefined) return this.#limitOrLackOf(admission, scheme, policy, checkpoints)
    return unproved instanceof Promise
      ? this.#onceProved(unproved, verdict, scheme, policy, checkpoints)
      : unproved
  }

  /** Apart, like everything that waits: a function with a closure in it makes room for it at every call. */
  async #onceProved(
    unproved: Promise<Refusal | undefined>,
    { admission }: CachedVerdict,
    scheme: TokenScheme,
    policy: ScopePolicy<unknown> | undefined,
    checkpoints: Checkpoints | undefined,
  ): Promise<Refusal | undefined> {
    return (await unproved) ?? this.#limitOrLackOf(admission, scheme, policy, checkpoints)
  }

  #limitOrLackOf(
    admission: Admission<unknown>,
    scheme: TokenScheme,
    policy: ScopePolicy<unknown> | undefined,
    checkpoints: Checkpoints | undefined,
  ): MaybePromise<Refusal | undefined> {
    if (checkpoints === undefined) return this.#lackOf(admission, scheme, policy)
    const limited = checkpoints.onceVerified(admission)
    const conclude = (refusal: Refusal | undefined) =>
      refusal === undefined ? this.#lackOf(admission, scheme, policy) : this.#refuse(refusal)
    return limited instanceof Promise ? limited.then(conclude) : conclude(limited)
  }

  /** A bearer token proves itself; where it is enough, nothing is looked at. */
  #senderObstacle(
    { confirmation }: CachedVerdict,
    presented: PresentedToken,
    announce: Announce | undefined,
  ): MaybePromise<Refusal | undefined> {
    const { scheme } = presented
    const isBearer = confirmation === undefined && scheme === 'Bearer'
    if (isBearer && !this.#isBindingRequired) return undefined
    const refusal = this.#refusalOfSender(confirmation, presented, announce)
    if (refusal === undefined) return undefined
    return refusal instanceof Promise ? this.#refuseLater(refusal) : this.#refuse(refusal)
  }

  /** The refusal of an admission whose scope is not enough for the route. */
  #lackOf(
    admission: Admission<unknown>,
    scheme: TokenScheme,
    policy: ScopePolicy<unknown> | undefined,
  ): Refusal | undefined {
    if (policy === undefined || policy.permits(admission.scope, admission.claims)) return undefined
    return this.#refuse(this.#responses.insufficientScope(policy.required, scheme))
  }

  #responseTo(refused: Exclude<TokenVerdict, { ok: true }>, scheme: TokenScheme): Refusal {
    return 'retryAfterSeconds' in refused
      ? this.#responses.unavailable(refused.violation, refused.retryAfterSeconds)
      : this.#responses.of(refused.violation, scheme)
  }

  async #refuseLater(refusal: Promise<Refusal | undefined>): Promise<Refusal | undefined> {
    const found = await refusal
    return found && this.#refuse(found)
  }

  #refuse(refusal: Refusal): Refusal {
    this.#observer({ type: 'request_refused', code: refusal.code })
    return refusal
  }

  #issuers(): readonly IssuerTrust[] {
    return [...this.#rules.issuers.values()]
  }
}

function unwrapped(
  answer: CachedVerdict | MaybePromise<Verdict<unknown>>,
): MaybePromise<Verdict<unknown>> {
  return 'settled' in answer ? answer.admission : answer
}
