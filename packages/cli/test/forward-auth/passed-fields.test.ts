import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isOwnName } from '../../src/forward-auth/field-name.ts'
import { identityOf } from '../../src/forward-auth/identity-headers.ts'
import {
  fieldsToClient,
  fieldsToUpstream,
  type Passage,
} from '../../src/forward-auth/passed-fields.ts'
import { someAdmission } from './some-admission.ts'

const passage: Passage = {
  message: { method: 'GET', target: '/a', host: 'api.example', framing: { kind: 'none' } },
  ...{ upstreamHost: '127.0.0.1:3000', keepsAuthorization: false, publicOrigin: undefined },
  ...{ identity: identityOf(someAdmission()) ?? [], forwardedFor: '203.0.113.7', scheme: 'http' },
}

/** Names in lower case with all their values. */
function asRecord(fields: readonly string[]): Record<string, string[]> {
  const record: Record<string, string[]> = {}
  for (let at = 0; at < fields.length; at += 2) {
    const name = (fields[at] as string).toLowerCase()
    record[name] = [...(record[name] ?? []), fields[at + 1] as string]
  }
  return record
}

const fixed = {
  host: ['127.0.0.1:3000'],
  'mintmark-client': ['partner-a'],
  'mintmark-subject': ['partner-a'],
  'mintmark-scope': ['decisions:read'],
  'mintmark-issuer': ['https://auth.example'],
  'mintmark-expires': ['1795780200'],
  'x-forwarded-for': ['203.0.113.7'],
  'x-forwarded-proto': ['http'],
  'x-forwarded-host': ['api.example'],
  via: ['1.1 mintmark'],
}

describe('the fields that are passed on to the API', () => {
  it('are those of the client that are for everybody, and who it is', () => {
    const sent = [
      ...['Host', 'api.example', 'Accept', 'a', 'Cookie', 'b=c', 'Accept', 'd', 'X-Own', ''],
      ...['Authorization', 'Bearer t', 'DPoP', 'p', 'Expect', '100-continue'],
    ]
    const { accept, cookie, 'x-own': own, ...rest } = asRecord(fieldsToUpstream(sent, passage))
    assert.deepEqual([accept, cookie, own], [['a', 'd'], ['b=c'], ['']])
    assert.deepEqual({ ...rest, 'mintmark-expires': fixed['mintmark-expires'] }, fixed)
  })

  it('are never for one hop only, nor named by Connection (RFC 9110 section 7.6.1)', () => {
    const sent = [
      ...['Connection', 'close, X-Hop, Mintmark-Client, X-Forwarded-For', 'X-Hop', 'a'],
      ...[
        'Keep-Alive',
        'b',
        'TE',
        'trailers',
        'Trailer',
        'c',
        'Upgrade',
        'h2c',
        'Proxy-Connection',
      ],
      ...['d', 'HTTP2-Settings', 'e', 'Transfer-Encoding', 'chunked', 'Proxy-Authorization', 'f'],
    ]
    const record = asRecord(fieldsToUpstream(sent, passage))
    assert.deepEqual({ ...record, 'mintmark-expires': fixed['mintmark-expires'] }, fixed)
  })

  it('say who is calling once, whatever a client sends and however it spells it', () => {
    const spelling = fc
      .tuple(fc.constantFrom(...'-_.!~'), fc.constantFrom('client', 'Scope', 'subject', 'more'))
      .map(([between, name]) => `Mintmark${between}${name}`)
    const trusted = fc.constantFrom(
      ...['X-Forwarded-For', 'X_Forwarded_For', 'x-forwarded-uri', 'X-Original-URI', 'X-Real-IP'],
      ...['Forwarded', 'Client-Cert', 'client_cert', 'Content_Length', 'X_Anything', 'Host'],
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(spelling, trusted), { maxLength: 8 }), (names) => {
        const sent = names.flatMap((name) => [name, 'evil'])
        const fields = fieldsToUpstream(sent, passage)
        assert(!fields.includes('evil'))
        assert.equal(fields.filter((name) => isOwnName(name)).length, 5)
      }),
      { numRuns: 100 },
    )
  })

  it('have the token only where that is asked for', () => {
    const sent = ['Authorization', 'Bearer t', 'Authorization_', 'x']
    const record = asRecord(fieldsToUpstream(sent, { ...passage, keepsAuthorization: true }))
    assert.deepEqual(record.authorization, ['Bearer t'])
    assert.equal(record.authorization_, undefined)
  })

  it('frame the body as it was read, and name the public origin where there is one', () => {
    const framed = (framing: Passage['message']['framing'], method = 'POST') => {
      const message = { ...passage.message, method, framing }
      const record = asRecord(fieldsToUpstream(['Content-Length', '7'], { ...passage, message }))
      return [record['content-length'], record['transfer-encoding']]
    }
    assert.deepEqual(framed({ kind: 'length', octets: 7 }), [['7'], undefined])
    assert.deepEqual(framed({ kind: 'chunked' }), [undefined, ['chunked']])
    assert.deepEqual(framed({ kind: 'none' }), [['0'], undefined])
    assert.deepEqual(framed({ kind: 'none' }, 'GET'), [undefined, undefined])
    const publicOrigin = 'https://public.example'
    const record = asRecord(fieldsToUpstream([], { ...passage, publicOrigin }))
    assert.deepEqual(record['x-forwarded-proto'], ['https'])
    assert.deepEqual(record['x-forwarded-host'], ['public.example'])
  })
})

describe('the fields that are passed back to the client', () => {
  it('are those of the API that are for everybody, without ours, and what there is about limits', () => {
    const sent = [
      ...['Content-Type', 'text/plain', 'Set-Cookie', 'a', 'Set-Cookie', 'b', 'Connection', 'x-a'],
      ...['X-A', 'c', 'Keep-Alive', 'd', 'Transfer-Encoding', 'chunked', 'Mintmark-Client', 'e'],
    ]
    assert.deepEqual(asRecord(fieldsToClient(sent, [['ratelimit', 'f']])), {
      'content-type': ['text/plain'],
      'set-cookie': ['a', 'b'],
      ratelimit: ['f'],
      via: ['1.1 mintmark'],
    })
  })
})
