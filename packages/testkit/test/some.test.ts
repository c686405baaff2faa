import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { some, the } from '../src/index.ts'

const texts = ['tokenResponse', 'tokenError', 'serverMetadata'] as const

describe('some', () => {
  for (const name of texts) {
    it(`builds ${name} as JSON text with members replaced, added and taken away`, () => {
      const [first] = Object.keys(JSON.parse(some[name]()))
      assert.ok(first !== undefined)
      const changed = JSON.parse(some[name]({ [first]: undefined, added: [1] }))
      assert.equal(Object.hasOwn(changed, first), false)
      assert.deepEqual(changed.added, [1])
      assert.equal(JSON.parse(some[name]({ [first]: 7 }))[first], 7)
    })
  }

  it('builds claims that hold at the shared instant, with members replaced and taken away', () => {
    const claims = some.claims({ scope: undefined, aud: ['https://other.example'] })
    assert.equal(Object.hasOwn(claims, 'scope'), false)
    assert.deepEqual(claims.aud, ['https://other.example'])
    assert.equal(claims.iat, the.nowSeconds)
    assert.equal(claims.exp, the.nowSeconds + 3600)
  })
})
