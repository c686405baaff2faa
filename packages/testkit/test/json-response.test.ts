import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonResponse } from '../src/index.ts'

describe('jsonResponse', () => {
  it('serialises a value and sends a string as it is', async () => {
    assert.equal(await jsonResponse({ a: 1 }).text(), '{"a":1}')
    assert.equal(await jsonResponse('{"a":').text(), '{"a":')
  })

  it('names the content type unless it is given another', () => {
    assert.equal(jsonResponse({}).headers.get('content-type'), 'application/json')
    const html = jsonResponse('<p>', { status: 502, headers: { 'content-type': 'text/html' } })
    assert.equal(html.headers.get('content-type'), 'text/html')
    assert.equal(html.status, 502)
  })
})
