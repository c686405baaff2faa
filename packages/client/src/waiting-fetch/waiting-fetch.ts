/**
 * A `fetch` that waits where an API asks to: around `client.fetch`, or any other.
 *
 * Invariants
 *  (1) Only a request of which sending it twice is sending it once is sent again: its method is idempotent, or it
 *      carries an `Idempotency-Key`; and its body can be sent again.
 *  (2) It never waits longer altogether than it may. A wait that would take longer is not begun: the caller gets the
 *      answer at once.
 *  (3) Every sending gets a token and a proof of its own, because it is a call of its own.
 */
import {
  type Clock,
  checkNames,
  discardBody,
  integerWithin,
  sleep,
  systemClock,
} from '@mintmark/runtime'
import type { AuthorizedFetch, AuthorizedRequestInit } from '../authorized-fetch.ts'
import { idempotentMethods } from '../idempotent-methods.ts'
import { apiSendingsMax, apiWaitMsDefault, apiWaitMsMax } from '../limits.ts'
import { isReplayable } from '../replayable-body.ts'
import { signalOf } from '../request-signal.ts'
import { askedWaitMs } from './asked-wait.ts'

/** What can be made to wait: `client.fetch`, or whatever has the signature of `fetch`. */
export type FetchToWaitWith = AuthorizedFetch

/** How long it may wait. */
export interface WaitingFetchOptions {
  /** All waits of one call together, in milliseconds, 1 to 600,000. Default 30,000. */
  readonly waitMsMax?: number
  readonly clock?: Clock
}

/**
 * Makes a `fetch` that sends a request again when the API has asked to wait, with 429 or 503 and `Retry-After`, or with
 * 429 and `RateLimit`, and gives the last answer.
 *
 * Gives the answer at once where it says nothing of that, where the request cannot be sent twice (see above; a
 * `Request` object with a body cannot), where the wait would be longer than may be waited, and the fourth time. The
 * signal of the call ends a wait, with its reason. `deadlineMs` of the call is one for all of it.
 *
 * Does not hold back other calls meanwhile, and does not count what is left: calls at the same time each wait by
 * themselves. Throws `TypeError` for an unknown option, `RangeError` for a number out of range.
 */
export function waitingFetch(
  send: FetchToWaitWith,
  options: WaitingFetchOptions = {},
): FetchToWaitWith {
  checkNames(options, ['waitMsMax', 'clock'])
  const { clock = systemClock } = options
  const asked = options.waitMsMax ?? apiWaitMsDefault
  const waitMsMax = integerWithin('waitMsMax', asked, 1, apiWaitMsMax)
  return (input, init) =>
    isRepeatable(input, init)
      ? sendPatiently(send, input, init, { clock, waitMsMax })
      : send(input, init)
}

async function sendPatiently(
  send: FetchToWaitWith,
  input: string | URL | Request,
  init: AuthorizedRequestInit | undefined,
  { clock, waitMsMax }: Required<WaitingFetchOptions>,
): Promise<Response> {
  const leftMs = deadlineOf(init, clock)
  let waitLeftMs = waitMsMax
  for (let sendings = 1; ; sendings += 1) {
    const response = await send(input, sendings === 1 ? init : withDeadline(init, leftMs()))
    const waitMs = askedWaitMs(response, clock.wallMs())
    if (waitMs === undefined || sendings === apiSendingsMax) return response
    if (waitMs > waitLeftMs || waitMs >= leftMs()) return response
    await discardBody(response)
    await sleep(clock, waitMs, signalOf(input, init))
    waitLeftMs -= waitMs
  }
}

function isRepeatable(
  input: string | URL | Request,
  init: AuthorizedRequestInit | undefined,
): boolean {
  if (!isReplayable(input, init)) return false
  const request = input instanceof Request ? input : undefined
  const method = init?.method ?? request?.method ?? 'GET'
  if (idempotentMethods.has(method.toUpperCase())) return true
  return new Headers(init?.headers ?? request?.headers).has('idempotency-key')
}

/** What is left of the deadline of the call, however many sendings it takes. */
function deadlineOf(init: AuthorizedRequestInit | undefined, clock: Clock): () => number {
  const { deadlineMs = Number.POSITIVE_INFINITY } = init ?? {}
  const atMonotonicMs = clock.monotonicMs() + deadlineMs
  return () => Math.max(1, atMonotonicMs - clock.monotonicMs())
}

function withDeadline(
  init: AuthorizedRequestInit | undefined,
  leftMs: number,
): AuthorizedRequestInit | undefined {
  return init?.deadlineMs === undefined ? init : { ...init, deadlineMs: leftMs }
}
