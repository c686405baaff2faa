import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseTokenError, serialiseTokenError } from '../src/index.ts'
import { readByOauth4webapi } from './read-by-oauth4webapi.ts'

describe('parseTokenError', () => {
  it('keeps the code and drops the text from the wire', () => {
    const body = '{"error":"invalid_client","error_description":"d","error_uri":"u"}'
    assert.deepEqual(parseTokenError(body), { error: 'invalid_client' })
    assert.deepEqual(parseTokenError('{"error":"not_registered"}'), { error: 'not_registered' })
  })

  const unusable = [
    '',
    'invalid_client',
    '<html></html>',
    '[]',
    '{}',
    '{"error":""}',
    '{"error":null}',
    '{"error":401}',
    '{"error":{"error":"invalid_client"}}',
    '{"error":"a\\"b"}',
    '{"error":"a\\nb"}',
    '{"error":"ä"}',
    `{"error":"${'a'.repeat(65)}"}`,
    '{"error":"invalid_client","error":"server_error"}',
    '{"__proto__":{"error":"invalid_client"}}',
  ]
  for (const body of unusable) {
    it(`finds no code in ${body.slice(0, 70)}`, () => {
      assert.equal(parseTokenError(body), undefined)
    })
  }
})

describe('serialiseTokenError', () => {
  it('writes code and description [A1]', () => {
    assert.equal(serialiseTokenError('invalid_request'), '{"error":"invalid_request"}')
    assert.equal(
      serialiseTokenError('invalid_client', 'unknown client'),
      '{"error":"invalid_client","error_description":"unknown client"}',
    )
  })

  it('throws on a description outside the alphabet, without repeating it', () => {
    for (const description of ['', 'hidden "quote"', 'hidden\n', 'hidden é']) {
      assert.throws(
        () => serialiseTokenError('invalid_request', description),
        (error) => error instanceof RangeError && !error.message.includes('hidden'),
      )
    }
  })

  it('writes what parseTokenError and oauth4webapi read', async () => {
    const body = serialiseTokenError('invalid_scope', 'the scope is not registered')
    assert.deepEqual(parseTokenError(body), { error: 'invalid_scope' })
    await assert.rejects(readByOauth4webapi(body, 400), { error: 'invalid_scope', status: 400 })
  })
})
