import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { originalRequest, wellFormed } from '../../src/forward-auth/original-request.ts'
import { addressesBehind } from '../../src/forward-auth/peers.ts'

const nginx = ['X-Original-Method', 'POST', 'X-Original-URI', '/a?b=c']
const others = ['X-Forwarded-Method', 'GET', 'X-Forwarded-Uri', '/d']

describe('what a client asked a proxy for', () => {
  it('is what the fields of that family say, and nothing that the other one does', () => {
    const both = [...nginx, ...others]
    assert.deepEqual(originalRequest('nginx', both), { method: 'POST', target: '/a?b=c' })
    assert.deepEqual(originalRequest('generic', both), { method: 'GET', target: '/d' })
    assert.equal(originalRequest('nginx', others), undefined)
    assert.equal(originalRequest('generic', nginx), undefined)
  })

  it('is unknown where it is malformed', () => {
    const wrong = [
      ['get', '/a'],
      ['GET', 'a'],
      ['GET', 'http://evil.example/a'],
      ['GET', '/a b'],
      ['GET', '/\u00e9'],
      ['G E T', '/a'],
      ['GET', `/${'a'.repeat(9_000)}`],
      ['', '/a'],
    ] as const
    for (const [method, target] of wrong) assert.equal(wellFormed(method, target), undefined)
    assert.equal(wellFormed('GET', undefined), undefined)
  })
})

describe('trusted peers', () => {
  it('are by bits, however an address is written', () => {
    const { isTrusted } = addressesBehind(['127.0.0.0/8', '::1', 'fe80::/10'])
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'fe80::1%eth0']) {
      assert(isTrusted(address), address)
    }
    for (const address of ['128.0.0.1', '::2', '::ffff:128.0.0.1', 'localhost', '', undefined]) {
      assert(!isTrusted(address), String(address))
    }
  })

  it('are networks, or the setting is refused', () => {
    assert.throws(() => addressesBehind(['10.0.0.1/8']), { code: 'setting_malformed' })
    assert.throws(() => addressesBehind(['proxy']), { code: 'setting_malformed' })
    assert(!addressesBehind([]).isTrusted('127.0.0.1'))
  })
})
