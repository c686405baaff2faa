/**
 * Says in one line why an API refused a call, as far as its status and its Bearer challenge tell
 * (RFC 6750 section 3).
 *
 * Words come from tables here; of the response only what fits the grammar of a scope is repeated.
 */
import { parseChallenges, parseScope } from '@mintmark/protocol'

/** What an operator can do about each `error` of RFC 6750 section 3.1. */
const errors: ReadonlyMap<string, string> = new Map([
  ['invalid_request', 'the request is not one the API understands'],
  ['invalid_token', 'the API does not accept this token'],
  ['insufficient_scope', 'the token does not carry the scope this call needs'],
])

/** The `reason` that Mintmark's guard adds to a challenge. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['malformed', 'it is malformed'],
  ['wrong_type', 'it is not an access token'],
  ['wrong_algorithm', 'the API does not accept its signature algorithm'],
  ['wrong_issuer', 'the API trusts another issuer'],
  ['unknown_key', 'the API does not find the key that signed it'],
  ['bad_signature', 'its signature is wrong'],
  ['missing_claim', 'it lacks a claim'],
  ['malformed_claim', 'a claim in it is malformed'],
  ['wrong_audience', 'it is meant for another API; name this one with --resource or --audience'],
  ['expired', 'it has expired; compare the clocks'],
  ['not_yet_valid', 'it is not valid yet; compare the clocks'],
  ['lifetime_too_long', 'it lives longer than the API accepts'],
  ['sender_constrained', 'it is bound to a key of its client'],
  ['not_bound', 'it is not bound to a key or certificate as the API requires'],
  ['dpop_not_accepted', 'the API takes no tokens bound to a key'],
  ['wrong_proof_key', 'it is bound to another key'],
  ['missing_certificate', 'it is bound to a certificate; connect with it'],
  ['wrong_certificate', 'it is bound to another certificate'],
  ['revoked', 'it was revoked'],
])

/** `HTTP 403: the token does not carry the scope this call needs (decisions:read)`. */
export function explainRefusal(response: Response): string {
  const { status } = response
  const explanation = explanationOf(response)
  return explanation === undefined ? `HTTP ${status}` : `HTTP ${status}: ${explanation}`
}

function explanationOf({ status, headers }: Response): string | undefined {
  if (status === 429 || status === 503) return waitText(headers.get('retry-after'))
  if (status !== 400 && status !== 401 && status !== 403) return undefined
  const value = headers.get('www-authenticate')
  const bearer = parseChallenges(value ?? '').find(({ scheme }) => scheme === 'bearer')
  if (bearer === undefined) {
    if (status === 400) return undefined
    return 'without a Bearer challenge; the refusal is not about the token, or the API does not say'
  }
  const { parameters } = bearer
  const error = errors.get(parameters.get('error') ?? '')
  const reason = reasons.get(parameters.get('reason') ?? '')
  const text = [error ?? 'the API asks for a token', reason].filter(Boolean).join(': ')
  return text + scopeText(parameters.get('scope'))
}

function scopeText(scope: string | undefined): string {
  if (scope === undefined) return ''
  const parsed = parseScope(scope)
  return parsed.ok ? ` (${parsed.value.text})` : ''
}

function waitText(retryAfter: string | null): string | undefined {
  if (retryAfter === null || !/^\d{1,9}$/.test(retryAfter)) return undefined
  return `try again in ${retryAfter} s`
}
