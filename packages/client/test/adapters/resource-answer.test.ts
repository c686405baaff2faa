/** Answers of Node's libraries, as they are told to the client. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resourceAnswer } from '../../src/adapters/resource-answer.ts'

test('reads the challenge of a 401 and the nonce of any answer [C6] [C13]', () => {
  const headers = { 'www-authenticate': 'Bearer', 'dpop-nonce': 'n-1' }
  assert.deepEqual(resourceAnswer(401, headers, undefined), {
    ...{ status: 401, wwwAuthenticate: 'Bearer', dpopNonce: 'n-1', url: undefined },
  })
  assert.deepEqual(resourceAnswer(200, headers, 'https://api.example/a'), {
    ...{ status: 200, wwwAuthenticate: null, dpopNonce: 'n-1', url: 'https://api.example/a' },
  })
})

test('joins repeated challenges, and knows none from an empty one [C6]', () => {
  const challengeIn = (value: string | string[] | undefined) =>
    resourceAnswer(401, { 'www-authenticate': value }, undefined).wwwAuthenticate
  assert.equal(challengeIn(['Basic realm="x"', 'Bearer']), 'Basic realm="x", Bearer')
  assert.equal(challengeIn(''), '')
  assert.equal(challengeIn(undefined), null)
  assert.equal(resourceAnswer(401, {}, undefined).dpopNonce, null)
})
