import assert from 'node:assert/strict'
import { test } from 'node:test'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { headersRememberedMax } from '../src/limits.ts'
import { parseProtectedHeader } from '../src/protected-header.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const segment = (header: string | Uint8Array) => Buffer.from(header).toString('base64url')

function outcome(header: string | Uint8Array): string {
  const parsed = parseProtectedHeader(segment(header))
  return parsed.ok ? 'accepted' : parsed.violation
}

const nested = (depth: number) => `{"alg":"ES256","x":${'['.repeat(depth)}${']'.repeat(depth)}}`

const withMembers = (count: number) =>
  `{"alg":"ES256"${Array.from({ length: count - 1 }, (_, at) => `,"m${at}":1`).join('')}}`
const ofLength = (octets: number) => `{"alg":"ES256","x5c":["${'A'.repeat(octets - 26)}"]}`

const outcomes: readonly (readonly [string, string | Uint8Array, string])[] = [
  ['alg alone', '{"alg":"ES256"}', 'accepted'],
  ['members it does not know', '{"alg":"ES256","cty":"x","x5t":"y","zip":1}', 'accepted'],
  ['nesting to the limit', nested(3), 'accepted'],
  ['as many members as there may be', withMembers(32), 'accepted'],
  ['one member more', withMembers(33), 'malformed_header'],
  ['a certificate, as long as may be', ofLength(3_072), 'accepted'],
  ['a longer one', ofLength(3_073), 'malformed_header'],
  ['no alg', '{"typ":"at+jwt"}', 'malformed_header'],
  ['alg none', '{"alg":"none"}', 'algorithm_not_supported'],
  ['alg nOnE', '{"alg":"nOnE"}', 'algorithm_not_supported'],
  ['HMAC', '{"alg":"HS256"}', 'algorithm_not_supported'],
  ['an alg of the prototype', '{"alg":"constructor"}', 'algorithm_not_supported'],
  ['an empty alg', '{"alg":""}', 'algorithm_not_supported'],
  ['alg as a list', '{"alg":["ES256"]}', 'malformed_header'],
  ['alg null', '{"alg":null}', 'malformed_header'],
  ['typ as a number', '{"alg":"ES256","typ":1}', 'malformed_header'],
  ['kid as an object', '{"alg":"ES256","kid":{}}', 'malformed_header'],
  ['kid null', '{"alg":"ES256","kid":null}', 'malformed_header'],
  ['an unknown critical member', '{"alg":"ES256","crit":["x"],"x":1}', 'critical_header'],
  ['critical b64', '{"alg":"ES256","crit":["b64"],"b64":false}', 'critical_header'],
  ['an empty crit', '{"alg":"ES256","crit":[]}', 'critical_header'],
  ['crit null', '{"alg":"ES256","crit":null}', 'critical_header'],
  ['two algs', '{"alg":"none","alg":"ES256"}', 'malformed_header'],
  ['two algs, one escaped', '{"\\u0061lg":"none","alg":"ES256"}', 'malformed_header'],
  ['two kids', '{"alg":"ES256","kid":"a","kid":"b"}', 'malformed_header'],
  ['a byte order mark', '\ufeff{"alg":"ES256"}', 'malformed_header'],
  ['octets that are not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 'malformed_header'],
  ['an unpaired surrogate', '{"alg":"ES256","kid":"\\ud800"}', 'malformed_header'],
  ['an array', '["ES256"]', 'malformed_header'],
  ['text after the object', '{"alg":"ES256"}x', 'malformed_header'],
  ['nesting beyond the limit', nested(4), 'malformed_header'],
  ['half an object', '{"alg":"ES256"', 'malformed_header'],
]

for (const [what, header, expected] of outcomes) {
  const verb = expected === 'accepted' ? 'accepts' : 'refuses'
  test(`${verb} a header with ${what} [R1]`, () => {
    assert.equal(outcome(header), expected)
    assert.equal(outcome(header), expected, 'the same the second time')
  })
}

test('keeps nothing of keys that a token brings along', () => {
  const header = '{"alg":"ES256","jwk":{"kty":"EC"},"jku":"https://evil.example/k","x5u":"u"}'
  const parsed = parseProtectedHeader(segment(header))
  assert.ok(parsed.ok)
  assert.deepEqual(Object.keys(parsed.value), ['alg', 'typ', 'kid'])
})

test('remembers a header, forgets it in a flood of others, and then reads it the same', () => {
  const honest = segment('{"alg":"ES256","kid":"honest"}')
  const remembered = parseProtectedHeader(honest)
  assert.equal(parseProtectedHeader(honest), remembered)
  for (let kid = 0; kid <= 2 * headersRememberedMax; kid += 1) {
    assert.ok(parseProtectedHeader(segment(`{"alg":"RS256","kid":"${kid}"}`)).ok)
  }
  const again = parseProtectedHeader(honest)
  assert.notEqual(again, remembered)
  assert.deepEqual(again, remembered)
})

test('does not remember a header that is longer than usual', () => {
  const long = segment(`{"alg":"ES256","kid":"${'k'.repeat(500)}"}`)
  assert.ok(parseProtectedHeader(long).ok)
  assert.notEqual(parseProtectedHeader(long), parseProtectedHeader(long))
})

test('cannot be changed for the next token by whoever holds it', () => {
  const parsed = parseProtectedHeader(segment('{"alg":"ES256","kid":"frozen"}'))
  assert.ok(parsed.ok && Object.isFrozen(parsed.value))
})

test('never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: anyCharacter }), fc.json()), (text) => {
      parseProtectedHeader(text)
      parseProtectedHeader(segment(text))
    }),
  )
})
