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
import { type AskedRequest, Obstacles } from './obstacles.ts'
import { type GuardOptions, type ResolvedGuardOptions, resolveOptions } from './options.ts'
import { readPresentedToken, type TokenScheme } from './presented-token.ts'
import { readinessOf } from './readiness.ts'
import { withReceipts } from './receipts/guard-with-receipts.ts'
import { createRefusalResponses, type RefusalResponses } from './refusal-response.ts'
import {
  createScopePolicies,
  type ScopePolicy,
  type ScopeRequirement,
} from './scope-requirement.ts'
import { openSenderRules } from './sender-binding/open-sender-rules.ts'
import { schemesOf } from './sender-binding/sender-judge.ts'
import { introspectorFor, rulesFrom } from './token-rules.ts'
import type { IssuerTrust, TokenJudge, TokenRules, TokenVerdict } from './token-verdict.ts'
import type { Refusal, Verdict, VerifiedClaims } from './verdict.ts'
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
  const resolved = resolveOptions(options)
  const guard: Guard<unknown> = new TokenGuard(resolved)
  return withReceipts(guard, resolved) as Guard<Claims>
}

class TokenGuard implements Guard<unknown> {
  readonly metadata: ResourceMetadata | undefined
  readonly #rules: TokenRules
  readonly #introspector: Introspector | undefined
  readonly #judgeToken: TokenJudge
  readonly #responses: RefusalResponses
  readonly #obstacles: Obstacles
  readonly #verdicts: VerdictCache
  readonly #policyFor: (requirement: ScopeRequirement<unknown>) => ScopePolicy<unknown>
  readonly #observer: ResolvedGuardOptions['observer']

  constructor(options: ResolvedGuardOptions) {
    const rules = rulesFrom(options)
    this.#rules = rules
    this.metadata = metadataFrom(options)
    const resourceMetadataUrl = this.metadata?.url ?? options.resourceMetadataUrl
    this.#introspector = introspectorFor(options, rules)
    const isRemembering = options.verdictCacheBytesMax > 0
    this.#judgeToken = createTokenJudge(rules, this.#introspector, isRemembering)
    const senders = openSenderRules(options.senders, options)
    const schemes = schemesOf(senders)
    this.#responses = createRefusalResponses({ ...options, resourceMetadataUrl, schemes })
    this.#obstacles = new Obstacles(senders, this.#responses)
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
    return readinessOf(this.#issuers(), this.#introspector)
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
  ): Answer {
    const policy = this.#policyOf(requirement)
    const presented = readPresentedToken(request)
    if (!presented.ok) return this.#refuse(this.#responses.of(presented.violation))
    const isFresh = requirement?.fresh === true
    const asked: AskedRequest = { presented, policy, isFresh, checkpoints, announce }
    const known = this.#verdicts.find(presented, this.#rules.clock)
    if (known !== undefined && !(isFresh && known.isIntrospected)) {
      return this.#conclude(known, asked)
    }
    if (presented.isJoined()) return this.#refuse(this.#responses.of('repeated_credentials'))
    const untried = checkpoints?.beforeJudging()
    if (untried === undefined) return this.#judge(asked)
    return untried instanceof Promise ? this.#judgeUnless(untried, asked) : this.#refuse(untried)
  }

  /** An object without a scope must be empty: with a misspelt member it would silently ask for nothing. */
  #policyOf(requirement: Requirement<unknown> | undefined): ScopePolicy<unknown> | undefined {
    if (requirement === undefined) return undefined
    if (requirement.scope !== undefined) return this.#policyFor(requirement.scope)
    if (Object.keys(requirement).every((name) => name === 'fresh')) return undefined
    throw new TypeError('requirement: expected { scope, fresh }, or nothing')
  }

  async #judgeUnless(
    untried: Promise<Refusal | undefined>,
    asked: AskedRequest,
  ): Promise<Verdict<unknown>> {
    const refusal = await untried
    return refusal === undefined ? unwrapped(this.#judge(asked)) : this.#refuse(refusal)
  }

  /** First sight of a token. */
  #judge(asked: AskedRequest): Answer {
    const judged = this.#judgeToken(asked.presented.token, asked.isFresh)
    return judged instanceof Promise
      ? judged.then((verdict) => unwrapped(this.#answerTo(verdict, asked)))
      : this.#answerTo(judged, asked)
  }

  #answerTo(judged: TokenVerdict, asked: AskedRequest): Answer {
    if (!judged.ok) {
      if (judged.violation === 'inactive') this.#verdicts.forget(asked.presented)
      return this.#refuse(this.#responseTo(judged, asked.presented.scheme))
    }
    const verdict = judged.value
    this.#verdicts.keep(verdict, asked.presented)
    const begun = verdict.revocation?.feed.begin()
    if (begun === undefined) return this.#conclude(verdict, asked)
    return begun.then(() => unwrapped(this.#conclude(verdict, asked)))
  }

  /** What a good token, known or new, is answered with. */
  #conclude(verdict: CachedVerdict, asked: AskedRequest): Answer {
    const obstacle = this.#obstacles.before(verdict, asked)
    if (obstacle === undefined) return verdict
    return obstacle instanceof Promise
      ? this.#concludeLater(obstacle, verdict)
      : this.#refuse(obstacle)
  }

  async #concludeLater(
    obstacle: Promise<Refusal | undefined>,
    { admission }: CachedVerdict,
  ): Promise<Verdict<unknown>> {
    const refusal = await obstacle
    return refusal === undefined ? admission : this.#refuse(refusal)
  }

  #responseTo(refused: Exclude<TokenVerdict, { ok: true }>, scheme: TokenScheme): Refusal {
    return 'retryAfterSeconds' in refused
      ? this.#responses.unavailable(refused.violation, refused.retryAfterSeconds)
      : this.#responses.of(refused.violation, scheme)
  }

  #refuse(refusal: Refusal): Refusal {
    this.#observer({ type: 'request_refused', code: refusal.code })
    return refusal
  }

  #issuers(): readonly IssuerTrust[] {
    return [...this.#rules.issuers.values()]
  }
}

/** What a request is answered with: an admission together with what is kept of it, where it is at hand. */
type Answer = CachedVerdict | MaybePromise<Verdict<unknown>>

function unwrapped(answer: Answer): MaybePromise<Verdict<unknown>> {
  return 'settled' in answer ? answer.admission : answer
}
