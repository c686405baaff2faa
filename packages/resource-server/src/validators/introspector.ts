/**
 * Judges tokens by asking their issuer, as seldom as the options allow.
 *
 * Invariants
 *  (1) An active answer is used until `cacheSecondsMax` after the question was sent, and until the token expires,
 *      whichever comes first. Who wants a fresh answer gets one whose question was sent after the request came in.
 *  (2) At most one question about a token is under way that others wait for, and so many altogether; whoever comes on
 *      top is told to come back, and waits for nothing.
 *  (3) No answer is no verdict: it is 503, and nothing is remembered of it. A guard that is not known to the issuer is
 *      an outage of ours, not of the caller.
 *  (4) What one token makes the issuer answer stops no question about another.
 *  (5) What is no token by its grammar is not asked about (RFC 6750 section 2.1).
 */
import type { WantedKey } from '@mintmark/jwt'
import { type AccessTokenValue, accepted, type IssuerIdentifier, refused } from '@mintmark/protocol'
import { createAdmission } from '../admission.ts'
import type { GuardState } from '../guard.ts'
import type { IntrospectionWorld, Introspector } from '../introspection.ts'
import type { IssuerEndpoint } from '../issuer-endpoint.ts'
import { opaqueTokenLengthMax } from '../limits.ts'
import { RefusedTokens } from '../refused-tokens.ts'
import { checkFor } from '../revocation/revocation-check.ts'
import { type IssuerTrust, type TokenVerdict, timesOf } from '../token-verdict.ts'
import type { CachedVerdict, KeyVoucher } from '../verdict-cache.ts'
import { judgeAnswer } from './introspected-claims.ts'
import {
  askAbout,
  type IntrospectionAnswer,
  type IntrospectionExchange,
  introspectionFailed,
} from './introspection-answer.ts'
import type { IntrospectionFailure } from './introspection-failure.ts'
import type { ResolvedIntrospection } from './introspection-options.ts'
import { IntrospectionPause } from './introspection-pause.ts'

/** What an introspector needs of its guard and options. */
export interface IntrospectorParts {
  readonly world: IntrospectionWorld
  readonly trust: IssuerTrust
  readonly endpoint: IssuerEndpoint
  readonly exchange: IntrospectionExchange
  readonly options: ResolvedIntrospection
}

interface Flight {
  readonly answer: Promise<IntrospectionAnswer>
  readonly askedAtMonotonicMs: number
  readonly askedAtWallMs: number
}

/** Answers for verdicts that stand on an issuer's word, by the instant of the question. */
class Recency implements KeyVoucher {
  readonly #parts: IntrospectorParts

  constructor(parts: IntrospectorParts) {
    this.#parts = parts
  }

  vouchesFor(askedAtMonotonicMs: number): boolean {
    const { world, options } = this.#parts
    return world.rules.clock.monotonicMs() - askedAtMonotonicMs < options.cacheMs
  }
}

/** The introspector of one guard. */
export class TokenIntrospector implements Introspector {
  readonly issuer: IssuerIdentifier
  readonly confirmsJwts: boolean
  readonly #parts: IntrospectorParts
  readonly #recency: Recency
  readonly #refused: RefusedTokens
  readonly #pause: IntrospectionPause
  /** By token. Whoever asks for a fresh answer takes the place of an earlier flight, which goes on. */
  readonly #joinable = new Map<string, Flight>()
  readonly #controllers = new Set<AbortController>()
  #isDisposed = false

  constructor(parts: IntrospectorParts) {
    this.#parts = parts
    this.issuer = parts.trust.issuer
    this.confirmsJwts = parts.options.confirmsJwts
    this.#recency = new Recency(parts)
    this.#refused = new RefusedTokens(parts.options.inactiveSeconds)
    this.#pause = new IntrospectionPause(parts.world.random)
  }

  async judge(token: AccessTokenValue, isFresh: boolean): Promise<TokenVerdict> {
    const text = token.reveal()
    if (text.length > opaqueTokenLengthMax || !BEARER_TOKEN.test(text)) {
      return refused('malformed_token')
    }
    const known = this.#knownRefusal(text, isFresh)
    if (known !== undefined) return known
    const flight = this.#flightFor(token, isFresh)
    if ('ok' in flight) return flight
    const answer = await flight.answer
    if (!answer.ok) return this.#unavailable(answer.retryAfterSeconds)
    return this.#remembering(text, await this.#verdictOn(token, answer.response, flight))
  }

  async confirm(verdict: CachedVerdict, isFresh: boolean): Promise<TokenVerdict> {
    if (verdict.admission.issuer !== this.#parts.trust.expected.issuer) return accepted(verdict)
    const text = verdict.token.reveal()
    const known = this.#knownRefusal(text, isFresh)
    if (known !== undefined) return known
    const flight = this.#flightFor(verdict.token, isFresh)
    if ('ok' in flight) return flight
    const answer = await flight.answer
    if (!answer.ok) return this.#unavailable(answer.retryAfterSeconds)
    const { response } = answer
    if (response === 'malformed_claim') return this.#remembering(text, refused('claim_malformed'))
    if (!response.active) return this.#remembering(text, refused('inactive'))
    return accepted(this.#confirmed(verdict, flight, response.expiresAtSeconds))
  }

  state(): GuardState {
    return this.#pause.isFailing ? 'failing' : 'ready'
  }

  async warm(): Promise<void> {
    const { endpoint } = this.#parts
    if (endpoint.url === undefined && !this.#isDisposed) {
      await this.#withinDeadline(async (signal) => {
        await endpoint.find(signal)
        return introspectionFailed('endpoint_not_found')
      })
    }
  }

  dispose(): void {
    this.#isDisposed = true
    for (const controller of this.#controllers) controller.abort()
    this.#refused.clear()
  }

  #knownRefusal(text: string, isFresh: boolean): TokenVerdict | undefined {
    if (isFresh) return undefined
    const violation = this.#refused.find(text, this.#monotonicMs())
    return violation === undefined ? undefined : refused(violation)
  }

  #remembering(text: string, verdict: TokenVerdict): TokenVerdict {
    if (verdict.ok) this.#refused.drop(text)
    else if (!('retryAfterSeconds' in verdict)) {
      this.#refused.keep(text, verdict.violation, this.#monotonicMs())
    }
    return verdict
  }

  /** The question under way, or a new one, or why there is none. */
  #flightFor(token: AccessTokenValue, isFresh: boolean): Flight | TokenVerdict {
    const text = token.reveal()
    const joinable = isFresh ? undefined : this.#joinable.get(text)
    if (joinable !== undefined) return joinable
    const underWay = this.#controllers.size
    const remainingMs = this.#pause.remainingMs(this.#monotonicMs(), underWay)
    if (remainingMs !== undefined) return this.#unavailable(remainingMs / 1000)
    if (this.#isDisposed || underWay >= this.#parts.options.concurrentMax) {
      return this.#unavailable(1)
    }
    const { clock } = this.#parts.world.rules
    const flight: Flight = {
      askedAtMonotonicMs: clock.monotonicMs(),
      askedAtWallMs: clock.wallMs(),
      answer: this.#ask(token).finally(() => {
        if (this.#joinable.get(text) === flight) this.#joinable.delete(text)
      }),
    }
    this.#joinable.set(text, flight)
    return flight
  }

  async #ask(token: AccessTokenValue): Promise<IntrospectionAnswer> {
    const { endpoint, exchange, trust, world } = this.#parts
    const answer = await this.#withinDeadline(async (signal) => {
      const url = await endpoint.find(signal)
      if (url === undefined) return introspectionFailed('endpoint_not_found')
      return await askAbout(token, url, exchange, signal)
    })
    if (answer.ok) {
      this.#pause.answered()
      return answer
    }
    const { failure, retryAfterSeconds } = answer
    if (!ABOUT_ONE_TOKEN.has(failure)) {
      endpoint.distrust()
      this.#pause.failed(failure, retryAfterSeconds, this.#monotonicMs())
    }
    const { issuer } = trust.expected
    if (!this.#isDisposed) world.observer({ type: 'introspection_failed', issuer, failure })
    return answer
  }

  async #withinDeadline(
    work: (signal: AbortSignal) => Promise<IntrospectionAnswer>,
  ): Promise<IntrospectionAnswer> {
    const { world, options } = this.#parts
    const controller = new AbortController()
    this.#controllers.add(controller)
    const deadline = world.rules.clock.schedule(options.deadlineMs, () => controller.abort())
    const tooLate = new Promise<IntrospectionAnswer>((resolve) => {
      const end = (): void => resolve(introspectionFailed('deadline_exceeded'))
      controller.signal.addEventListener('abort', end, { once: true })
    })
    try {
      return await Promise.race([work(controller.signal), tooLate])
    } finally {
      deadline.cancel()
      this.#controllers.delete(controller)
    }
  }

  async #verdictOn(
    token: AccessTokenValue,
    response: Extract<IntrospectionAnswer, { ok: true }>['response'],
    { askedAtMonotonicMs, askedAtWallMs }: Flight,
  ): Promise<TokenVerdict> {
    if (response === 'malformed_claim') return refused('claim_malformed')
    if (!response.active) return refused('inactive')
    const { world, trust, options } = this.#parts
    const { rules } = world
    const answerRules = { rules, trust, acceptMissingAudience: options.acceptMissingAudience }
    const judged = await judgeAnswer(response, token, askedAtWallMs, answerRules)
    if (!judged.ok) return judged
    const { claims } = judged.value
    const admission = createAdmission(judged.value, token, rules.engine)
    return accepted({
      token,
      admission,
      settled: Promise.resolve(admission),
      confirmation: claims.cnf,
      feed: trust.feed,
      clearedInGeneration: -1,
      revocation: trust.feed && (await checkFor(claims, undefined, trust.feed, rules.engine)),
      keys: this.#recency,
      wanted: noKey,
      generation: askedAtMonotonicMs,
      ...timesOf(claims, trust.expected),
      isIntrospected: true,
    })
  }

  /** The verdict on a JWT ends with its key, with its recency, and with the earlier of two expiries. */
  #confirmed(
    verdict: CachedVerdict,
    { askedAtMonotonicMs }: Flight,
    expiresAtSeconds = Number.POSITIVE_INFINITY,
  ): CachedVerdict {
    const { clockToleranceSeconds } = this.#parts.trust.expected
    return {
      ...verdict,
      keys: {
        vouchesFor: (generation, wanted) =>
          this.#recency.vouchesFor(askedAtMonotonicMs) &&
          verdict.keys.vouchesFor(generation, wanted),
      },
      expiresAtWallSeconds: Math.min(
        verdict.expiresAtWallSeconds,
        expiresAtSeconds + clockToleranceSeconds,
      ),
      isIntrospected: true,
    }
  }

  #unavailable(seconds: number): TokenVerdict {
    const retryAfterSeconds = Math.max(1, seconds)
    return { ok: false, violation: 'introspection_unavailable', retryAfterSeconds }
  }

  #monotonicMs(): number {
    return this.#parts.world.rules.clock.monotonicMs()
  }
}

const ABOUT_ONE_TOKEN: ReadonlySet<IntrospectionFailure> = new Set<IntrospectionFailure>([
  'question_refused',
  'body_too_large',
])

/** `b64token` of RFC 6750 section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/** An introspected token names none: its verdict does not stand on a key. */
const noKey: WantedKey = { alg: 'ES256', kid: undefined }
