import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseChallenges, scopeOf } from '@mintmark/protocol'
import { createRefusalResponses } from '../src/refusal-response.ts'
import type { Refusal } from '../src/verdict.ts'

const texts = { realm: 'api', resourceMetadataUrl: undefined }

describe('the challenges of a guard that takes DPoP', () => {
  const url = 'https://api.example/.well-known/oauth-protected-resource'
  const algs = 'algs="ES256 EdDSA RS256 PS256"'
  const both = createRefusalResponses({ ...texts, schemes: ['Bearer', 'DPoP'] })
  const dpopOnly = createRefusalResponses({ ...texts, schemes: ['DPoP'] })
  const challengeIn = ({ headers }: Refusal) => headers[0]?.[1]

  test('name both schemes to whoever sends no token [R4] [R5]', () => {
    const expected = `Bearer realm="api", DPoP realm="api", ${algs}`
    assert.equal(challengeIn(both.of('no_credentials')), expected)
    assert.equal(challengeIn(dpopOnly.of('no_credentials')), `DPoP realm="api", ${algs}`)
  })

  test('say what was wrong under the scheme that was used, and name the other one [R4] [R5]', () => {
    const wrong =
      'error="invalid_token", error_description="The access token expired", reason="expired"'
    const bearer = challengeIn(both.of('expired', 'Bearer'))
    assert.equal(bearer, `Bearer realm="api", ${wrong}, DPoP realm="api", ${algs}`)
    const dpop = challengeIn(both.of('expired', 'DPoP'))
    assert.equal(dpop, `DPoP realm="api", ${wrong}, ${algs}, Bearer realm="api"`)
    const only = challengeIn(dpopOnly.of('expired', 'Bearer'))
    assert.equal(only, `DPoP realm="api", ${wrong}, ${algs}`)
  })

  test('name the scope under the scheme that was used', () => {
    const refusal = both.insufficientScope(scopeOf(['read']), 'DPoP')
    const [first, second] = parseChallenges(challengeIn(refusal) ?? '')
    assert.deepEqual([first?.scheme, second?.scheme], ['dpop', 'bearer'])
    assert.equal(first?.parameters.get('scope'), 'read')
    assert.equal(second?.parameters.has('error'), false)
  })

  for (const code of ['nonce_missing', 'nonce_unknown'] as const) {
    test(`carry the nonce of ${code} beside them, in an answer that nobody keeps [R5]`, () => {
      const refusal = both.nonceNeeded(code, 'n-1')
      assert.deepEqual([refusal.status, refusal.error], [401, 'use_dpop_nonce'])
      assert.match(challengeIn(refusal) ?? '', /^DPoP realm="api", error="use_dpop_nonce", /)
      assert.deepEqual(refusal.headers.slice(1), [
        ['dpop-nonce', 'n-1'],
        ['cache-control', 'no-store'],
        ['content-type', 'application/json'],
      ])
    })
  }

  test('name the protected resource metadata in each [R4]', () => {
    const configured = createRefusalResponses({
      ...{ realm: 'api', resourceMetadataUrl: url, schemes: ['Bearer', 'DPoP'] },
    })
    for (const { parameters } of parseChallenges(challengeIn(configured.of('expired')) ?? '')) {
      assert.equal(parameters.get('resource_metadata'), url)
    }
  })
})
