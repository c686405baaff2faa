/** The metadata document and its address (RFC 9728), made of options alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GuardOptions } from '@mintmark/resource-server'
import { the } from '@mintmark/testkit'
import { createMetadataResponder } from '../../src/metadata/metadata-answer.ts'
import { carrying, guardWorld } from '../guard-world.ts'

const guardOf = (identifier: string, others: object = {}) =>
  guardWorld({ resource: { identifier, ...others } }).guard

const addresses: readonly [string, string][] = [
  ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/v1', 'https://api.example/.well-known/oauth-protected-resource/v1'],
  ['https://api.example/a/b/', 'https://api.example/.well-known/oauth-protected-resource/a/b/'],
  ['http://localhost:80/x', 'http://localhost/.well-known/oauth-protected-resource/x'],
  ['https://api.example:8443', 'https://api.example:8443/.well-known/oauth-protected-resource'],
]
for (const [identifier, address] of addresses) {
  test(`the metadata of ${identifier} is at its own address, with its path behind [R4]`, () => {
    const { metadata } = guardOf(identifier)
    assert.equal(metadata?.url, address)
    assert.equal(metadata?.document.resource, identifier)
  })
}

test('the document says what is configured, and has no member without a value [R4]', () => {
  const whole = guardOf('https://api.example', {
    scopesSupported: 'applications:write decisions:read',
    ...{ name: 'Partnerschnittstelle', documentation: 'https://docs.example' },
    ...{ policy: 'https://api.example/policy', termsOfService: 'https://api.example/terms' },
    jwksUri: 'https://api.example/jwks',
  })
  assert.deepEqual(JSON.parse(whole.metadata?.json ?? ''), {
    resource: 'https://api.example',
    authorization_servers: [the.issuer],
    bearer_methods_supported: ['header'],
    scopes_supported: ['applications:write', 'decisions:read'],
    jwks_uri: 'https://api.example/jwks',
    resource_name: 'Partnerschnittstelle',
    resource_documentation: 'https://docs.example/',
    resource_policy_uri: 'https://api.example/policy',
    resource_tos_uri: 'https://api.example/terms',
  })
  const least = guardOf('https://api.example').metadata?.document
  assert.deepEqual(Object.keys(least ?? {}), [
    'resource',
    'authorization_servers',
    'bearer_methods_supported',
  ])
})

test('what tokens have to be bound to is said [R5]', () => {
  const document = (options: GuardOptions) =>
    guardWorld({ ...options, resource: { identifier: 'https://api.example' } }).guard.metadata
      ?.document
  const publicOrigin = 'https://api.example'
  const proofs = document({ senderBinding: 'dpop', publicOrigin })
  assert.equal(proofs?.dpop_bound_access_tokens_required, true)
  assert.ok(proofs?.dpop_signing_alg_values_supported?.includes('ES256'))
  assert.equal(proofs?.tls_client_certificate_bound_access_tokens, undefined)
  const either = document({ senderBinding: 'any', publicOrigin })
  assert.equal(either?.dpop_bound_access_tokens_required, undefined)
  assert.equal(either?.tls_client_certificate_bound_access_tokens, true)
})

test('all trusted issuers are named [R7]', () => {
  const issuers = [{ issuer: the.issuer }, { issuer: 'https://second.example' }]
  const { guard } = guardWorld({ issuers, resource: { identifier: 'https://api.example' } })
  assert.deepEqual(guard.metadata?.document.authorization_servers, [
    the.issuer,
    'https://second.example',
  ])
})

test('every challenge names the configured address, whatever Host says [R4]', async () => {
  const guard = guardOf('https://api.example/partner')
  for (const authorization of [undefined, 'Bearer', 'Bearer x']) {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', authorization }
    const verdict = await guard.check({ headers })
    assert.ok(!verdict.admitted)
    const [, challenge] = verdict.headers[0] ?? []
    assert.match(
      challenge ?? '',
      / resource_metadata="https:\/\/api\.example\/\.well-known\/oauth-protected-resource\/partner"/,
    )
    assert.doesNotMatch(challenge ?? '', /evil/)
  }
})

test('without option resource there is no metadata, and nothing serves it', async () => {
  const { guard } = guardWorld()
  assert.equal(guard.metadata, undefined)
  assert.throws(() => createMetadataResponder(guard), TypeError)
  const verdict = await guard.check(carrying('x'))
  assert.ok(!verdict.admitted && !`${verdict.headers}`.includes('resource_metadata'))
})

test('only the exact path is answered, and only GET and HEAD', () => {
  const respond = createMetadataResponder(guardOf('https://api.example/v1'))
  const path = '/.well-known/oauth-protected-resource/v1'
  for (const url of [path, `${path}?x=1`]) assert.equal(respond('GET', url)?.status, 200)
  assert.equal(respond('HEAD', path)?.status, 200)
  assert.equal(respond('POST', path)?.status, 405)
  const others = [`${path}/`, `${path}2`, '/.well-known/oauth-protected-resource', `/x${path}`, '']
  for (const url of others) assert.equal(respond('GET', url), undefined)
})

const mistakes: readonly [string, object][] = [
  ['no identifier', { resource: {} }],
  ['nothing', { resource: null }],
  ['a relative identifier', { resource: { identifier: '/v1' } }],
  ['an identifier without TLS', { resource: { identifier: 'http://api.example' } }],
  ['an identifier with a fragment', { resource: { identifier: 'https://api.example#a' } }],
  ['an identifier with an empty fragment', { resource: { identifier: 'https://api.example#' } }],
  ['an identifier with an empty query', { resource: { identifier: 'https://api.example/a?' } }],
  ['an identifier with a space', { resource: { identifier: 'https://api.example/a b' } }],
  ['an identifier with a query', { resource: { identifier: 'https://api.example?a' } }],
  ['an identifier that is no ASCII', { resource: { identifier: 'https://äpi.example' } }],
  ['a misspelt member', { resource: { identifier: 'https://api.example', scopes: 'a' } }],
  [
    'scopes that are none',
    { resource: { identifier: 'https://api.example', scopesSupported: '' } },
  ],
  ['an empty name', { resource: { identifier: 'https://api.example', name: '' } }],
  ['a relative page', { resource: { identifier: 'https://api.example', documentation: '/docs' } }],
  [
    'two addresses',
    { resource: { identifier: 'https://api.example' }, resourceMetadataUrl: 'https://x.example' },
  ],
]
for (const [title, options] of mistakes) {
  test(`a guard is not made with ${title} of a resource`, () => {
    assert.throws(() => guardWorld(options as GuardOptions), TypeError)
  })
}
