import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as oauth from 'oauth4webapi'
import {
  type IssuerIdentifier,
  parseIssuer,
  parsePublishedMetadata,
  parseServerMetadata,
  type ServerMetadataDocument,
  serialiseServerMetadata,
} from '../src/index.ts'
import { parsedValue } from './parsed-value.ts'

const issuer = parsedValue(parseIssuer('https://issuer.example/t1'))

const document: ServerMetadataDocument = {
  issuer,
  token_endpoint: 'https://issuer.example/t1/oauth/token',
  jwks_uri: 'https://issuer.example/t1/oauth/jwks',
  introspection_endpoint: 'https://issuer.example/t1/oauth/introspect',
  revocation_endpoint: 'https://issuer.example/t1/oauth/revoke',
  response_types_supported: [],
  grant_types_supported: ['client_credentials'],
  scopes_supported: ['decisions:read'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
}

/** Documents that differ from the good one in one member; `undefined` leaves it out. */
const refusals: readonly { change: Readonly<Record<string, unknown>>; violation: string }[] = [
  { change: { issuer: undefined }, violation: 'issuer_mismatch' },
  { change: { issuer: 'https://issuer.example/t1/' }, violation: 'issuer_mismatch' },
  { change: { issuer: 'https://issuer.example/T1' }, violation: 'issuer_mismatch' },
  { change: { issuer: 'https://issuer.example:443/t1' }, violation: 'issuer_mismatch' },
  { change: { issuer: 'https://issuer.example/t1evil' }, violation: 'issuer_mismatch' },
  { change: { issuer: ['https://issuer.example/t1'] }, violation: 'issuer_mismatch' },
  { change: { issuer: null }, violation: 'issuer_mismatch' },
  { change: { token_endpoint: undefined }, violation: 'token_endpoint_missing' },
  { change: { token_endpoint: null }, violation: 'token_endpoint_missing' },
  ...['token_endpoint', 'jwks_uri', 'introspection_endpoint', 'revocation_endpoint'].flatMap(
    (name) => [
      { change: { [name]: 1 }, violation: 'malformed_endpoint' },
      { change: { [name]: '' }, violation: 'malformed_endpoint' },
      { change: { [name]: '/oauth/token' }, violation: 'malformed_endpoint' },
      { change: { [name]: ['https://issuer.example'] }, violation: 'malformed_endpoint' },
      { change: { [name]: 'file:///etc/passwd' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https://a@issuer.example' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https://a:b@issuer.example/' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https://issuer.example/#' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https://issuer.example\n' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https:\\\\issuer.example' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https:///issuer.example' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'https://issuer.example:0x1/' }, violation: 'malformed_endpoint' },
      { change: { [name]: 'http://issuer.example/' }, violation: 'endpoint_not_confidential' },
    ],
  ),
  ...['token_endpoint_auth_methods_supported', 'grant_types_supported', 'scopes_supported'].flatMap(
    (name) => [
      { change: { [name]: 'client_credentials' }, violation: 'malformed_list' },
      { change: { [name]: [1] }, violation: 'malformed_list' },
      { change: { [name]: { 0: 'client_credentials' } }, violation: 'malformed_list' },
      { change: { [name]: false }, violation: 'malformed_list' },
    ],
  ),
  { change: { mtls_endpoint_aliases: [] }, violation: 'malformed_endpoint' },
  { change: { mtls_endpoint_aliases: 'https://mtls.example' }, violation: 'malformed_endpoint' },
  { change: { mtls_endpoint_aliases: { token_endpoint: 1 } }, violation: 'malformed_endpoint' },
  {
    change: { mtls_endpoint_aliases: { token_endpoint: 'https://a@mtls.example' } },
    violation: 'malformed_endpoint',
  },
  {
    change: { mtls_endpoint_aliases: { token_endpoint: 'http://mtls.example' } },
    violation: 'endpoint_not_confidential',
  },
]

describe('parseServerMetadata', () => {
  for (const { change, violation } of refusals) {
    it(`refuses ${JSON.stringify(change)} as ${violation} [C12]`, () => {
      const text = JSON.stringify({ ...document, ...change })
      assert.deepEqual(parseServerMetadata(text, issuer), { ok: false, violation })
    })
  }

  it('reads back what serialiseServerMetadata wrote [A5]', () => {
    assert.deepEqual(parsedValue(parseServerMetadata(serialiseServerMetadata(document), issuer)), {
      issuer,
      tokenEndpoint: document.token_endpoint,
      mtlsTokenEndpoint: undefined,
      jwksUri: document.jwks_uri,
      introspectionEndpoint: document.introspection_endpoint,
      revocationEndpoint: document.revocation_endpoint,
      revocationFeedEndpoint: document.revocation_feed_endpoint,
      tokenEndpointAuthMethods: document.token_endpoint_auth_methods_supported,
      grantTypes: document.grant_types_supported,
      scopes: document.scopes_supported,
    })
  })

  it('reads the document of a server without a token endpoint, for who needs none [R2]', () => {
    for (const token_endpoint of [undefined, null]) {
      const text = JSON.stringify({ ...document, token_endpoint })
      const { tokenEndpoint, jwksUri } = parsedValue(parsePublishedMetadata(text, issuer))
      assert.deepEqual([tokenEndpoint, jwksUri], [undefined, document.jwks_uri])
    }
    for (const { change, violation } of refusals) {
      if (violation === 'token_endpoint_missing') continue
      const text = JSON.stringify({ ...document, ...change })
      assert.deepEqual(parsePublishedMetadata(text, issuer), { ok: false, violation })
    }
  })

  it('counts what is null or not sent as absent', () => {
    const sparse = { issuer, token_endpoint: document.token_endpoint }
    const nulls = { jwks_uri: null, scopes_supported: null, unknown: null }
    const absent = parsedValue(parseServerMetadata(JSON.stringify(sparse), issuer))
    assert.equal(absent.jwksUri, undefined)
    assert.equal(absent.scopes, undefined)
    for (const aliases of [null, {}, { token_endpoint: null, other: 'x' }]) {
      const text = JSON.stringify({ ...sparse, ...nulls, mtls_endpoint_aliases: aliases })
      assert.deepEqual(parsedValue(parseServerMetadata(text, issuer)), absent)
    }
  })

  it('reads the token endpoint for clients with a certificate [C13]', () => {
    const alias = 'https://mtls.issuer.example/token'
    const text = JSON.stringify({ ...document, mtls_endpoint_aliases: { token_endpoint: alias } })
    const metadata = parsedValue(parseServerMetadata(text, issuer))
    assert.equal(metadata.mtlsTokenEndpoint, alias)
    assert.equal(metadata.tokenEndpoint, document.token_endpoint)
  })

  it('keeps endpoints as written: with a query, elsewhere, on loopback', () => {
    const endpoints = [
      'https://issuer.example/token?tenant=1',
      'https://other.example',
      'https://issuer.example?a',
      'http://localhost:8080/token',
      'http://[::1]:8080/token',
    ]
    for (const endpoint of endpoints) {
      const text = JSON.stringify({ ...document, token_endpoint: endpoint })
      assert.equal(parsedValue(parseServerMetadata(text, issuer)).tokenEndpoint, endpoint)
    }
  })

  it('refuses the document of an issuer on a prefix of the path [C12]', () => {
    const shorter = parsedValue(parseIssuer('https://issuer.example'))
    assert.equal(parseServerMetadata(JSON.stringify(document), shorter).ok, false)
  })

  it('refuses a document that is no strict JSON object', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['', 'not_json'],
      ['<html></html>', 'not_json'],
      ['[]', 'not_an_object'],
      [`{"issuer":"${issuer}","issuer":"${issuer}"}`, 'duplicate_member'],
      [`{"a":${'['.repeat(17)}${']'.repeat(17)}}`, 'too_deep'],
      [' '.repeat(262_145), 'too_long'],
    ]
    for (const [text, violation] of rows) {
      assert.deepEqual(parseServerMetadata(text, issuer), { ok: false, violation })
    }
  })
})

describe('serialiseServerMetadata', () => {
  it('writes a document that oauth4webapi takes for this issuer and no other [A5]', async () => {
    const read = (expected: string) =>
      oauth.processDiscoveryResponse(
        new URL(expected),
        new Response(serialiseServerMetadata(document), {
          headers: { 'content-type': 'application/json' },
        }),
      )
    assert.equal((await read(issuer)).token_endpoint, document.token_endpoint)
    await assert.rejects(read('https://issuer.example' satisfies string as IssuerIdentifier))
  })
})
