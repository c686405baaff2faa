/**
 * What a hostile or unlucky token endpoint answers, by name. Wherever there is room for text, the answer echoes what
 * the request carried: its credential, its assertion, its proof.
 */
import { knownSecrets } from './known-secrets.ts'

/** One answer. Without a status: none at all. */
export interface TokenAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Whether the connection is cut instead of an answer, or behind the body. */
  readonly isCut?: boolean
  readonly delayMs?: number
}

const JSON_TYPE = { 'content-type': 'application/json' }
const { malformedAccessToken, wireText, nonce } = knownSecrets

/** Answers that are a token, in the order in which they are given out. */
export function tokenAnswer(number: number, more: object = {}): TokenAnswer {
  const accessToken = number === 1 ? knownSecrets.accessToken : knownSecrets.renewedAccessToken
  const response = { access_token: accessToken, token_type: 'Bearer', expires_in: 3600, ...more }
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(response) }
}

function malformed(members: object): TokenAnswer {
  return tokenAnswer(1, { access_token: malformedAccessToken, ...members })
}

function raw(body: string | Uint8Array, contentType = 'application/json'): TokenAnswer {
  return { status: 200, headers: { 'content-type': contentType }, body }
}

const whole = JSON.stringify({
  access_token: malformedAccessToken,
  token_type: 'Bearer',
  expires_in: 60,
})

/** Token responses that are none, or are suspicious, each with a token in it. */
export const malformedAnswers: Readonly<Record<string, TokenAnswer>> = {
  'no-type': malformed({ token_type: undefined }),
  'null-type': malformed({ token_type: null }),
  'negative-lifetime': malformed({ expires_in: -1 }),
  'null-lifetime': malformed({ expires_in: null }),
  'worded-lifetime': malformed({ expires_in: `${wireText} seconds` }),
  'null-scope': malformed({ scope: null }),
  'listed-scope': malformed({ scope: [wireText] }),
  'null-renewal-token': malformed({ refresh_token: null }),
  'nested-token': malformed({ access_token: { value: malformedAccessToken } }),
  'token-with-line-break': malformed({ access_token: `${malformedAccessToken}\r\nX-Evil: 1` }),
  'token-with-controls': malformed({ access_token: `\u0000\u001b[2J${malformedAccessToken}` }),
  truncated: raw(whole.slice(0, -3)),
  'in-an-array': raw(`[${whole}]`),
  twice: raw(whole.replace('{', `{"access_token":"${wireText}",`)),
  page: raw(`<html>${wireText} ${malformedAccessToken}</html>`, 'text/html'),
  'utf-16': raw(Buffer.from(`\ufeff${whole}`, 'utf16le')),
  'too-long': raw(whole.replace('{', `{"padding":"${wireText.repeat(3_000)}",`)),
  'cut-off': { ...raw(whole.slice(0, 40)), isCut: true },
}

function error(status: number, code: string, echo: string, more: object = {}): TokenAnswer {
  const challenge = `Basic realm="${wireText}", Bearer error="${echo}", DPoP nonce="\u00ff${nonce}"`
  const body = {
    error: code,
    error_description: `${echo}\u001b[31m\r\n${wireText}`,
    error_uri: `https://${wireText}.example/?${encodeURIComponent(echo)}`,
  }
  const headers = {
    ...JSON_TYPE,
    'www-authenticate': challenge.replaceAll(/[^\u0020-\u00ff]/g, '?'),
    ...more,
  }
  return { status, headers, body: JSON.stringify(body) }
}

/** The answer with that name to a request that carried `echo`; `undefined` for a name that is not known. */
export function namedAnswer(name: string, echo: string, number: number): TokenAnswer | undefined {
  const answers: Readonly<Record<string, TokenAnswer>> = {
    ...malformedAnswers,
    good: tokenAnswer(number),
    dpop: tokenAnswer(number, { token_type: 'DPoP' }),
    never: {},
    'hung-up': { isCut: true },
    unavailable: error(500, 'server_error', echo),
    'unavailable-page': { status: 502, body: `<html>${echo}</html>` },
    'rate-limited': error(429, 'slow_down', echo, { 'retry-after': '30' }),
    'client-refused': error(401, 'invalid_client', echo),
    'refused-at-first': number === 1 ? error(401, 'invalid_client', echo) : tokenAnswer(number),
    'client-refused-in-own-words': error(401, wireText, echo),
    'client-not-permitted': error(400, 'unauthorized_client', echo),
    'scope-refused': error(400, 'invalid_scope', echo),
    'proof-refused': error(400, 'invalid_dpop_proof', echo),
    'nonce-wanted': error(400, 'use_dpop_nonce', echo, { 'dpop-nonce': nonce }),
    'nonce-wanted-at-first':
      number === 1
        ? error(400, 'use_dpop_nonce', echo, { 'dpop-nonce': nonce })
        : tokenAnswer(number, { token_type: 'DPoP' }),
    'slow-at-first': { ...tokenAnswer(number), delayMs: number === 1 ? 300 : 0 },
    'secret-as-code': error(400, echo.slice(0, 60), echo),
    'error-in-success': error(200, 'invalid_request', echo),
    redirect: error(307, 'moved', echo, { location: `https://${wireText}.example/${nonce}` }),
    absent: error(404, wireText, echo),
    expired: tokenAnswer(number, { expires_in: 0 }),
    'without-lifetime': tokenAnswer(number, { expires_in: undefined }),
    brief: tokenAnswer(number, { expires_in: 60 }),
    'other-type': tokenAnswer(number, { token_type: 'mac' }),
    narrowed: tokenAnswer(number, { scope: 'a' }),
  }
  return answers[name]
}
