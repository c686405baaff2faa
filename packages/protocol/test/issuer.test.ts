import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as oauth from 'oauth4webapi'
import {
  accepted,
  type IssuerViolation,
  isConfidentialUrl,
  isLoopbackHost,
  metadataUrl,
  parseIssuer,
} from '../src/index.ts'
import { parsedValue } from './parsed-value.ts'

const acceptable = [
  'https://issuer.example',
  'https://issuer.example/',
  'https://Issuer.Example',
  'https://issuer.example:8443',
  'https://issuer.example:443/tenants/1',
  'https://issuer.example/a@b',
  'https://issuer.example/%41',
  'https://[2001:db8::1]/t',
  'http://localhost:8080',
  'http://mint.localhost/t',
  'http://127.0.0.1:1',
  'http://[::1]:8080',
]

const refusals: readonly { text: string; violation: IssuerViolation }[] = [
  { text: '', violation: 'malformed_issuer' },
  { text: 'issuer.example', violation: 'malformed_issuer' },
  { text: 'HTTPS://issuer.example', violation: 'malformed_issuer' },
  { text: 'https:issuer.example', violation: 'malformed_issuer' },
  { text: 'https:/issuer.example', violation: 'malformed_issuer' },
  { text: 'https:///issuer.example', violation: 'malformed_issuer' },
  { text: 'https://', violation: 'malformed_issuer' },
  { text: 'https:\\\\issuer.example', violation: 'malformed_issuer' },
  { text: ' https://issuer.example', violation: 'malformed_issuer' },
  { text: 'https://issuer.example\n', violation: 'malformed_issuer' },
  { text: 'https://issuer\t.example', violation: 'malformed_issuer' },
  { text: 'https://issuer.example/a b', violation: 'malformed_issuer' },
  { text: 'https://issüer.example', violation: 'malformed_issuer' },
  { text: 'https://issuer.example:99999', violation: 'malformed_issuer' },
  { text: 'https://issuer.example/"', violation: 'malformed_issuer' },
  { text: 'ftp://issuer.example', violation: 'malformed_issuer' },
  { text: 'javascript:alert(1)', violation: 'malformed_issuer' },
  { text: 'https://issuer.example?', violation: 'issuer_has_query' },
  { text: 'https://issuer.example/?a=b', violation: 'issuer_has_query' },
  { text: 'https://issuer.example#', violation: 'issuer_has_fragment' },
  { text: 'https://issuer.example/?a#b', violation: 'issuer_has_fragment' },
  { text: 'https://a@issuer.example', violation: 'issuer_has_userinfo' },
  { text: 'https://:@issuer.example', violation: 'issuer_has_userinfo' },
  { text: 'https://trusted.example@evil.example/', violation: 'issuer_has_userinfo' },
  { text: 'http://issuer.example', violation: 'issuer_not_confidential' },
  { text: 'http://127.0.0.1.example', violation: 'issuer_not_confidential' },
  { text: 'http://localhost.example', violation: 'issuer_not_confidential' },
  { text: 'http://10.0.0.1', violation: 'issuer_not_confidential' },
  { text: `https://issuer.example/${'a'.repeat(2_048)}`, violation: 'issuer_too_long' },
]

describe('parseIssuer', () => {
  for (const text of acceptable) {
    it(`keeps ${text} as written [A5]`, () => {
      assert.deepEqual(parseIssuer(text), accepted(text))
    })
  }

  for (const { text, violation } of refusals) {
    it(`refuses ${JSON.stringify(text.slice(0, 50))} as ${violation} [C12]`, () => {
      assert.deepEqual(parseIssuer(text), { ok: false, violation })
    })
  }
})

const documents: readonly { issuer: string; oauth: string; openid: string }[] = [
  {
    issuer: 'https://h.example',
    oauth: 'https://h.example/.well-known/oauth-authorization-server',
    openid: 'https://h.example/.well-known/openid-configuration',
  },
  {
    issuer: 'https://h.example/',
    oauth: 'https://h.example/.well-known/oauth-authorization-server',
    openid: 'https://h.example/.well-known/openid-configuration',
  },
  {
    issuer: 'https://h.example:8443/t1',
    oauth: 'https://h.example:8443/.well-known/oauth-authorization-server/t1',
    openid: 'https://h.example:8443/t1/.well-known/openid-configuration',
  },
  {
    issuer: 'https://h.example/t1/',
    oauth: 'https://h.example/.well-known/oauth-authorization-server/t1',
    openid: 'https://h.example/t1/.well-known/openid-configuration',
  },
  {
    issuer: 'https://h.example/a/b%2Fc',
    oauth: 'https://h.example/.well-known/oauth-authorization-server/a/b%2Fc',
    openid: 'https://h.example/a/b%2Fc/.well-known/openid-configuration',
  },
]

describe('metadataUrl', () => {
  for (const { issuer, oauth: expected, openid } of documents) {
    it(`inserts the OAuth document and appends the OpenID one for ${issuer} [A5] [C12]`, () => {
      const identifier = parsedValue(parseIssuer(issuer))
      assert.equal(metadataUrl(identifier, 'oauth-authorization-server').href, expected)
      assert.equal(metadataUrl(identifier, 'openid-configuration').href, openid)
    })

    it(`agrees with oauth4webapi for ${issuer}`, async () => {
      const identifier = parsedValue(parseIssuer(issuer))
      assert.equal(
        metadataUrl(identifier, 'oauth-authorization-server').href,
        await requestedByOauth4webapi(issuer, 'oauth2'),
      )
      assert.equal(
        metadataUrl(identifier, 'openid-configuration').href,
        await requestedByOauth4webapi(issuer, 'oidc'),
      )
    })
  }
})

describe('isLoopbackHost', () => {
  const rows: readonly { host: string; isLoopback: boolean }[] = [
    { host: 'localhost', isLoopback: true },
    { host: 'LocalHost', isLoopback: true },
    { host: 'a.b.localhost', isLoopback: true },
    { host: '127.0.0.1', isLoopback: true },
    { host: '127.255.255.254', isLoopback: true },
    { host: '::1', isLoopback: true },
    { host: '[::1]', isLoopback: true },
    { host: '', isLoopback: false },
    { host: 'localhost.', isLoopback: false },
    { host: 'notlocalhost', isLoopback: false },
    { host: 'localhost.example', isLoopback: false },
    { host: '127.0.0.1.example', isLoopback: false },
    { host: '127.0.0', isLoopback: false },
    { host: '127.0.0.256', isLoopback: false },
    { host: '127.0.0.01', isLoopback: false },
    { host: '128.0.0.1', isLoopback: false },
    { host: '0.0.0.0', isLoopback: false },
    { host: '::', isLoopback: false },
    { host: '[::1', isLoopback: false },
    { host: '::ffff:127.0.0.1', isLoopback: false },
    { host: '127.0.0.1\n', isLoopback: false },
  ]
  for (const { host, isLoopback } of rows) {
    it(`says ${isLoopback} for ${JSON.stringify(host)}`, () => {
      assert.equal(isLoopbackHost(host), isLoopback)
    })
  }

  it('takes every address of 127.0.0.0/8 and none beside it', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        assert.equal(isLoopbackHost(`127.${b}.${c}.${d}`), true)
        assert.equal(isLoopbackHost(`${a}.${b}.${c}.${d}`), a === 127)
      }),
    )
  })
})

describe('isConfidentialUrl', () => {
  it('permits https anywhere and http on this machine only [C12]', () => {
    const urls = ['https://api.example', 'http://localhost:1', 'http://127.1/', 'http://[::1]']
    for (const url of urls) assert.equal(isConfidentialUrl(new URL(url)), true)
    const others = ['http://api.example', 'ws://localhost', 'file:///localhost', 'data:,localhost']
    for (const url of others) assert.equal(isConfidentialUrl(new URL(url)), false)
  })
})

async function requestedByOauth4webapi(
  issuer: string,
  algorithm: 'oauth2' | 'oidc',
): Promise<string | undefined> {
  let requested: string | undefined
  await oauth.discoveryRequest(new URL(issuer), {
    algorithm,
    [oauth.customFetch]: async (url) => {
      requested = url
      return new Response()
    },
  })
  return requested
}
