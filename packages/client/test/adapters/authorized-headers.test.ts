/** Header fields in the forms that undici takes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizedHeaders, headerNames } from '../../src/adapters/undici/authorized-headers.ts'

const added = { authorization: 'Bearer 1', dpop: 'proof' }

test('puts what authorizes in place of header fields of the same names, in every form [C14]', () => {
  const cases: readonly (readonly [given: unknown, expected: unknown])[] = [
    [undefined, added],
    [null, added],
    [{}, added],
    [
      { accept: '*/*', 'x-list': ['a', 'b'] },
      { accept: '*/*', 'x-list': ['a', 'b'], ...added },
    ],
    [{ Authorization: 'Basic eDp5', DPoP: 'old' }, added],
    [[], ['authorization', 'Bearer 1', 'dpop', 'proof']],
    [
      ['Accept', '*/*', 'AUTHORIZATION', 'x'],
      ['Accept', '*/*', 'authorization', 'Bearer 1', 'dpop', 'proof'],
    ],
    [new Map([['dpop', 'old']]), ['authorization', 'Bearer 1', 'dpop', 'proof']],
    [new Headers({ a: '1' }), ['a', '1', 'authorization', 'Bearer 1', 'dpop', 'proof']],
  ]
  for (const [given, expected] of cases) assert.deepEqual(authorizedHeaders(given, added), expected)
})

test('leaves the given header fields as they are [C14]', () => {
  const object = { authorization: 'mine' }
  const list = ['authorization', 'mine']
  authorizedHeaders(object, added)
  authorizedHeaders(list, added)
  assert.deepEqual([object, list], [{ authorization: 'mine' }, ['authorization', 'mine']])
})

test('replaces no header field that only looks like a member of every object [C14]', () => {
  const given = { constructor: 'a', toString: 'b' }
  assert.deepEqual(authorizedHeaders(given, { authorization: 'Bearer 1' }), {
    ...given,
    authorization: 'Bearer 1',
  })
})

test('lists the names of header fields in every form [C14]', () => {
  assert.deepEqual(headerNames(undefined), [])
  assert.deepEqual(headerNames(null), [])
  assert.deepEqual(headerNames({ A: '1', b: '2' }), ['A', 'b'])
  assert.deepEqual(headerNames(['A', '1', 'b', '2']), ['A', 'b'])
  assert.deepEqual(headerNames(new Map([['A', '1']])), ['A'])
})
