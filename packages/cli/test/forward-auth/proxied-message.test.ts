import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readMessage } from '../../src/forward-auth/proxied-message.ts'

const host = ['Host', 'api.example']
const read = (method: string, url: string, rawHeaders: readonly string[] = host) =>
  readMessage({ method, url, rawHeaders }, 1_000)

describe('a request that is to be passed on', () => {
  it('has a target in origin form, made from an absolute one whose authority is the host', () => {
    const none = { kind: 'none' }
    const cases = [
      ['/a/../b?c', { target: '/a/../b?c', host: 'api.example' }],
      ['//evil.example/a', { target: '//evil.example/a', host: 'api.example' }],
      ['http://evil.example/a', { target: '/a', host: 'evil.example' }],
      ['HTTPS://evil.example:8443?x', { target: '/?x', host: 'evil.example:8443' }],
      ['http://[::1]:80', { target: '/', host: '[::1]:80' }],
    ] as const
    for (const [url, place] of cases) {
      assert.deepEqual(read('GET', url), { method: 'GET', ...place, framing: none })
    }
  })

  const wrong = [
    ['target_malformed', 'OPTIONS', '*', host],
    ['target_malformed', 'GET', 'a', host],
    ['target_malformed', 'GET', '/a#b', host],
    ['target_malformed', 'GET', '/a b', host],
    ['target_malformed', 'GET', '/\u00e9', host],
    ['target_malformed', 'GET', 'ftp://a/b', host],
    ['host_malformed', 'GET', 'http://a@b/c', host],
    ['host_malformed', 'GET', '/a', []],
    ['host_malformed', 'GET', '/a', [...host, 'host', 'evil.example']],
    ['host_malformed', 'GET', '/a', ['Host', 'a b']],
    ['host_malformed', 'GET', '/a', ['Host', '']],
    ['host_malformed', 'GET', '/a', ['Host', 'a/b']],
    ['method_not_supported', 'CONNECT', 'a:443', host],
    ['method_not_supported', 'TRACE', '/a', host],
    ['upgrade_not_supported', 'GET', '/a', [...host, 'Connection', 'keep-alive, UPGRADE']],
    ['transfer_coding_unknown', 'POST', '/a', [...host, 'Transfer-Encoding', 'gzip, chunked']],
    ['transfer_coding_unknown', 'POST', '/a', [...host, 'Transfer-Encoding', 'xchunked']],
    [
      ...(['transfer_coding_unknown', 'POST', '/a'] as const),
      [...host, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'],
    ],
    [
      ...(['transfer_coding_unknown', 'POST', '/a'] as const),
      [...host, 'Transfer-Encoding', 'chunked', 'transfer-encoding', 'chunked'],
    ],
    ['transfer_coding_unknown', 'POST', '/a', [...host, 'Content-Length', '+1']],
    ['transfer_coding_unknown', 'POST', '/a', [...host, 'Content-Length', '1, 1']],
    ['body_too_large', 'POST', '/a', [...host, 'Content-Length', '1001']],
  ] as const
  for (const [violation, method, url, fields] of wrong) {
    it(`is refused as ${violation}: ${method} ${url} ${fields.join(' ')}`, () => {
      assert.equal(read(method, url, fields), violation)
    })
  }

  it('has one end: chunked, a length, or none', () => {
    const framing = (...fields: readonly string[]) => {
      const message = read('POST', '/a', [...host, ...fields])
      return typeof message === 'string' ? message : message.framing
    }
    assert.deepEqual(framing('Transfer-Encoding', 'Chunked'), { kind: 'chunked' })
    assert.deepEqual(framing('Content-Length', '1000'), { kind: 'length', octets: 1_000 })
    assert.deepEqual(framing(), { kind: 'none' })
  })

  it('is read for any text whatever, to a target of visible ASCII or a refusal', () => {
    const text = fc.string({ maxLength: 30 })
    fc.assert(
      fc.property(text, text, text, (url, name, value) => {
        const message = read('GET', url, [...host, name, value])
        if (typeof message !== 'string') assert.match(message.target, /^\/[!-~]*$/)
      }),
      { numRuns: 200 },
    )
  })
})
