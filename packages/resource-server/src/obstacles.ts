/**
 * What stands between a good token, known or new, and the admission of one request with it, in this order: whether the
 * token was revoked, who presents it, how much its client asks for, whether the proof of possession was used before,
 * and its scope. Proofs are remembered in memory that all clients share, so limits come before it.
 *
 * Everything is answered in place where it can be. What waits is apart, in methods of its own: a function with a
 * closure in it makes room for that at every call.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { Announce, Checkpoints } from './guard.ts'
import type { PresentedToken } from './presented-token.ts'
import type { RefusalResponses } from './refusal-response.ts'
import { revocationRefusal } from './revocation/revocation-refusal.ts'
import type { ScopePolicy } from './scope-requirement.ts'
import type { SenderRules } from './sender-binding/sender-check.ts'
import {
  createSenderJudge,
  type ProvedSender,
  type SenderJudge,
} from './sender-binding/sender-judge.ts'
import type { Admission, Refusal } from './verdict.ts'
import type { CachedVerdict } from './verdict-cache.ts'

/** A request with a token, and what its route asks for. */
export interface AskedRequest {
  readonly presented: PresentedToken
  readonly policy: ScopePolicy<unknown> | undefined
  /** Whether a token that is introspected has to be asked about anew. */
  readonly isFresh: boolean
  readonly checkpoints: Checkpoints | undefined
  readonly announce: Announce | undefined
}

type Obstacle = Refusal | undefined

type JudgedSender = Refusal | ProvedSender | undefined

/** The obstacles of one guard. */
export class Obstacles {
  readonly #responses: RefusalResponses
  readonly #judgeSender: SenderJudge
  readonly #isBindingRequired: boolean

  constructor(senders: SenderRules, responses: RefusalResponses) {
    this.#responses = responses
    this.#judgeSender = createSenderJudge(senders, responses)
    this.#isBindingRequired = senders.required !== undefined
  }

  /** The first of them; `undefined` when nothing is in the way. */
  before(verdict: CachedVerdict, asked: AskedRequest): MaybePromise<Obstacle> {
    const { feed, admission } = verdict
    if (feed !== undefined && !feed.isClearedBy(verdict.clearedInGeneration)) {
      const revoked = this.#revoked(verdict, asked)
      if (revoked !== undefined) return revoked
      verdict.clearedInGeneration = feed.generation
    }
    const sender = this.#senderOf(verdict, asked)
    return sender instanceof Promise
      ? this.#proving(sender, admission, asked)
      : this.#oncePresented(sender, admission, asked)
  }

  #revoked({ revocation }: CachedVerdict, { presented }: AskedRequest): Obstacle {
    return revocation && revocationRefusal(revocation, presented.scheme, this.#responses)
  }

  /** A bearer token proves itself; where it is enough, nothing is looked at. */
  #senderOf(
    verdict: CachedVerdict,
    { presented, announce }: AskedRequest,
  ): MaybePromise<JudgedSender> {
    const isBearer = verdict.confirmation === undefined && presented.scheme === 'Bearer'
    if (isBearer && !this.#isBindingRequired) return undefined
    return this.#judgeSender(verdict, presented, announce)
  }

  async #proving(
    judging: Promise<JudgedSender>,
    admission: Admission<unknown>,
    asked: AskedRequest,
  ): Promise<Obstacle> {
    return this.#oncePresented(await judging, admission, asked)
  }

  #oncePresented(
    sender: JudgedSender,
    admission: Admission<unknown>,
    asked: AskedRequest,
  ): MaybePromise<Obstacle> {
    if (sender === undefined) return this.#onceProved(admission, asked)
    return 'useProof' in sender ? this.#usingProof(sender, admission, asked) : sender
  }

  /** A request that is too much uses no proof up. */
  async #usingProof(
    sender: ProvedSender,
    admission: Admission<unknown>,
    asked: AskedRequest,
  ): Promise<Obstacle> {
    const limited = await asked.checkpoints?.onceVerified(admission)
    if (limited !== undefined) {
      sender.withdrawProof()
      return limited
    }
    return (await sender.useProof()) ?? this.#lackOf(admission, asked)
  }

  #onceProved(admission: Admission<unknown>, asked: AskedRequest): MaybePromise<Obstacle> {
    const limited = asked.checkpoints?.onceVerified(admission)
    if (limited === undefined) return this.#lackOf(admission, asked)
    return limited instanceof Promise ? this.#counting(limited, admission, asked) : limited
  }

  async #counting(
    limited: Promise<Obstacle>,
    admission: Admission<unknown>,
    asked: AskedRequest,
  ): Promise<Obstacle> {
    return (await limited) ?? this.#lackOf(admission, asked)
  }

  /** The refusal of an admission whose scope is not enough for the route. */
  #lackOf(admission: Admission<unknown>, { policy, presented }: AskedRequest): Obstacle {
    if (policy === undefined || policy.permits(admission.scope, admission.claims)) return undefined
    return this.#responses.insufficientScope(policy.required, presented.scheme)
  }
}
