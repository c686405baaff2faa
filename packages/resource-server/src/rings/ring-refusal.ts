/**
 * The answer to a request that a ring refuses: 429, or 503 when the limits could not be asked and that is to refuse. A
 * problem document (RFC 9457) and the header fields of draft-ietf-httpapi-ratelimit-headers, all made from policies,
 * which are configuration, and from the state of the sender's own bucket. There is no challenge: another token would
 * not help.
 */
import { type HeaderField, type LimitVerdict, limitProblem } from '@mintmark/limits'
import { meaningOf, type RefusalCode } from '../refusal.ts'
import type { Refusal } from '../verdict.ts'

const FIXED: readonly HeaderField[] = [
  ['cache-control', 'no-store'],
  ['content-type', 'application/problem+json'],
]

/** The refusal for a verdict that does not allow. @param headers - What the verdict gives as header fields. */
export function ringRefusal(verdict: LimitVerdict, headers: readonly HeaderField[]): Refusal {
  const problem = limitProblem(verdict)
  const code: RefusalCode = problem.status === 503 ? 'limits_unavailable' : 'rate_limited'
  const { status, error, reason } = meaningOf(code)
  return Object.freeze({
    admitted: false,
    ...{ status, code, error, reason },
    retryAfterSeconds: Number(headers.find(([name]) => name === 'retry-after')?.[1]),
    headers: Object.freeze([...headers, ...FIXED]),
    body: JSON.stringify(problem),
  })
}
