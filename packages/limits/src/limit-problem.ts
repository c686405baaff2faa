/** A refusal as a problem document (RFC 9457), with the types of draft-ietf-httpapi-ratelimit-headers-11 section 5. */
import type { LimitVerdict } from './limiter.ts'

/** A problem document; `application/problem+json` is its media type. */
export interface LimitProblem {
  readonly type: string
  readonly title: string
  readonly status: 429 | 503
  readonly 'violated-policies'?: readonly string[]
}

const TYPES = 'https://iana.org/assignments/http-problem-types#'

/** The status of a refusal: 429, or 503 when nobody exceeded anything and the limits could not be asked. */
export function refusalStatus({ basis }: LimitVerdict): 429 | 503 {
  return basis === 'nothing' ? 503 : 429
}

/** The document for a verdict that refuses. Holds names of policies, which are configuration, and nothing else. */
export function limitProblem(verdict: LimitVerdict): LimitProblem {
  const status = refusalStatus(verdict)
  if (status === 503) {
    return {
      type: `${TYPES}temporary-reduced-capacity`,
      title: 'Temporary reduced capacity',
      status,
    }
  }
  const violated = verdict.violated.map(({ name }) => name)
  const title = 'Request cannot be satisfied as assigned quota has been exceeded'
  return { type: `${TYPES}quota-exceeded`, title, status, 'violated-policies': violated }
}
