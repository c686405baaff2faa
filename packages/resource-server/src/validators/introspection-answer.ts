/**
 * One question to an introspection endpoint (RFC 7662 section 2), and its answer judged as HTTP. Sends and reads; what
 * the answer means for the token is decided elsewhere.
 */
import {
  type AccessTokenValue,
  type FormPair,
  type IntrospectionResponse,
  parseIntrospectionResponse,
} from '@mintmark/protocol'
import { discardBody, readBoundedText } from '@mintmark/runtime'
import { introspectionBytesMax } from '../limits.ts'
import { retryAfterSeconds } from '../retry-after.ts'
import type { IntrospectionFailure } from './introspection-failure.ts'
import type { SignedAnswers } from './signed-answer.ts'

/** Sends a form in the name of the guard. Rejects with {@link CredentialUnavailable}, or as the transport does. */
export type IntrospectionCaller = (
  url: string,
  form: readonly FormPair[],
  init: RequestInit,
) => Promise<Response>

/** The guard's own credential could not be read or made. Has no cause: that may name the credential. */
export class CredentialUnavailable extends Error {
  override readonly name = 'CredentialUnavailable'
}

/** What came of a question. */
export type IntrospectionAnswer =
  /** `malformed_claim`: the issuer says something about the token that cannot be read. */
  | { readonly ok: true; readonly response: IntrospectionResponse | 'malformed_claim' }
  | {
      readonly ok: false
      readonly failure: IntrospectionFailure
      /** What the answer asked for; 0 when it asked for nothing. */
      readonly retryAfterSeconds: number
    }

/** How a question is sent and its answer believed. */
export interface IntrospectionExchange {
  readonly call: IntrospectionCaller
  /** `undefined`: plain JSON will do. */
  readonly signed: SignedAnswers | undefined
  readonly nowWallMs: () => number
}

/** Asks. Never rejects. Bounds no time: `signal` does, as far as the transport cares about signals. */
export async function askAbout(
  token: AccessTokenValue,
  url: string,
  { call, signed, nowWallMs }: IntrospectionExchange,
  signal: AbortSignal,
): Promise<IntrospectionAnswer> {
  const askedAtWallMs = nowWallMs()
  try {
    const form: FormPair[] = [
      ['token', token.reveal()],
      ['token_type_hint', 'access_token'],
    ]
    const response = await call(url, form, {
      method: 'POST',
      headers: {
        accept: signed === undefined ? 'application/json' : signed.mediaType,
        'content-type': 'application/x-www-form-urlencoded',
      },
      redirect: 'manual',
      signal,
    })
    if (response.status !== 200) return await refusedAnswer(response, nowWallMs())
    const body = await readBoundedText(response, introspectionBytesMax)
    if (!body.ok) return introspectionFailed(body.violation)
    const read =
      signed === undefined
        ? parseIntrospectionResponse(body.text)
        : await signed.read(body.text, askedAtWallMs)
    if (read.ok) return { ok: true, response: read.value }
    return read.violation === 'malformed_claim'
      ? { ok: true, response: read.violation }
      : introspectionFailed(read.violation)
  } catch (error) {
    const isOurs = error instanceof CredentialUnavailable
    return introspectionFailed(isOurs ? 'credential_unavailable' : 'unreachable')
  }
}

/** The answer that there is none. */
export function introspectionFailed(
  failure: IntrospectionFailure,
  seconds = 0,
): Extract<IntrospectionAnswer, { ok: false }> {
  return { ok: false, failure, retryAfterSeconds: seconds }
}

async function refusedAnswer(response: Response, nowWallMs: number): Promise<IntrospectionAnswer> {
  await discardBody(response)
  return introspectionFailed(failureOf(response), retryAfterSeconds(response.headers, nowWallMs))
}

/** A 403 says the same as a 401 where a bearer token lacks the scope for asking (RFC 7662 section 2.3). */
function failureOf({ status, type }: Response): IntrospectionFailure {
  if (status === 401 || status === 403) return 'caller_refused'
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) return 'redirected'
  const isAboutQuestion = status >= 400 && status < 500 && !ABOUT_ENDPOINT.has(status)
  return isAboutQuestion ? 'question_refused' : 'status_not_ok'
}

/** Not found, too slow, too many: said of any token. */
const ABOUT_ENDPOINT: ReadonlySet<number> = new Set([404, 405, 408, 410, 429])
