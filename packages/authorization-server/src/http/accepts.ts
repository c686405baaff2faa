/** What a request takes as an answer (RFC 9110 section 12.5.1). */
import { type HeaderValue, severalHeaders } from './endpoint.ts'

/**
 * Whether the value of an `Accept` header names the media type `type`, in lower case. `*` and ranges do not name it,
 * and neither do several headers of that name. Weights other than 0 play no part: who names the type wants it.
 */
export function accepts(accept: HeaderValue, type: string): boolean {
  if (accept === undefined || accept === severalHeaders) return false
  return accept.split(',').some((range) => {
    const [named = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return named === type && !parameters.some((parameter) => NEVER.test(parameter))
  })
}

const NEVER = /^q=0(?:\.0{0,3})?$/
