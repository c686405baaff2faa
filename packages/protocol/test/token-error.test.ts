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

describe('parseTokenError with leniency', () => {
  const okta = '{"errorCode":"invalid_client","errorSummary":"s","errorCauses":[]}'
  const jsonApi = '{"errors":[{"status":"403","code":"14000","title":"t"},{"code":"14001"}]}'
  const jsonApiCodes = { 14000: 'invalid_client', 14001: 'invalid_scope' }

  it('reads errorCode and errors of JSON:API only where that was asked for [S4] [S7]', () => {
    assert.equal(parseTokenError(okta), undefined)
    assert.equal(parseTokenError(jsonApi), undefined)
    assert.equal(parseTokenError(okta, { jsonApiCodes }), undefined)
    assert.equal(parseTokenError(jsonApi, { errorCodeMember: true }), undefined)
    assert.deepEqual(parseTokenError(okta, { errorCodeMember: true }), { error: 'invalid_client' })
    assert.deepEqual(parseTokenError(jsonApi, { jsonApiCodes }), { error: 'invalid_client' })
  })

  it('prefers what the standard says', () => {
    const both = '{"error":"invalid_scope","errorCode":"invalid_client"}'
    assert.deepEqual(parseTokenError(both, { errorCodeMember: true }), { error: 'invalid_scope' })
    const none = '{"error":null,"errorCode":"invalid_client"}'
    assert.equal(parseTokenError(none, { errorCodeMember: true }), undefined)
  })

  for (const body of [
    '{"errors":[]}',
    '{"errors":{"code":"14000"}}',
    '{"errors":["14000"]}',
    '{"errors":[{"code":14000}]}',
    '{"errors":[{"code":"10001"}]}',
    '{"errors":[{"code":"toString"}]}',
    '{"errorCode":{"errorCode":"invalid_client"}}',
  ]) {
    it(`finds no code in ${body} with any leniency`, () => {
      assert.equal(parseTokenError(body, { jsonApiCodes }), undefined)
      assert.equal(parseTokenError(body, { jsonApiCodes, errorCodeMember: true }), undefined)
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

  it('writes a reference to an explanation, and throws on one outside its alphabet [N17]', () => {
    assert.equal(
      serialiseTokenError('invalid_client', 'refused', 'urn:example:why'),
      '{"error":"invalid_client","error_description":"refused","error_uri":"urn:example:why"}',
    )
    for (const uri of ['', 'urn:hidden why', 'urn:"hidden"', 'urn:hiddén']) {
      assert.throws(
        () => serialiseTokenError('invalid_client', 'refused', uri),
        (error) => error instanceof RangeError && !error.message.includes('hidd'),
      )
    }
  })

  it('writes what parseTokenError and oauth4webapi read', async () => {
    const body = serialiseTokenError('invalid_scope', 'the scope is not registered')
    assert.deepEqual(parseTokenError(body), { error: 'invalid_scope' })
    await assert.rejects(readByOauth4webapi(body, 400), { error: 'invalid_scope', status: 400 })
  })
})
