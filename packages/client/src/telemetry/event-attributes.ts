/** What of an event becomes an attribute: an allow-list, so that a new member stays out until it is named here. */
import type { Attributes } from '@opentelemetry/api'
import type { TokenClientEvent } from '../events.ts'

/** The two events that tell how token requests ended. */
export type TokenRequestEnd = Extract<
  TokenClientEvent,
  { readonly type: 'token_obtained' | 'token_request_failed' }
>

/** Whether an event ends token requests of this process. A token that another process obtained took none. */
export function isTokenRequestEnd(event: TokenClientEvent): event is TokenRequestEnd {
  if (event.type === 'token_obtained') return event.attempts > 0
  return event.type === 'token_request_failed'
}

/** How a token request ended, from fixed lists. */
export function outcomeAttributes(event: TokenRequestEnd): Attributes {
  const { trigger } = event
  if (event.type === 'token_obtained') {
    return { 'mintmark.outcome': 'obtained', 'mintmark.trigger': trigger }
  }
  const { code, kind } = event.error
  return {
    'mintmark.outcome': 'failed',
    'mintmark.trigger': trigger,
    'mintmark.failure.kind': kind,
    'error.type': code,
  }
}

/** The same and what tells one token request from another. */
export function spanAttributes(event: TokenRequestEnd): Attributes {
  const { scope } = event.request
  const shared = {
    ...outcomeAttributes(event),
    ...(scope !== undefined && { 'mintmark.scope': scope }),
    'mintmark.callers': event.callers,
  }
  if (event.type === 'token_obtained') {
    return {
      ...shared,
      'mintmark.attempts': event.attempts,
      'mintmark.token.fingerprint': event.fingerprint,
      'mintmark.token.lifetime_seconds': event.lifetimeSeconds,
    }
  }
  const { attempts, httpStatus, oauthError, causeCode, servedFromCacheUntil } = event.error
  return {
    ...shared,
    'mintmark.attempts': attempts,
    'mintmark.served_from_cache': servedFromCacheUntil !== undefined,
    ...(httpStatus !== undefined && { 'http.response.status_code': httpStatus }),
    ...(oauthError !== undefined && { 'mintmark.oauth_error': oauthError }),
    ...(causeCode !== undefined && { 'mintmark.cause': causeCode }),
  }
}

/** What kind of event it is, from fixed lists. */
export function eventAttributes(event: TokenClientEvent): Attributes {
  const detail = detailOf(event)
  return {
    'mintmark.event': event.type,
    ...(detail !== undefined && { 'mintmark.reason': detail }),
  }
}

function detailOf(event: TokenClientEvent): string | undefined {
  if ('reason' in event) return event.reason
  if ('about' in event) return event.about
  return 'by' in event ? event.by : undefined
}
