import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  isResourceIndicator,
  type Parsed,
  parametersFromForm,
  parseTokenRequest,
  scopeOf,
  serialiseForm,
  type TokenRequest,
  tokenRequestPairs,
} from '../src/index.ts'
import { scopeToken, unicodeText } from './any-text.ts'
import { parsedValue } from './parsed-value.ts'

/** fc.webUrl() makes a table of all characters for its percent signs. */
const pathUnit = fc.oneof(
  fc.constantFrom(..."/aZ09-._~!$&'()*+,;=:@"),
  fc.nat(characters.last).map(characters.at).map(encodeURIComponent),
)
const someUrl = fc
  .tuple(fc.webAuthority(), fc.string({ unit: pathUnit }))
  .map(([authority, path]) => `https://${authority}/${path}`)

const refusals: readonly { form: string; violation: string }[] = [
  { form: '', violation: 'grant_type_missing' },
  { form: 'scope=a', violation: 'grant_type_missing' },
  { form: 'grant_type=', violation: 'grant_type_missing' },
  { form: 'Grant_Type=client_credentials', violation: 'grant_type_missing' },
  { form: 'grant_type=c&scope=a++b', violation: 'malformed_scope' },
  { form: 'grant_type=c&scope=+', violation: 'malformed_scope' },
  { form: 'grant_type=c&scope=%22', violation: 'malformed_scope' },
  { form: 'grant_type=c&scope=a%0Ab', violation: 'malformed_scope' },
  { form: `grant_type=c&scope=${'a'.repeat(4_097)}`, violation: 'malformed_scope' },
  { form: `grant_type=c&scope=${'a+'.repeat(256)}a`, violation: 'malformed_scope' },
  { form: 'grant_type=c&resource=api.example', violation: 'malformed_resource' },
  { form: 'grant_type=c&resource=https://a%23b', violation: 'malformed_resource' },
  { form: 'grant_type=c&resource=https://a&resource=/b', violation: 'malformed_resource' },
]

describe('parseTokenRequest', () => {
  for (const { form, violation } of refusals) {
    it(`refuses ${form.slice(0, 50)} as ${violation} [A1]`, () => {
      assert.deepEqual(parse(form), { ok: false, violation })
    })
  }

  it('reads everything a token request can have [A1]', () => {
    const request = parsedValue(
      parse(
        'grant_type=client_credentials&scope=decisions%3Aread+applications%3Awrite' +
          '&resource=https%3A%2F%2Fa.example&resource=urn%3Aapi&audience=aud' +
          '&client_id=partner-a&client_secret=s3cret&unknown=1',
      ),
    )
    assert.equal(request.grantType, 'client_credentials')
    assert.equal(request.scope?.text, 'applications:write decisions:read')
    assert.deepEqual(request.resources, ['https://a.example', 'urn:api'])
    assert.equal(request.audience, 'aud')
    assert.equal(request.clientId, 'partner-a')
    assert.equal(request.clientSecret?.reveal(), 's3cret')
  })

  it('reads a request with nothing but an unknown grant type', () => {
    assert.deepEqual(parsedValue(parse('grant_type=password')), {
      grantType: 'password',
      scope: undefined,
      resources: [],
      audience: undefined,
      authorizationDetails: undefined,
      clientId: undefined,
      clientSecret: undefined,
    })
  })

  it('counts an empty scope as none asked for [A1]', () => {
    assert.equal(parsedValue(parse('grant_type=c&scope=')).scope, undefined)
  })
})

describe('tokenRequestPairs', () => {
  it('starts with the grant type and leaves out what is not asked for', () => {
    assert.deepEqual(tokenRequestPairs({}), [['grant_type', 'client_credentials']])
    assert.deepEqual(tokenRequestPairs({ scope: scopeOf([]), resources: [] }), [
      ['grant_type', 'client_credentials'],
    ])
  })

  it('writes every parameter, each resource on its own', () => {
    const draft = {
      scope: scopeOf(['b', 'a']),
      resources: ['https://a.example', 'https://b.example'],
      audience: 'aud',
      authorizationDetails: '[{"type":"decision"}]',
      extra: { tenant: 't1' },
    }
    assert.deepEqual(tokenRequestPairs(draft), [
      ['grant_type', 'client_credentials'],
      ['scope', 'a b'],
      ['resource', 'https://a.example'],
      ['resource', 'https://b.example'],
      ['audience', 'aud'],
      ['authorization_details', '[{"type":"decision"}]'],
      ['tenant', 't1'],
    ])
  })

  const reserved = [
    'grant_type',
    'scope',
    'resource',
    'audience',
    'authorization_details',
    'client_id',
    'client_secret',
    'client_assertion',
    'client_assertion_type',
  ]
  for (const name of reserved) {
    it(`throws when an extra parameter is called ${name}, and names it`, () => {
      assert.throws(
        () => tokenRequestPairs({ extra: { [name]: 'hidden' } }),
        (error: unknown) =>
          error instanceof RangeError &&
          error.message.endsWith(name) &&
          !error.message.includes('hidden'),
      )
    })
  }

  it('writes what parseTokenRequest reads', () => {
    const drafts = fc.record({
      scope: fc.option(fc.array(scopeToken, { minLength: 1, maxLength: 9 }).map(scopeOf), {
        nil: undefined,
      }),
      resources: fc.array(someUrl, { maxLength: 5 }),
      audience: fc.option(unicodeText.filter(isPresent), { nil: undefined }),
    })
    fc.assert(
      fc.property(drafts, (draft) => {
        const request = parsedValue(parse(serialiseForm(tokenRequestPairs(draft))))
        assert.equal(request.scope?.text, draft.scope?.text)
        assert.deepEqual(request.resources, draft.resources)
        assert.equal(request.audience, draft.audience)
      }),
    )
  })
})

describe('isResourceIndicator', () => {
  const rows: readonly { text: string; isIndicator: boolean }[] = [
    { text: 'https://api.example', isIndicator: true },
    { text: 'https://api.example/a?b=c', isIndicator: true },
    { text: 'urn:example:api', isIndicator: true },
    { text: 'api:1', isIndicator: true },
    { text: '', isIndicator: false },
    { text: 'api', isIndicator: false },
    { text: 'api:', isIndicator: false },
    { text: '/api', isIndicator: false },
    { text: '//api.example', isIndicator: false },
    { text: '1api:a', isIndicator: false },
    { text: 'https://api.example#', isIndicator: false },
    { text: 'https://api.example/#a', isIndicator: false },
    { text: 'https://api.example/a b', isIndicator: false },
    { text: 'https://api.example\n', isIndicator: false },
    { text: ' https://api.example', isIndicator: false },
    { text: 'https://äpi.example', isIndicator: false },
    { text: 'https://api.example/"', isIndicator: false },
    { text: `a:${'b'.repeat(2_047)}`, isIndicator: false },
  ]
  for (const { text, isIndicator } of rows) {
    it(`says ${isIndicator} for ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.equal(isResourceIndicator(text), isIndicator)
    })
  }
})

function parse(form: string): Parsed<TokenRequest, string> {
  return parseTokenRequest(parsedValue(parametersFromForm(form)))
}

function isPresent(text: string): boolean {
  return text !== ''
}
