import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCompact } from '@mintmark/jwt'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { signedToken } from './every-engine.ts'
import { rfc7515A1Token, rfc7515A5Token } from './rfc-vectors.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const segment = (text: string) => Buffer.from(text, 'utf8').toString('base64url')
const header = segment('{"alg":"ES256","typ":"at+jwt","kid":"k1"}')

function violationOf(token: string): string {
  const jws = parseCompact(token)
  return jws.ok ? 'none' : jws.violation
}

test('takes a signed token apart', () => {
  const token = signedToken('ES256', '{"sub":"a"}')
  const [first = '', second = '', third = ''] = token.split('.')
  const jws = parseCompact(token)
  assert.ok(jws.ok)
  assert.deepEqual(jws.value.header, { alg: 'ES256', typ: 'at+jwt', kid: 'fixture-es256' })
  assert.equal(Buffer.from(jws.value.payload).toString(), '{"sub":"a"}')
  assert.equal(jws.value.signingInput, `${first}.${second}`)
  assert.equal(Buffer.from(jws.value.signature).toString('base64url'), third)
})

const refusals: readonly (readonly [string, string, string])[] = [
  ['the empty text', '', 'not_three_segments'],
  ['a text without dots', 'AAAA', 'not_three_segments'],
  ['two segments', `${header}.AAAA`, 'not_three_segments'],
  ['four segments', `${header}.AAAA.AAAA.AAAA`, 'not_three_segments'],
  ['five segments, as encrypted tokens have', `${header}.A.A.A.A`, 'not_three_segments'],
  ['an empty header', '.AAAA.AAAA', 'not_three_segments'],
  ['an empty payload', `${header}..AAAA`, 'not_three_segments'],
  ['an empty signature', `${header}.AAAA.`, 'not_three_segments'],
  ['the unsecured token of RFC 7515 A.5', rfc7515A5Token, 'not_three_segments'],
  ['two dots', '..', 'not_three_segments'],
  ['a thousand dots', '.'.repeat(1_000), 'not_three_segments'],
  ['a million dots', '.'.repeat(1_000_000), 'token_too_long'],
  ['one character more than 8 KiB', `${header}.AAAA.`.padEnd(8_193, 'A'), 'token_too_long'],
  ['padding in the header', `${segment('{"alg":"ES256"}')}=.AAAA.AAAA`, 'malformed_base64url'],
  ['padding in the payload', `${header}.AA==.AAAA`, 'malformed_base64url'],
  ['padding in the signature', `${header}.AAAA.AA==`, 'malformed_base64url'],
  ['a space before the token', ` ${header}.AAAA.AAAA`, 'malformed_base64url'],
  ['a line break after the token', `${header}.AAAA.AAAA\n`, 'malformed_base64url'],
  ['a space in the payload', `${header}.AA AA.AAAA`, 'malformed_base64url'],
  ['base64 in place of base64url', `${header}.+/+/.AAAA`, 'malformed_base64url'],
  ['trailing bits in the payload', `${header}.AB.AAAA`, 'malformed_base64url'],
  ['trailing bits in the signature', `${header}.AAAA.AB`, 'malformed_base64url'],
  ['letters beyond ASCII', `${header}.ĀĀĀĀ.AAAA`, 'malformed_base64url'],
  ['the HMAC token of RFC 7515 A.1', rfc7515A1Token, 'algorithm_not_supported'],
]

for (const [what, token, violation] of refusals) {
  test(`refuses ${what} [R1]`, () => {
    assert.equal(violationOf(token), violation)
  })
}

test('takes a token of exactly 8 KiB', () => {
  const start = `${header}.AAAA.`
  const signatureLength = Math.floor((8_192 - start.length) / 4) * 4
  const payload = 'A'.repeat(8_192 - header.length - 2 - signatureLength)
  const token = `${header}.${payload}.${'A'.repeat(signatureLength)}`
  assert.equal(token.length, 8_192)
  assert.equal(violationOf(token), 'none')
})

test('never throws, and takes nothing apart that it could not put together again', () => {
  const part = fc.oneof(
    fc.constantFrom(header, 'e30', '', 'AAAA'),
    fc.base64String(),
    fc.string({ unit: anyCharacter }),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const token = parts.join('.')
      const jws = parseCompact(token)
      if (!jws.ok) return
      const { signingInput, payload, signature } = jws.value
      const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
      assert.equal(`${signingInput}.${text(signature)}`, token)
      assert.equal(signingInput.split('.')[1], text(payload))
    }),
    { numRuns: 500 },
  )
})
