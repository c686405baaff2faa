import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '@mintmark/protocol'
import { the } from '@mintmark/testkit'
import { type TokenDescription, tokenDocument, tokenLines } from '../src/token-description.ts'

function description(over: Partial<TokenDescription> = {}): TokenDescription {
  return {
    header: { alg: 'ES256', typ: 'at+jwt' },
    claims: { iss: the.issuer, exp: the.nowSeconds + 900 },
    fingerprint: '0123456789abcdef',
    verification: { status: 'not_checked' },
    ...over,
  }
}

function lines(claims: JsonObject): string[] {
  return tokenLines(description({ claims }), the.nowSeconds)
}

describe('describing a token', () => {
  it('shows header and claims, and tells times as dates and distances', () => {
    assert.deepEqual(tokenLines(description(), the.nowSeconds), [
      'signature not checked: anybody could have written this (--issuer URL checks it)',
      'header',
      '  alg  ES256',
      '  typ  at+jwt',
      'claims',
      `  iss  ${the.issuer}`,
      '  exp  1795436100  2026-11-23T12:15:00Z, in 15 minutes',
      'fingerprint  0123456789abcdef',
    ])
  })

  it('shows structured claims as JSON on one line', () => {
    assert.ok(lines({ aud: ['a', 'b'], act: { sub: 'x' } }).includes('  aud  ["a","b"]'))
  })

  it('lets no claim act on the terminal, in name or value', () => {
    const text = lines({ 'a\u001b[2J': 'b\nclaims\u202e' }).join('|')
    assert.ok(text.includes('a\\u001b[2J'))
    assert.ok(text.includes('b\\u000aclaims\\u202e'))
  })

  const odd: readonly JsonObject[] = [
    { exp: 'soon' },
    { exp: null },
    { exp: 1e300 },
    { exp: -1e300 },
    { exp: [] },
    {},
  ]
  for (const claims of odd) {
    it(`shows claims whose expiry is no instant: ${JSON.stringify(claims)}`, () => {
      const document = tokenDocument(description({ claims }), the.nowSeconds)
      assert.deepEqual((document as { times: unknown }).times, {})
      assert.ok(lines(claims).length >= 4)
    })
  }

  it('says how far the token can be believed', () => {
    const first = (verification: TokenDescription['verification']) =>
      tokenLines(description({ verification }), the.nowSeconds)[0]
    assert.equal(
      first({ status: 'verified', audienceChecked: true }),
      'verified: signature, issuer, audience and times',
    )
    assert.match(
      first({ status: 'verified', audienceChecked: false }) ?? '',
      /audience not checked/,
    )
    assert.equal(first({ status: 'refused', reason: 'expired' }), 'refused: expired')
  })

  it('gives a program the same facts', () => {
    const verification = { status: 'verified', audienceChecked: true } as const
    assert.deepEqual(tokenDocument(description({ verification }), the.nowSeconds + 1000.5), {
      header: { alg: 'ES256', typ: 'at+jwt' },
      claims: { iss: the.issuer, exp: the.nowSeconds + 900 },
      times: { exp: { at: '2026-11-23T12:15:00Z', in_seconds: -100 } },
      fingerprint: '0123456789abcdef',
      verification: { status: 'verified', audience_checked: true },
    })
  })
})
