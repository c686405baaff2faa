import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseTokenResponse, scopeOf, serialiseTokenResponse } from '../src/index.ts'
import { scopeToken } from './any-text.ts'
import { parsedValue } from './parsed-value.ts'
import { readByOauth4webapi } from './read-by-oauth4webapi.ts'

const start = '{"access_token":"t","token_type":"Bearer"'

describe('parseTokenResponse', () => {
  it('refuses a byte order mark that whoever decodes the body may have kept', () => {
    assert.deepEqual(parseTokenResponse(`\ufeff${start}}`), { ok: false, violation: 'not_json' })
  })

  it('counts lifetimes in whole seconds, up to ten years', () => {
    const lifetimes: readonly (readonly [string, number])[] = [
      ['3600', 3_600],
      ['"3600"', 3_600],
      ['"0000000060"', 60],
      ['59.999', 59],
      ['0.5', 0],
      ['-0', 0],
      ['1e3', 1_000],
      ['315360001', 315_360_000],
      ['"9999999999"', 315_360_000],
      ['1e308', 315_360_000],
    ]
    for (const [sent, expected] of lifetimes) {
      const response = parsedValue(parseTokenResponse(`${start},"expires_in":${sent}}`))
      assert.ok(Object.is(response.expiresInSeconds, expected), sent)
    }
  })

  it('reads a hint when to renew, and ignores one it cannot read', () => {
    const hints: readonly (readonly [string, number | undefined])[] = [
      ['1800', 1_800],
      ['"1800"', 1_800],
      ['null', undefined],
      ['-1', undefined],
      ['"soon"', undefined],
      ['1e400', undefined],
    ]
    for (const [sent, expected] of hints) {
      const response = parsedValue(parseTokenResponse(`${start},"refresh_in":${sent}}`))
      assert.equal(response.refreshInSeconds, expected, sent)
    }
  })

  it('gives nothing for what was not sent', () => {
    const response = parsedValue(parseTokenResponse(`${start}}`))
    assert.equal(response.expiresInSeconds, undefined)
    assert.equal(response.scope, undefined)
    assert.equal(response.refreshInSeconds, undefined)
  })

  it('reads a missing token type as Bearer only when told so', () => {
    const leniency = { tokenTypeMissing: true }
    assert.equal(
      parsedValue(parseTokenResponse('{"access_token":"t"}', leniency)).tokenType,
      'Bearer',
    )
    for (const type of ['""', 'null', '1', '"a b"', `"${'a'.repeat(65)}"`]) {
      const parsed = parseTokenResponse(`{"access_token":"t","token_type":${type}}`, leniency)
      assert.deepEqual(parsed, { ok: false, violation: 'token_type_malformed' })
    }
  })

  it('never takes members from a prototype', () => {
    const parsed = parseTokenResponse('{"__proto__":{"access_token":"t","token_type":"Bearer"}}')
    assert.deepEqual(parsed, { ok: false, violation: 'access_token_missing' })
  })

  it('hands the token over redacted [C10]', () => {
    const response = parsedValue(parseTokenResponse(`${start}}`))
    assert.equal(response.accessToken.reveal(), 't')
    assert.equal(JSON.stringify(response.accessToken), '"[redacted access token]"')
  })

  it('reads back what serialiseTokenResponse wrote, as oauth4webapi does', async () => {
    await fc.assert(
      fc.asyncProperty(drafts, async (draft) => {
        const body = serialiseTokenResponse(draft)
        const response = parsedValue(parseTokenResponse(body))
        assert.equal(response.accessToken.reveal(), draft.accessToken)
        assert.equal(response.tokenType, draft.tokenType)
        assert.equal(response.expiresInSeconds, draft.expiresInSeconds)
        assert.equal(response.scope?.text, draft.scope)
        const other = await readByOauth4webapi(body)
        assert.equal(other.access_token, draft.accessToken)
        assert.equal(other.expires_in, draft.expiresInSeconds)
        assert.equal(other.scope, draft.scope)
      }),
    )
  })
})

describe('serialiseTokenResponse', () => {
  it('writes the members in the order of RFC 6749 section 5.1', () => {
    const draft = { accessToken: 't', tokenType: 'Bearer', expiresInSeconds: 60 }
    const body = '{"access_token":"t","token_type":"Bearer","expires_in":60'
    assert.equal(serialiseTokenResponse(draft), `${body}}`)
    assert.equal(serialiseTokenResponse({ ...draft, scope: 'a b' }), `${body},"scope":"a b"}`)
  })
})

const drafts = fc.record(
  {
    accessToken: fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 900,
    }),
    tokenType: fc.constantFrom('Bearer', 'bearer', 'DPoP'),
    expiresInSeconds: fc.nat(315_360_000),
    scope: fc.array(scopeToken, { minLength: 1, maxLength: 9 }).map((list) => scopeOf(list).text),
  },
  { requiredKeys: ['accessToken', 'tokenType', 'expiresInSeconds'] },
)
