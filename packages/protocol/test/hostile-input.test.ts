import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  formDecode,
  type IssuerIdentifier,
  isErrorText,
  isLoopbackHost,
  isResourceIndicator,
  parametersFromForm,
  parametersFromJson,
  parseBasicCredentials,
  parseBasicReadings,
  parseChallenges,
  parseFeedContent,
  parseForm,
  parseIntrospectionRequest,
  parseIntrospectionResponse,
  parseIssuer,
  parseJsonObject,
  parseRevocationRequest,
  parseScope,
  parseServerMetadata,
  parseTokenError,
  parseTokenRequest,
  parseTokenResponse,
  splitFeed,
} from '../src/index.ts'
import { anyText, damaged, syntaxText } from './any-text.ts'

const issuer = 'https://issuer.example' as IssuerIdentifier
const form = 'grant_type=c&scope=a%3Ab+c&resource=https%3A%2F%2Fa&token=t%C3%A4&client_secret=s'

/** Everything that reads text from outside, with one text each that it accepts. */
const readers: readonly { name: string; read: (text: string) => unknown; good: string }[] = [
  { name: 'parseForm', read: parseForm, good: form },
  { name: 'formDecode', read: formDecode, good: 'a+b%C3%A4' },
  { name: 'parametersFromForm', read: parametersFromForm, good: form },
  {
    name: 'parametersFromJson',
    read: parametersFromJson,
    good: '{"grant_type":"client_credentials","scope":"*","resource":["a:b"]}',
  },
  { name: 'parseTokenRequest', read: afterForm(parseTokenRequest), good: form },
  { name: 'parseIntrospectionRequest', read: afterForm(parseIntrospectionRequest), good: form },
  { name: 'parseRevocationRequest', read: afterForm(parseRevocationRequest), good: form },
  {
    name: 'parseJsonObject',
    read: (text) => parseJsonObject(text, { depthMax: 4, lengthMax: 10_000 }),
    good: '{"a":[{"b":"\\ud83d\\ude00"}],"c":1e3}',
  },
  { name: 'parseScope', read: parseScope, good: 'applications:write decisions:read' },
  { name: 'parseIssuer', read: parseIssuer, good: 'https://issuer.example:8443/t1' },
  { name: 'isLoopbackHost', read: isLoopbackHost, good: '127.0.0.1' },
  { name: 'isResourceIndicator', read: isResourceIndicator, good: 'https://api.example/a?b' },
  { name: 'isErrorText', read: isErrorText, good: 'invalid_client' },
  { name: 'parseBasicCredentials', read: parseBasicCredentials, good: `Basic ${btoa('a:b%20c')}` },
  { name: 'parseBasicReadings', read: parseBasicReadings, good: `Basic ${btoa('a:b%20c')}` },
  { name: 'splitFeed', read: splitFeed, good: 'a.b.c\n{"clients":{}}' },
  {
    name: 'parseFeedContent',
    read: parseFeedContent,
    good: '{"clients":{"a":[1,2]},"keys":{"k":3},"tokens":"AQUBAAAAAA"}',
  },
  {
    name: 'parseTokenResponse',
    read: (text) => parseTokenResponse(text),
    good: '{"access_token":"t","token_type":"Bearer","expires_in":60,"scope":"a b"}',
  },
  { name: 'parseTokenError', read: parseTokenError, good: '{"error":"invalid_client"}' },
  {
    name: 'parseChallenges',
    read: parseChallenges,
    good: 'Negotiate abc==, Bearer realm="a \\" b", error=invalid_token',
  },
  {
    name: 'parseServerMetadata',
    read: (text) => parseServerMetadata(text, issuer),
    good: `{"issuer":"${issuer}","token_endpoint":"${issuer}/token","scopes_supported":["a"]}`,
  },
  {
    name: 'parseIntrospectionResponse',
    read: parseIntrospectionResponse,
    good: '{"active":true,"aud":["a"],"exp":1,"cnf":{"jkt":"t"},"scope":"a"}',
  },
]

for (const { name, read, good } of readers) {
  describe(name, () => {
    it('accepts the text whose damage is looked at below', () => {
      const outcome = read(good)
      assert.notEqual(outcome, undefined)
      assert.notEqual(outcome, false)
      assert.doesNotMatch(JSON.stringify(outcome), /"ok":false/)
    })

    it('never throws, whatever the text', () => {
      fc.assert(fc.property(fc.oneof(anyText, syntaxText), (text) => void read(text)))
    })

    it('never throws on good text with one character damaged', () => {
      fc.assert(fc.property(damaged(good), (text) => void read(text)))
    })
  })
}

/** Their callers bound what they are given. */
const unbounded = new Set(['formDecode', 'isErrorText'])

describe('a million characters', () => {
  for (const { name, read } of readers.filter((reader) => !unbounded.has(reader.name))) {
    it(`are refused by ${name}, whatever they repeat [R1]`, () => {
      for (const unit of ['a', ' ', '"', '\\', '{"a":', '[', '&', '%41', '=', ',', 'a ', '\\"']) {
        const outcome = JSON.stringify(read(unit.repeat(1_000_000 / unit.length))) ?? 'nothing'
        assert.match(outcome, /^(?:\{"ok":false,"violation":"\w+"\}|\[\]|false|nothing)$/)
      }
    })
  }
})

function afterForm(
  parse: (parameters: Parameters<typeof parseTokenRequest>[0]) => unknown,
): (text: string) => unknown {
  return (text) => {
    const parameters = parametersFromForm(text)
    return parameters.ok ? parse(parameters.value) : parameters
  }
}
