import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseScope, type ScopeSet, scopeOf } from '@mintmark/protocol'
import fc from 'fast-check'
import { cacheKey, type TokenAuthority } from '../src/cache-key.ts'
import type { TokenRequestIdentity } from '../src/token-request-identity.ts'

const authority: TokenAuthority = {
  authority: 'https://issuer.example',
  clientId: 'partner-a',
  confirmation: undefined,
}

const identity: TokenRequestIdentity = {
  scope: undefined,
  resources: [],
  audience: undefined,
  authorizationDetails: undefined,
  extraParameters: {},
}

function scope(text: string): ScopeSet {
  const parsed = parseScope(text)
  assert(parsed.ok)
  return parsed.value
}

test('differs for everything that makes a token different [C1]', () => {
  const keys = [
    cacheKey(authority, identity),
    cacheKey({ ...authority, authority: 'https://issuer.example/' }, identity),
    cacheKey({ ...authority, clientId: 'partner-b' }, identity),
    cacheKey({ ...authority, confirmation: 'thumbprint' }, identity),
    cacheKey(authority, { ...identity, scope: scope('a') }),
    cacheKey(authority, { ...identity, scope: scope('A') }),
    cacheKey(authority, { ...identity, resources: ['https://a.example'] }),
    cacheKey(authority, { ...identity, resources: ['https://a.example', 'https://b.example'] }),
    cacheKey(authority, { ...identity, audience: 'a' }),
    cacheKey(authority, { ...identity, audience: 'https://a.example' }),
    cacheKey(authority, { ...identity, authorizationDetails: '[{"type":"a"}]' }),
    cacheKey(authority, { ...identity, extraParameters: { a: '' } }),
    cacheKey(authority, { ...identity, extraParameters: { audience: 'a' } }),
  ]
  assert.equal(new Set(keys).size, keys.length)
})

test('is the same for the same sets in another order [C1]', () => {
  const one: TokenRequestIdentity = {
    scope: scope('read write'),
    resources: ['urn:a', 'urn:b'],
    audience: 'x',
    authorizationDetails: undefined,
    extraParameters: { a: '1', b: '2' },
  }
  const other: TokenRequestIdentity = {
    scope: scope('write read write'),
    resources: ['urn:b', 'urn:a'],
    audience: 'x',
    authorizationDetails: undefined,
    extraParameters: { b: '2', a: '1' },
  }
  assert.equal(cacheKey(authority, one), cacheKey(authority, other))
})

const someText = fc.string({
  maxLength: 8,
  unit: fc.constantFrom('a', 'b', '"', ',', '[', ']', '\\'),
})
const someScopeToken = fc.string({
  minLength: 1,
  maxLength: 3,
  unit: fc.constantFrom('a', 'b', ':', '['),
})
const someRequest = fc.record({
  authority: someText,
  clientId: someText,
  scopeTokens: fc.option(fc.uniqueArray(someScopeToken, { minLength: 1, maxLength: 3 })),
  resources: fc.uniqueArray(someText, { maxLength: 3 }),
  audience: fc.option(someText),
  extra: fc.dictionary(someText, someText, { maxKeys: 3 }),
})

type SomeRequest = typeof someRequest extends fc.Arbitrary<infer Value> ? Value : never

function keyOf(request: SomeRequest): string {
  const { clientId, scopeTokens, resources, audience, extra } = request
  return cacheKey(
    { ...authority, authority: request.authority, clientId },
    {
      scope: scopeTokens === null ? undefined : scopeOf(scopeTokens),
      resources,
      audience: audience ?? undefined,
      authorizationDetails: undefined,
      extraParameters: extra,
    },
  )
}

function sameRequest(a: SomeRequest, b: SomeRequest): boolean {
  const canonical = (request: SomeRequest) => ({
    ...request,
    scopeTokens: request.scopeTokens?.toSorted() ?? null,
    resources: request.resources.toSorted(),
    extra: Object.entries(request.extra).toSorted(),
  })
  try {
    assert.deepEqual(canonical(a), canonical(b))
    return true
  } catch {
    return false
  }
}

test('is equal exactly when the requests are [C1]', () => {
  fc.assert(
    fc.property(someRequest, someRequest, (a, b) => {
      assert.equal(keyOf(a) === keyOf(b), sameRequest(a, b))
    }),
  )
  fc.assert(
    fc.property(someRequest, (request) => {
      const shuffled = { ...request, resources: request.resources.toReversed() }
      assert.equal(keyOf(request), keyOf(shuffled))
    }),
  )
})
