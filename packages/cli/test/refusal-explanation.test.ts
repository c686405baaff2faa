import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { explainRefusal } from '../src/refusal-explanation.ts'

function explain(status: number, headers: Record<string, string> = {}): string {
  return explainRefusal(new Response(null, { status, headers }))
}

const challenged = (status: number, challenge: string) =>
  explain(status, { 'www-authenticate': challenge })

describe('explaining a refused call', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['a bare status', explain(404), 'HTTP 404'],
    ['a bad request without a challenge', explain(400), 'HTTP 400'],
    [
      'a bare challenge',
      challenged(401, 'Bearer realm="api"'),
      'HTTP 401: the API asks for a token',
    ],
    [
      'an expired token',
      challenged(401, 'Bearer realm="api", error="invalid_token", reason="expired"'),
      'HTTP 401: the API does not accept this token: it has expired; compare the clocks',
    ],
    [
      'a missing scope',
      challenged(403, 'Bearer error="insufficient_scope", scope="decisions:read"'),
      'HTTP 403: the token does not carry the scope this call needs (decisions:read)',
    ],
    [
      'a Bearer challenge behind another one',
      challenged(401, 'Basic realm="x", Bearer error="invalid_token"'),
      'HTTP 401: the API does not accept this token',
    ],
    ['a limit', explain(429, { 'retry-after': '7' }), 'HTTP 429: try again in 7 s'],
    ['a limit without a time', explain(429), 'HTTP 429'],
    ['a limit with words', explain(503, { 'retry-after': 'later\u00a0' }), 'HTTP 503'],
  ]
  for (const [title, explanation, expected] of rows) {
    it(`is in our own words for ${title}`, () => {
      assert.equal(explanation, expected)
    })
  }

  it('says that a 403 without a Bearer challenge is not about the token', () => {
    assert.match(explain(403), /without a Bearer challenge/)
    assert.match(challenged(401, 'Basic realm="x"'), /without a Bearer challenge/)
  })

  it('repeats nothing of a challenge but a well-formed scope', () => {
    const loud = 'error="SHOUT", error_description="SHOUT", reason="SHOUT", scope="SHOUT  SHOUT"'
    assert.ok(!challenged(401, `Bearer realm="SHOUT", ${loud}`).includes('SHOUT'))
  })

  it('is one line for every header value that can be received', () => {
    const latin = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(String.fromCharCode) })
    fc.assert(
      fc.property(latin, (value) => {
        assert.match(challenged(401, `Bearer ${value}`), /^HTTP 401: [\x20-\x7e]+$/)
      }),
    )
  })
})
