/**
 * What an answer of the token endpoint means (RFC 6749 sections 5.1 and 5.2). Pure: everything is
 * decided from status, headers and text, so that hostile answers are tested as a table.
 */
import {
  parseTokenError,
  parseTokenResponse,
  type TokenErrorLeniency,
  type TokenResponse,
} from '@mintmark/protocol'
import type { BoundedText } from '@mintmark/runtime'
import type { Failure, FailureCode } from './failure.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { TokenAnswer } from './token-endpoint.ts'

/** A token response, or what went wrong. */
export type Judgement =
  | { readonly ok: true; readonly response: TokenResponse }
  | { readonly ok: false; readonly failure: Failure }

/**
 * Judges an answer of the token endpoint. Pure; never throws.
 *
 * Only a 200 with a JSON content type and a strictly well-formed body is a token. Statuses that
 * speak of load or outage come before the error code in the body, because a proxy may have written
 * either. A 401 is about the client, whatever the code: Keycloak says `unauthorized_client` to a wrong
 * secret, Auth0 `access_denied`.
 */
export function judgeTokenAnswer(
  answer: TokenAnswer,
  leniency: TokenErrorLeniency = {},
): Judgement {
  const { status } = answer
  const retryAfterMs = parseRetryAfter(answer.retryAfter, answer.arrivedAtWallMs)
  const fail = (code: FailureCode, oauthError?: string): Judgement => ({
    ok: false,
    failure: { code, httpStatus: status, oauthError, retryAfterMs },
  })
  if (status === 200) return judgeSuccess(answer, fail)
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return fail('rate_limited')
  if (status === 408 || status === 425 || status >= 500) return fail('server_unavailable')
  if (status < 400) return fail(status < 300 && status !== 0 ? UNREADABLE : MISPLACED)
  const oauthError = registeredError(answer.body, leniency)
  if (oauthError !== undefined) return fail(codeAt(status, oauthError), oauthError)
  return fail(refusalCodeOf(status))
}

type Fail = (code: FailureCode, oauthError?: string) => Judgement

const UNREADABLE: FailureCode = 'response_not_conforming'
const MISPLACED: FailureCode = 'endpoint_misconfigured'

function judgeSuccess({ body, contentType }: TokenAnswer, fail: Fail): Judgement {
  if (!body.ok || !mayBeJson(contentType)) return fail(UNREADABLE)
  const parsed = parseTokenResponse(body.text)
  if (parsed.ok) return { ok: true, response: parsed.value }
  const oauthError = parsed.violation === 'error_in_success' ? registeredError(body) : undefined
  return oauthError === undefined ? fail(UNREADABLE) : fail(codeOf(oauthError), oauthError)
}

/**
 * `application/json`, or a type built on it (RFC 6839), with any parameters. Where the server leaves the type out, the
 * body has to speak for itself; one that is something else by its own account is not even looked at.
 */
function mayBeJson(contentType: string | null): boolean {
  return contentType === null || JSON_TYPE.test(contentType)
}

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]{1,64}\+)?json[ \t]*(?:;|$)/i

/**
 * Codes that are kept and shown. Any other text a server sends is dropped: it could be anything.
 */
const errorCodes: ReadonlyMap<string, FailureCode> = new Map([
  ['invalid_client', 'client_refused'],
  ['unauthorized_client', 'client_not_permitted'],
  ['access_denied', 'request_refused'],
  ['invalid_request', 'request_refused'],
  ['invalid_scope', 'request_refused'],
  ['invalid_target', 'request_refused'],
  ['invalid_authorization_details', 'request_refused'],
  ['invalid_dpop_proof', 'proof_refused'],
  ['use_dpop_nonce', 'nonce_refused'],
  ['unsupported_grant_type', 'request_refused'],
  ['invalid_grant', 'request_refused'],
  ['server_error', 'server_unavailable'],
  ['temporarily_unavailable', 'server_unavailable'],
])

function registeredError(body: BoundedText, leniency?: TokenErrorLeniency): string | undefined {
  const error = body.ok ? parseTokenError(body.text, leniency)?.error : undefined
  return error !== undefined && errorCodes.has(error) ? error : undefined
}

function codeOf(oauthError: string): FailureCode {
  return errorCodes.get(oauthError) ?? 'request_refused'
}

function codeAt(status: number, oauthError: string): FailureCode {
  const code = codeOf(oauthError)
  const isRefusal = code === 'request_refused' || code === 'client_not_permitted'
  return status === 401 && isRefusal ? 'client_refused' : code
}

/**
 * What a 4xx without a registered code means: 401 is about the client, 404 and its like about the
 * URL.
 */
function refusalCodeOf(status: number): FailureCode {
  if (status === 401) return 'client_refused'
  return status === 404 || status === 405 || status === 410 ? MISPLACED : 'request_refused'
}
