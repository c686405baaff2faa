/** A limit on the way of a request. */
import type { LimitVerdict } from '@mintmark/limits'
import type { EndpointResponse } from '../http/endpoint.ts'
import type { LimitAnswer } from '../request-limits/request-limits.ts'
import { serverError } from '../respond.ts'

/** Takes an answer, once. */
export type Answer = (response: EndpointResponse) => void

/** What follows a limit. */
export interface LimitStep {
  /** The answer when the limit refuses. */
  refused(verdict: LimitVerdict): EndpointResponse
  /** What comes next when it does not; without a verdict where nothing was limited. */
  goOn(verdict: LimitVerdict | undefined): void
}

/**
 * Takes the step: at once where the limiter answers at once, and later where it is asked elsewhere. A bug behind the
 * promise must not leave the caller without an answer.
 */
export function takeStep(limited: LimitAnswer, step: LimitStep, answer: Answer): void {
  const follow = (verdict: LimitVerdict | undefined): void => {
    if (verdict === undefined || verdict.allowed) step.goOn(verdict)
    else answer(step.refused(verdict))
  }
  if (limited instanceof Promise) limited.then(follow).catch(() => answer(serverError))
  else follow(limited)
}
