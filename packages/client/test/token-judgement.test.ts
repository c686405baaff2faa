import assert from 'node:assert/strict'
import { test } from 'node:test'
import { some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { kindOf } from '../src/failure.ts'
import type { TokenAnswer } from '../src/token-endpoint.ts'
import { judgeTokenAnswer } from '../src/token-judgement.ts'

function answer(changes: Partial<TokenAnswer> & { readonly text?: string } = {}): TokenAnswer {
  return {
    status: 200,
    contentType: 'application/json',
    retryAfter: null,
    body: { ok: true, text: changes.text ?? some.tokenResponse() },
    arrivedAtMonotonicMs: 1,
    arrivedAtWallMs: the.nowSeconds * 1000,
    date: null,
    dpopNonce: null,
    tookMs: 0,
    ...changes,
  }
}

/** Code and registered error, in one text. */
function judged(changes: Parameters<typeof answer>[0]): string {
  const judgement = judgeTokenAnswer(answer(changes))
  if (judgement.ok) return 'token'
  const { code, oauthError } = judgement.failure
  return oauthError === undefined ? code : `${code}: ${oauthError}`
}

const error = (code: string) => some.tokenError({ error: code })

test('takes a 200 with JSON for a token, and nothing else [T4]', () => {
  const rows: readonly [what: string, changes: Parameters<typeof answer>[0], verdict: string][] = [
    ['a token response', {}, 'token'],
    ['with a charset', { contentType: 'application/json; charset=utf-8' }, 'token'],
    ['of a type built on JSON', { contentType: 'application/vnd.api+json' }, 'token'],
    ['in capitals', { contentType: 'APPLICATION/JSON;charset=UTF-8' }, 'token'],
    ['as HTML', { contentType: 'text/html' }, 'response_not_conforming'],
    ['as text', { contentType: 'text/plain' }, 'response_not_conforming'],
    ['as another type', { contentType: 'application/jsonp' }, 'response_not_conforming'],
    ['without a type', { contentType: null }, 'token'],
    ['too large', { body: { ok: false, violation: 'body_too_large' } }, 'response_not_conforming'],
    ['not UTF-8', { body: { ok: false, violation: 'not_utf8' } }, 'response_not_conforming'],
    ['malformed', { text: '{' }, 'response_not_conforming'],
    ['as 201', { status: 201 }, 'response_not_conforming'],
    ['as 204', { status: 204, text: '' }, 'response_not_conforming'],
    ['as 206', { status: 206 }, 'response_not_conforming'],
    ['moved', { status: 301 }, 'endpoint_misconfigured'],
    ['moved for now', { status: 307 }, 'endpoint_misconfigured'],
    ['not modified', { status: 304 }, 'endpoint_misconfigured'],
    ['an opaque redirect', { status: 0 }, 'endpoint_misconfigured'],
  ]
  for (const [what, changes, verdict] of rows) assert.equal(judged(changes), verdict, what)
})

test('classifies failures by status, then by registered error code [C7]', () => {
  const rows: readonly [status: number, text: string, verdict: string][] = [
    [401, error('invalid_client'), 'client_refused: invalid_client'],
    [400, error('invalid_client'), 'client_refused: invalid_client'],
    [200, error('invalid_client'), 'client_refused: invalid_client'],
    [401, '', 'client_refused'],
    [401, '<html>', 'client_refused'],
    [400, error('unauthorized_client'), 'client_not_permitted: unauthorized_client'],
    [401, error('unauthorized_client'), 'client_refused: unauthorized_client'],
    [401, error('access_denied'), 'client_refused: access_denied'],
    [401, error('temporarily_unavailable'), 'server_unavailable: temporarily_unavailable'],
    [400, error('invalid_scope'), 'request_refused: invalid_scope'],
    [400, error('invalid_target'), 'request_refused: invalid_target'],
    [400, error('invalid_request'), 'request_refused: invalid_request'],
    [400, error('unsupported_grant_type'), 'request_refused: unsupported_grant_type'],
    [403, error('access_denied'), 'request_refused: access_denied'],
    [400, error('invented_by_this_server'), 'request_refused'],
    [200, error('invented_by_this_server'), 'response_not_conforming'],
    [400, '', 'request_refused'],
    [403, '<html>', 'request_refused'],
    [404, '<html>', 'endpoint_misconfigured'],
    [405, '', 'endpoint_misconfigured'],
    [410, '', 'endpoint_misconfigured'],
    [404, error('invalid_client'), 'client_refused: invalid_client'],
    [408, '', 'server_unavailable'],
    [425, '', 'server_unavailable'],
    [429, '', 'rate_limited'],
    [429, error('invalid_client'), 'rate_limited'],
    [500, error('invalid_client'), 'server_unavailable'],
    [502, '<html>', 'server_unavailable'],
    [503, '', 'server_unavailable'],
    [504, '', 'server_unavailable'],
    [400, error('temporarily_unavailable'), 'server_unavailable: temporarily_unavailable'],
    [400, error('server_error'), 'server_unavailable: server_error'],
    [200, error('temporarily_unavailable'), 'server_unavailable: temporarily_unavailable'],
  ]
  for (const [status, text, verdict] of rows) {
    assert.equal(judged({ status, text }), verdict, `${status} ${text}`)
  }
})

test('reads errors in another format only with the leniency of a preset [S4] [S7]', () => {
  const text = '{"errorCode":"invalid_client","errorSummary":"not for logs"}'
  const refused = answer({ status: 400, text })
  const codeWith = (leniency?: Parameters<typeof judgeTokenAnswer>[1]) => {
    const judgement = judgeTokenAnswer(refused, leniency)
    return judgement.ok ? undefined : judgement.failure.code
  }
  assert.equal(codeWith(), 'request_refused')
  assert.equal(codeWith({ errorCodeMember: true }), 'client_refused')
})

test('takes a 503 with Retry-After for throttling, and keeps the pause on every failure [C7]', () => {
  const failureOf = (status: number, retryAfter: string) => {
    const judgement = judgeTokenAnswer(answer({ status, retryAfter, text: '' }))
    assert(!judgement.ok)
    const { code, retryAfterMs, httpStatus } = judgement.failure
    return [kindOf(code), retryAfterMs, httpStatus]
  }
  assert.deepEqual(failureOf(503, '30'), ['throttled', 30_000, 503])
  assert.deepEqual(failureOf(503, 'soon'), ['transient', undefined, 503])
  assert.deepEqual(failureOf(429, '30'), ['throttled', 30_000, 429])
  assert.deepEqual(failureOf(502, '5'), ['transient', 5_000, 502])
})

test('keeps no text from the wire, whatever the server sends [C10]', () => {
  const status = fc.integer({ min: 100, max: 599 })
  const text = fc.oneof(fc.string(), fc.json(), fc.string().map(error))
  fc.assert(
    fc.property(status, text, fc.string(), fc.string(), (code, body, contentType, retryAfter) => {
      const judgement = judgeTokenAnswer(
        answer({ status: code, text: body, contentType, retryAfter }),
      )
      if (judgement.ok) return
      const { oauthError = 'invalid_client', ...rest } = judgement.failure
      assert.match(oauthError, /^[a-z_]+$/)
      assert.match(judgement.failure.code, /^[a-z_]+$/)
      assert.deepEqual(Object.keys(rest).sort(), ['code', 'httpStatus', 'retryAfterMs'])
    }),
  )
})
