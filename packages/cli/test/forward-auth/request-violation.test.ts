import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readName } from '../../src/forward-auth/field-name.ts'
import { requestViolation } from '../../src/forward-auth/request-violation.ts'

const ordinary = ['Host', 'api.example', 'Authorization', 'Bearer a', 'Accept', '*/*']

describe('the look at the fields of a request', () => {
  const cases = [
    ['identity_header', ['Mintmark-Client', 'admin']],
    ['identity_header', ['mintmark-client', '']],
    ['identity_header', ['Mintmark_Client', 'admin']],
    ['identity_header', ['MINTMARK.CLIENT', 'admin']],
    ['identity_header', ['Mintmark-Anything', 'a']],
    ['aliased_header', ['X_Forwarded_Uri', '/public']],
    ['aliased_header', ['X_Forwarded-For', '127.0.0.1']],
    ['aliased_header', ['X_Original_URI', '/public']],
    ['aliased_header', ['x!real!ip', '127.0.0.1']],
    ['aliased_header', ['Content_Length', '3']],
    ['aliased_header', ['Client_Cert', ':AAAA:']],
    ['aliased_header', ['X_SSL_Client_Cert', 'a']],
    ['aliased_header', ['Transfer_Encoding', 'chunked']],
    ['hidden_header', ['Connection', 'close, Mintmark-Client']],
    ['hidden_header', ['Connection', 'authorization']],
    ['hidden_header', ['connection', 'keep-alive,X-Forwarded-For']],
    ['hidden_header', ['Connection', 'x_forwarded_for']],
    ['hidden_header', ['Connection', 'X-SSL-Client-Cert']],
    ['repeated_header', ['host', 'evil.example']],
    ['repeated_header', ['Client-Cert', ':AAAA:', 'client-cert', ':AAAA:']],
    ['repeated_header', ['X-Original-URI', '/a', 'x-original-uri', '/b']],
    ['repeated_header', ['X-Forwarded-Host', 'a', 'X-Forwarded-Host', 'b']],
  ] as const
  for (const [violation, fields] of cases) {
    it(`finds ${violation}: ${fields.join(' ')}`, () => {
      assert.equal(requestViolation([...ordinary, ...fields]), violation)
      assert.equal(requestViolation([...fields, ...ordinary]), violation)
    })
  }

  it('finds nothing in what clients and proxies send', () => {
    const more = [
      ...['Connection', 'close', 'X-Forwarded-For', '127.0.0.1', 'X-Forwarded-Uri', '/a'],
      ...['X_Custom', '1', 'Accept', 'text/html', 'Connection', 'Upgrade', 'X-Mintmark', 'a'],
    ]
    assert.equal(requestViolation([...ordinary, ...more]), undefined)
  })

  it('lets no spelling of an identity field through', () => {
    const separator = fc.constantFrom(...'-_.!#$%&*+^`|~')
    const letters = fc.constantFrom(...['client', 'Client', 'CLIENT', 'subject', 'scope', 'x'])
    fc.assert(
      fc.property(separator, letters, (between, name) => {
        const spelt = `MintMark${between}${name}`
        assert.equal(readName(spelt), `mintmark-${name.toLowerCase()}`)
        assert.equal(requestViolation([...ordinary, spelt, 'a']), 'identity_header')
      }),
      { numRuns: 100 },
    )
  })
})
