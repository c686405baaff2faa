/** Answers of the proxy itself, as problems (RFC 9457): fixed text, nothing of what was sent by either side. */
import type { Field } from './identity-headers.ts'
import type { RefusedAnswer } from './own-refusal.ts'
import type { MessageViolation } from './proxied-message.ts'

/** Why there is no answer of the API. */
export type UpstreamFailure = 'upstream_unreachable' | 'upstream_failed' | 'upstream_timed_out'

/** Why the proxy answers by itself. */
export type ProxyRefusalCode = MessageViolation | UpstreamFailure | 'expectation_failed'

/** The answer for `code`. A connection on which a body may follow is closed. */
export function proxyRefusal(code: ProxyRefusalCode): RefusedAnswer {
  switch (code) {
    case 'method_not_supported':
      return problem(501, code, 'The method is not supported')
    case 'target_malformed':
      return problem(400, code, 'The request target is malformed')
    case 'host_malformed':
      return problem(400, code, 'There is not exactly one well-formed Host field')
    case 'transfer_coding_unknown':
      return problem(501, code, 'The transfer coding is not supported')
    case 'upgrade_not_supported':
      return problem(501, code, 'The protocol of the connection cannot be changed')
    case 'body_too_large':
      return problem(413, code, 'The body is too large')
    case 'expectation_failed':
      return problem(417, code, 'The expectation cannot be met')
    case 'upstream_unreachable':
      return problem(502, code, 'The API cannot be reached')
    case 'upstream_failed':
      return problem(502, code, 'The API gave no usable answer')
    case 'upstream_timed_out':
      return problem(504, code, 'The API took too long to answer')
  }
}

function problem(status: number, code: ProxyRefusalCode, title: string): RefusedAnswer {
  const fields: readonly Field[] = [
    ['cache-control', 'no-store'],
    ['content-type', 'application/problem+json'],
  ]
  return { status, code, fields, body: JSON.stringify({ type: 'about:blank', title, status }) }
}
