/**
 * The answers themselves: status, header fields and body of every refusal (RFC 6750 section 3, RFC 9449 section 7.1,
 * RFC 9728 section 5.1).
 *
 * Invariants
 *  (1) Text comes from the refusal table, from the configuration and from the route's scope requirement; this file
 *      is given nothing else to write.
 *  (2) A 503 carries no challenge: it asks the client to wait, not to get another token.
 *  (3) Every other refusal challenges with each scheme that could have worked, in one field. What was wrong is said in
 *      the challenge of the scheme that the token came under, which is the first.
 */
import { signatureAlgorithms } from '@mintmark/jwt'
import { type ScopeSet, serialiseChallenge } from '@mintmark/protocol'
import type { TokenScheme } from './presented-token.ts'
import {
  type LimitCode,
  meaningOf,
  type NonceViolation,
  type RefusalCode,
  type RefusalMeaning,
  type UnavailableCode,
} from './refusal.ts'
import { NONCE_FIELD } from './sender-binding/proof-check.ts'
import type { Refusal } from './verdict.ts'

/** Makes refusals for one guard. What does not vary is made once and shared. */
export interface RefusalResponses {
  /** The refusal for `code`, frozen. */
  of(code: FixedCode, scheme?: TokenScheme): Refusal
  /** A 403 that names the scope, or none when a predicate decided (RFC 6750 section 3.1). */
  insufficientScope(required: ScopeSet | undefined, scheme?: TokenScheme): Refusal
  /** A 401 that asks for a proof with `nonce` (RFC 9449 section 9). @param nonce - One that we made. */
  nonceNeeded(code: NonceViolation, nonce: string): Refusal
  /** A 503 with `Retry-After`. @param retryAfterSeconds - Rounded up to a whole second, at least 1. */
  unavailable(code: UnavailableCode, retryAfterSeconds: number): Refusal
}

/** A code whose refusal is always the same. */
export type FixedCode = Exclude<
  RefusalCode,
  'insufficient_scope' | NonceViolation | UnavailableCode | LimitCode
>

/** What the challenges of one guard say. */
export interface ChallengeTexts {
  /** Protection space named in every challenge; visible ASCII and spaces. */
  readonly realm: string
  /** URL of the protected resource metadata (RFC 9728), added to every challenge. */
  readonly resourceMetadataUrl: string | undefined
  /** The schemes under which a token can be admitted; at least one. */
  readonly schemes: readonly TokenScheme[]
}

/** Creates the refusals of one guard. */
export function createRefusalResponses(texts: ChallengeTexts): RefusalResponses {
  const made = { Bearer: new Map<RefusalCode, Refusal>(), DPoP: new Map<RefusalCode, Refusal>() }
  const challenge = (meaning: RefusalMeaning, scheme: TokenScheme, scope?: string) =>
    ['www-authenticate', challengesFor(texts, meaning, scheme, scope)] as const
  return {
    of(code, scheme = 'Bearer') {
      const known = made[scheme].get(code)
      if (known !== undefined) return known
      const meaning = meaningOf(code)
      const refusal = respond(code, meaning, [challenge(meaning, scheme)])
      made[scheme].set(code, refusal)
      return refusal
    },
    insufficientScope(required, scheme = 'Bearer') {
      const meaning = meaningOf('insufficient_scope')
      return respond('insufficient_scope', meaning, [challenge(meaning, scheme, required?.text)])
    },
    nonceNeeded(code, nonce) {
      const meaning = meaningOf(code)
      return respond(code, meaning, [challenge(meaning, 'DPoP'), [NONCE_FIELD, nonce]])
    },
    unavailable(code, retryAfterSeconds) {
      const seconds = Math.max(1, Math.ceil(retryAfterSeconds))
      const meaning = meaningOf(code)
      return respond(code, meaning, [['retry-after', String(seconds)]], seconds)
    },
  }
}

/** What was wrong goes to the scheme that the token came under, or to the only one that there is. */
function challengesFor(
  texts: ChallengeTexts,
  meaning: RefusalMeaning,
  scheme: TokenScheme,
  scope: string | undefined,
): string {
  const { schemes } = texts
  const first = schemes.find((accepted) => accepted === scheme) ?? schemes[0]
  const others = schemes.filter((accepted) => accepted !== first)
  return [
    ...(first === undefined ? [] : [challengeOf(first, texts, meaning, scope)]),
    ...others.map((other) => challengeOf(other, texts, meaningOf('no_credentials'), undefined)),
  ].join(', ')
}

function challengeOf(
  scheme: TokenScheme,
  texts: ChallengeTexts,
  meaning: RefusalMeaning,
  scope: string | undefined,
): string {
  const parameters = challengeParameters(texts, meaning, scope)
  if (scheme === 'DPoP') parameters.push(['algs', signatureAlgorithms.join(' ')])
  return serialiseChallenge(scheme, parameters)
}

function challengeParameters(
  { realm, resourceMetadataUrl }: ChallengeTexts,
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
