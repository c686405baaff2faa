import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import {
  mediaTypes,
  readAssertion,
} from '../../../src/client-authentication/assertions/assertion.ts'
import {
  judgeAssertionClaims,
  soleAudience,
} from '../../../src/client-authentication/assertions/assertion-claims.ts'
import { the } from '../../serving.ts'
import { asserter, someAssertion } from '../asserting.ts'

let signed = ''
let withMac = ''
before(async () => {
  signed = await someAssertion()
  withMac = await someAssertion({
    header: { alg: 'HS256', kid: undefined },
    secret: 's'.repeat(32),
  })
})

const expected = { clientId: asserter, issuer: the.issuer, tokenEndpoint: the.tokenEndpoint }

test('no text makes reading an assertion throw [A6]', () => {
  const segment = fc.oneof(
    fc.base64String().map((text) => text.replaceAll('=', '')),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc
      .constantFrom('{"alg":"HS256"}', '{"alg":"ES256","crit":["x"]}', '{"alg":1}')
      .map((json) => Buffer.from(json).toString('base64url')),
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(segment, { maxLength: 5 }).map((all) => all.join('.')),
  )
  fc.assert(
    fc.property(text, fc.constantFrom(...Object.values(mediaTypes)), (written, types) => {
      const read = readAssertion(written, types)
      if (read.ok) judgeAssertionClaims(read.value.claims, expected, the.nowSeconds * 1000)
    }),
    { numRuns: 200 },
  )
})

test('an assertion with one character changed is another one, or none [A6]', () => {
  const alphabet = fc.constantFrom(...'Aa0-_.=+/ \n')
  fc.assert(
    fc.property(fc.nat(), alphabet, fc.boolean(), (at, character, isMac) => {
      const original = isMac ? withMac : signed
      const place = at % original.length
      const changed = original.slice(0, place) + character + original.slice(place + 1)
      const read = readAssertion(changed, mediaTypes.jwt)
      if (!read.ok || changed === original) return
      const { signingInput, signature } = read.value
      const again = `${signingInput}.${Buffer.from(signature).toString('base64url')}`
      assert.equal(again, changed, 'its octets have one text')
    }),
    { numRuns: 200 },
  )
})

test('an accepted assertion is ours, bounded, and remembered as long as it is valid [A6]', () => {
  const now = the.nowSeconds
  const instant = fc.oneof(fc.integer({ min: now - 400, max: now + 400 }), fc.double(), fc.string())
  const claims = fc.record(
    {
      iss: fc.constantFrom(asserter, 'x', 1, null),
      sub: fc.constantFrom(asserter, 'x', ['a']),
      aud: fc.oneof(fc.constantFrom(the.issuer, [the.issuer]), fc.jsonValue()),
      ...{ exp: instant, iat: instant, nbf: instant },
      jti: fc.oneof(fc.constant('j'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(claims, (some) => {
      const judged = judgeAssertionClaims(JSON.parse(JSON.stringify(some)), expected, now * 1000)
      if (!judged.ok) return
      assert.deepEqual([some.iss, some.sub], [asserter, asserter])
      assert.ok(Number(some.exp) > now - 30 && Number(some.exp) <= now + 330)
      assert.equal(judged.refusedFromWallMs, (Number(some.exp) + 30) * 1000)
      if (judged.audience === 'strict') assert.equal(soleAudience(some.aud as never), the.issuer)
    }),
    { numRuns: 200 },
  )
})
