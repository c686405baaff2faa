import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { redact } from '@mintmark/protocol'
import { findSecret, the } from '@mintmark/testkit'
import { AccessToken } from '../src/access-token.ts'

const text = 'Zk3vQ8wXy1Tn6RbMd4HsJp0Lc7GfUe2a'

function someToken(): AccessToken {
  return new AccessToken({
    value: redact('access token', text),
    fingerprint: '0123456789abcdef',
    expiresAtWallMs: (the.nowSeconds + 3600) * 1000,
    scope: the.scope,
    tokenType: 'Bearer',
  })
}

test('reveals its text on request only [C10]', () => {
  assert.equal(someToken().reveal(), text)
})

test('prints fingerprint and expiry, and no piece of the token, however it is printed [C10]', () => {
  const token = someToken()
  const error = new Error('with a token inside', { cause: token })
  const printed = {
    string: String(token),
    template: `${token}`,
    json: JSON.stringify({ token }),
    inspected: inspect(token, { showHidden: true, depth: 9 }),
    nested: inspect({ list: [token] }, { showHidden: true, depth: 9 }),
    cause: inspect(error),
    keys: Object.keys(token).join(),
    entries: JSON.stringify(Object.entries(token)),
    copy: JSON.stringify({ ...token }),
  }
  for (const [way, output] of Object.entries(printed)) {
    assert.equal(findSecret(output, text), undefined, way)
  }
  assert.equal(printed.string, '[access token 0123456789abcdef, expires 2026-11-23T13:00:00.000Z]')
  assert.equal(
    printed.json,
    '{"token":{"fingerprint":"0123456789abcdef","expiresAt":"2026-11-23T13:00:00.000Z"}}',
  )
})

test('gives each caller its own date, so that nobody can move the expiry of others', () => {
  const token = someToken()
  token.expiresAt.setFullYear(1999)
  assert.equal(token.expiresAt.getFullYear(), 2026)
  assert.throws(() => Object.assign(token, { fingerprint: 'other' }), TypeError)
})
