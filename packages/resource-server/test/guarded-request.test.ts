import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, test } from 'node:test'
import {
  authorizationValue,
  fieldValues,
  type GuardedRequest,
  hasTokenInQuery,
  REPEATED,
} from '../src/guarded-request.ts'
import { guardWorld, signedToken } from './guard-world.ts'

describe('the Authorization field', () => {
  const rows: readonly [string, GuardedRequest, string | undefined | typeof REPEATED][] = [
    ['is absent from no headers', { headers: {} }, undefined],
    ['is read from Headers', { headers: new Headers({ Authorization: 'Bearer a' }) }, 'Bearer a'],
    ['is absent from Headers without it', { headers: new Headers({ accept: '*/*' }) }, undefined],
    ['is read from a record in lower case', { headers: { authorization: 'Bearer a' } }, 'Bearer a'],
    ['is read from a record in any case', { headers: { AuthoriZation: 'Bearer a' } }, 'Bearer a'],
    ['is read from a list of one', { headers: { authorization: ['Bearer a'] } }, 'Bearer a'],
    ['is absent from an empty list', { headers: { authorization: [] } }, undefined],
    ['is absent when undefined', { headers: { authorization: undefined } }, undefined],
    ['is repeated in a list of two', { headers: { authorization: ['a', 'a'] } }, REPEATED],
    [
      'is repeated under two spellings',
      { headers: { authorization: 'Bearer a', Authorization: 'Bearer a' } },
      REPEATED,
    ],
    [
      'is read from raw headers in any case',
      { headers: {}, rawHeaders: ['Host', 'api.example', 'AUTHORIZATION', 'Bearer a'] },
      'Bearer a',
    ],
    [
      'is read from the parsed headers of a message that came over no connection',
      { headers: { authorization: 'Bearer a' }, rawHeaders: [] },
      'Bearer a',
    ],
    [
      'is read from raw headers although the parsed ones say something else',
      { headers: { authorization: 'Bearer b' }, rawHeaders: ['Authorization', 'Bearer a'] },
      'Bearer a',
    ],
    [
      'is repeated in raw headers although the parsed ones keep the first',
      {
        headers: { authorization: 'Bearer a' },
        rawHeaders: ['Authorization', 'Bearer a', 'authorization', 'Bearer b'],
      },
      REPEATED,
    ],
    [
      'is not a header value that spells its name',
      { headers: {}, rawHeaders: ['X-Name', 'authorization', 'X-Other', 'Bearer a'] },
      undefined,
    ],
    ['is absent from half a pair', { headers: {}, rawHeaders: ['Authorization'] }, undefined],
    [
      'is not a field with another name of the same length',
      { headers: { authorisation: 'Bearer a', 'x-forwarded-to': 'Bearer a' } },
      undefined,
    ],
  ]
  for (const [title, request, expected] of rows) {
    test(title, () => {
      assert.equal(authorizationValue(request), expected)
    })
  }

  test('is not taken from a prototype', () => {
    const headers = Object.create({ authorization: 'Bearer a' })
    assert.equal(authorizationValue({ headers }), undefined)
  })
})

describe('a token in the query', () => {
  const found = [
    '/?access_token=a',
    '/orders?page=2&access_token=a',
    '/?access_token',
    '/?access_token=',
    '/?access_token&page=2',
    'https://api.example/?access_token=a#top',
    '/?page=2&access_token#top',
  ]
  for (const url of found) {
    test(`is found in ${url}`, () => {
      assert.equal(hasTokenInQuery({ headers: {}, url }), true)
    })
  }

  const absent = [
    '',
    '/',
    '/access_token=a',
    '/?',
    '/?access_tokens=a',
    '/?my_access_token=a',
    '/?page=access_token',
    '/?ACCESS_TOKEN=a',
    '/orders/access_token?page=2',
  ]
  for (const url of absent) {
    test(`is not found in "${url}"`, () => {
      assert.equal(hasTokenInQuery({ headers: {}, url }), false)
    })
  }

  test('is not found where there is no URL', () => {
    assert.equal(hasTokenInQuery({ headers: {} }), false)
  })
})

test('other fields are read from the same place as the Authorization field', () => {
  const [dpop, other] = [{ dpop: 'parsed' }, ['Host', 'api.example']]
  assert.deepEqual(fieldValues({ headers: dpop, rawHeaders: [] }, 'dpop'), ['parsed'])
  assert.deepEqual(fieldValues({ headers: dpop, rawHeaders: other }, 'dpop'), [])
  assert.deepEqual(fieldValues({ headers: {}, rawHeaders: ['DPoP', 'a', 'dpop', 'b'] }, 'dpop'), [
    'a',
    'b',
  ])
})

test('a message of node:http that came over no connection is judged by its parsed headers [R8]', async () => {
  const message = new IncomingMessage(new Socket())
  message.headers = { authorization: `Bearer ${signedToken()}` }
  const verdict = await guardWorld().guard.check(message)
  assert.equal(verdict.admitted, true)
})
