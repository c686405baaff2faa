/**
 * The answers themselves: status, header fields and body of every refusal (RFC 6750 section 3, RFC 9728 section 5.1).
 *
 * Invariants
 *  (1) Text comes from the refusal table, from the configuration and from the route's scope requirement; this file
 *      is given nothing else to write.
 *  (2) A 503 carries no challenge: it asks the client to wait, not to get another token.
 */
import { type ScopeSet, serialiseChallenge } from '@mintmark/protocol'
import {
  type LimitCode,
  meaningOf,
  type RefusalCode,
  type RefusalMeaning,
  type UnavailableCode,
} from './refusal.ts'
import type { Refusal } from './verdict.ts'

/** Makes refusals for one guard. What does not vary is made once and shared. */
export interface RefusalResponses {
  /** The refusal for `code`, frozen. */
  of(code: Exclude<RefusalCode, 'insufficient_scope' | UnavailableCode | LimitCode>): Refusal
  /** A 403 that names the scope, or none when a predicate decided (RFC 6750 section 3.1). */
  insufficientScope(required: ScopeSet | undefined): Refusal
  /** A 503 with `Retry-After`. @param retryAfterSeconds - Rounded up to a whole second, at least 1. */
  unavailable(code: UnavailableCode, retryAfterSeconds: number): Refusal
}

/**
 * Creates the refusals of one guard.
 *
 * @param realm - Protection space named in every challenge; visible ASCII and spaces.
 * @param resourceMetadataUrl - URL of the protected resource metadata (RFC 9728), added to every challenge.
 */
export function createRefusalResponses(
  realm: string,
  resourceMetadataUrl: string | undefined,
): RefusalResponses {
  const made = new Map<RefusalCode, Refusal>()
  const challenge = (meaning: RefusalMeaning, scope?: string): string =>
    serialiseChallenge('Bearer', challengeParameters(realm, resourceMetadataUrl, meaning, scope))
  return {
    of(code) {
      const known = made.get(code)
      if (known !== undefined) return known
      const meaning = meaningOf(code)
      const refusal = respond(code, meaning, [['www-authenticate', challenge(meaning)]])
      made.set(code, refusal)
      return refusal
    },
    insufficientScope(required) {
      const meaning = meaningOf('insufficient_scope')
      const value = challenge(meaning, required?.text)
      return respond('insufficient_scope', meaning, [['www-authenticate', value]])
    },
    unavailable(code, retryAfterSeconds) {
      const seconds = Math.max(1, Math.ceil(retryAfterSeconds))
      const meaning = meaningOf(code)
      return respond(code, meaning, [['retry-after', String(seconds)]], seconds)
    },
  }
}

function challengeParameters(
  realm: string,
  resourceMetadataUrl: string | undefined,
  meaning: RefusalMeaning,
  scope: string | undefined,
): [string, string][] {
  const parameters: [string, string][] = [['realm', realm]]
  if (meaning.error !== undefined) parameters.push(['error', meaning.error])
  if (meaning.description !== '') parameters.push(['error_description', meaning.description])
  if (meaning.reason !== undefined) parameters.push(['reason', meaning.reason])
  if (scope !== undefined) parameters.push(['scope', scope])
  if (resourceMetadataUrl !== undefined) {
    parameters.push(['resource_metadata', resourceMetadataUrl])
  }
  return parameters
}

function respond(
  code: RefusalCode,
  meaning: RefusalMeaning,
  particular: readonly (readonly [string, string])[],
  retryAfterSeconds?: number,
): Refusal {
  const body = bodyOf(meaning)
  const headers: (readonly [string, string])[] = [...particular, ['cache-control', 'no-store']]
  if (body !== '') headers.push(['content-type', 'application/json'])
  return Object.freeze({
    admitted: false,
    status: meaning.status,
    code,
    error: meaning.error,
    reason: meaning.reason,
    retryAfterSeconds,
    headers: Object.freeze(headers.map((header) => Object.freeze(header))),
    body,
  })
}

/** RFC 6750 section 3.1 wants no error information for a request without credentials: then there is no body. */
function bodyOf({ error, description }: RefusalMeaning): string {
  if (description === '') return ''
  return JSON.stringify({
    error: error ?? 'temporarily_unavailable',
    error_description: description,
  })
}
