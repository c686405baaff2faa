/**
 * One request to a protected route on its way past the rings.
 *
 * Invariants
 *  (1) It counts once: in the partner ring when token and sender are verified, whatever becomes of it then; in the
 *      public ring when it is refused before that. An outage of ours that shows before counts nowhere.
 *  (2) A bucket of a client is touched only once its token is verified, so nobody uses up another one's.
 *  (3) Before that nothing is asked of the rings about a token seen before: a flood of bad tokens from an address does
 *      not stop the partners behind it. It stops first sights only when forgeries have used up what their address has.
 *  (4) What an answer says about limits is about the bucket that the request counted in.
 */
import type { LimitVerdict, MaybePromise, RingVerdict } from '@mintmark/limits'
import { rateLimitHeaders } from '@mintmark/limits'
import type { Announce, Checkpoints } from '../guard.ts'
import type { GuardedRequest } from '../guarded-request.ts'
import type { RefusalCode } from '../refusal.ts'
import type { Admission, Refusal, Verdict } from '../verdict.ts'
import { ringRefusal } from './ring-refusal.ts'
import type { RouteRings } from './route-rings.ts'

/** What it takes a signature check or a question to the authorization server to find out. */
const FORGERIES: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['bad_signature', 'inactive'])

/** A request on its way. The guard asks at its checkpoints; `conclude` comes last. */
export class RequestAtRings implements Checkpoints {
  readonly #rings: RouteRings
  readonly #request: GuardedRequest
  readonly #announce: Announce
  #isCounted = false
  /** Read when it is first asked for, which of an admitted token seen before it never is. */
  #address: { readonly found: ReturnType<RouteRings['addressOf']> } | undefined

  constructor(rings: RouteRings, request: GuardedRequest, announce: Announce) {
    this.#rings = rings
    this.#request = request
    this.#announce = announce
  }

  beforeJudging(): MaybePromise<Refusal | undefined> {
    const verdict = this.#rings.trial(this.#addressOnce())
    return verdict instanceof Promise
      ? verdict.then((later) => this.#afterTrial(later))
      : this.#afterTrial(verdict)
  }

  onceVerified(admission: Admission<unknown>): MaybePromise<Refusal | undefined> {
    this.#isCounted = true
    const answer = this.#rings.ofClient(admission)
    return answer instanceof Promise
      ? answer.then((later) => this.#said(later))
      : this.#said(answer)
  }

  /** The verdict on the request, or the refusal of the public ring in its place. */
  conclude<Claims>(verdict: Verdict<Claims>): MaybePromise<Verdict<Claims>> {
    if (verdict.admitted || this.#isCounted || verdict.status === 503) return verdict
    if (FORGERIES.has(verdict.code)) void this.#rings.countForgery(this.#addressOnce())
    const answer = this.#rings.ofAddress(this.#addressOnce(), 1)
    return answer instanceof Promise
      ? answer.then((later) => this.#said(later) ?? verdict)
      : (this.#said(answer) ?? verdict)
  }

  #addressOnce(): ReturnType<RouteRings['addressOf']> {
    this.#address ??= { found: this.#rings.addressOf(this.#request) }
    return this.#address.found
  }

  #afterTrial(verdict: LimitVerdict): Refusal | undefined {
    if (verdict.allowed) return undefined
    this.#isCounted = true
    return ringRefusal(verdict, rateLimitHeaders(verdict))
  }

  #said(answer: RingVerdict): Refusal | undefined {
    if (!answer.allowed) return ringRefusal(answer.verdict, answer.headers)
    for (const [name, value] of answer.headers) this.#announce(name, value)
    return undefined
  }
}
