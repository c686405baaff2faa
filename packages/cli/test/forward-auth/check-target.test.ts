import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createTargetReader } from '../../src/forward-auth/check-target.ts'
import { checkTargetsMax } from '../../src/limits.ts'

describe('the target that a proxy asks at', () => {
  const cases = [
    ['/check', undefined, undefined],
    ['/check?scope=decisions:read', 'decisions:read', undefined],
    ['/check?scope=a%20b', 'a b', undefined],
    ['/check?scope=a+b&scope=c', 'a b c', undefined],
    ['/check/scope=decisions:read/orders?scope=x', 'decisions:read', '/orders?scope=x'],
    ['/check/scope=a%20b/', 'a b', '/'],
    ['/check/scope=a%2Fb/c', 'a/b', '/c'],
    ['/check/scope=/check?scope=a', undefined, '/check?scope=a'],
    ['/check/scope=a//evil', 'a', '//evil'],
  ] as const
  for (const [target, scope, original] of cases) {
    it(`is understood: ${target}`, () => {
      const read = createTargetReader()
      assert.deepEqual(read(target), { scope, original })
      assert.deepEqual(read(target), { scope, original })
    })
  }

  const wrong = [
    ...['', '/', '*', '/checks', '/check/', '/check?', '/check?scope=', '/check?scop=a'],
    ...['/check?scope=a&', '/check?scope=a%20', '/check?scope=%', '/check?scope=%22', '/check#'],
    ...['/check?any=a', '/check/scope=a', '/check/scope=a?b', '/check/scope=%zz/a', '//check'],
    ...['http://a.example/check', '/check/a', '/CHECK', '/check?scope=a%00b'],
  ]
  for (const target of wrong) {
    it(`is not understood: ${JSON.stringify(target)}`, () => {
      assert.equal(createTargetReader()(target), undefined)
    })
  }

  it('asks for the same scope whatever a client writes behind the prefix', () => {
    const read = createTargetReader()
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (path) => {
        const target = read(`/check/scope=decisions:read/${path}`)
        assert.deepEqual(target, { scope: 'decisions:read', original: `/${path}` })
      }),
      { numRuns: 200 },
    )
  })

  it('remembers a bounded number', () => {
    const read = createTargetReader()
    for (let at = 0; at < 2 * checkTargetsMax; at++) {
      assert.equal(read(`/check?scope=s${at}`)?.scope, `s${at}`)
    }
  })
})
