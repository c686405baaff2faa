import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeBase64url, encodeBase64url, type SignatureAlgorithm } from '@mintmark/jwt'
import type { GuardOptions, RefusalCode } from '@mintmark/resource-server'
import {
  attackerKeys,
  fixtureKeys,
  jsonResponse,
  type Overrides,
  some,
  the,
} from '@mintmark/testkit'
import { guardWorld, keySetOf, signedToken, type TokenDraft } from './guard-world.ts'

async function codeFor(
  token: string,
  options: GuardOptions = {},
): Promise<RefusalCode | 'admitted'> {
  const verdict = await guardWorld(options).check(token)
  return verdict.admitted ? 'admitted' : verdict.code
}

function withClaims(overrides: Overrides): string {
  return signedToken({ claims: some.claims(overrides) })
}

const now = the.nowSeconds

describe('a token', () => {
  for (const alg of Object.keys(fixtureKeys) as SignatureAlgorithm[]) {
    test(`signed with ${alg} is admitted [R1]`, async () => {
      assert.equal(await codeFor(signedToken({ alg })), 'admitted')
    })

    test(`signed with ${alg} by somebody else under a known kid is not [R1]`, async () => {
      const header = { kid: fixtureKeys[alg].kid }
      const token = signedToken({ alg, key: attackerKeys[alg], header })
      assert.equal(await codeFor(token), 'bad_signature')
    })
  }

  const headers: readonly [string, TokenDraft['header'], RefusalCode | 'admitted'][] = [
    ['typ at+jwt', { typ: 'at+jwt' }, 'admitted'],
    ['typ application/at+jwt', { typ: 'application/at+jwt' }, 'admitted'],
    ['typ in capitals', { typ: 'Application/AT+JWT' }, 'admitted'],
    ['typ JWT', { typ: 'JWT' }, 'wrong_type'],
    ['typ dpop+jwt', { typ: 'dpop+jwt' }, 'wrong_type'],
    ['typ logout+jwt', { typ: 'logout+jwt' }, 'wrong_type'],
    ['typ at+jwt with something behind it', { typ: 'at+jwt;v=1' }, 'wrong_type'],
    ['typ text/at+jwt', { typ: 'text/at+jwt' }, 'wrong_type'],
    ['an empty typ', { typ: '' }, 'wrong_type'],
    ['no typ', { typ: undefined }, 'wrong_type'],
    ['a typ that is a list', { typ: ['at+jwt'] }, 'malformed_token'],
    ['alg none', { alg: 'none' }, 'algorithm_not_allowed'],
    ['alg HS256', { alg: 'HS256' }, 'algorithm_not_allowed'],
    ['alg es256', { alg: 'es256' }, 'algorithm_not_allowed'],
    ['another alg than the key has', { alg: 'RS256' }, 'unknown_key'],
    ['no alg', { alg: undefined }, 'malformed_token'],
    ['an unknown kid', { kid: 'nobody' }, 'unknown_key'],
    ['no kid where one key fits', { kid: undefined }, 'admitted'],
    ['a kid that is a number', { kid: 1 }, 'malformed_token'],
    ['a critical extension', { crit: ['b64'], b64: false }, 'critical_header'],
    ['a key of its own', { jwk: { ...attackerKeys.ES256, d: 'x' }, kid: 'nobody' }, 'unknown_key'],
    ['a key set of its own', { jku: 'https://evil.example/jwks', kid: 'nobody' }, 'unknown_key'],
  ]
  for (const [title, header, expected] of headers) {
    test(`with ${title} is ${expected} [R1]`, async () => {
      assert.equal(await codeFor(signedToken(header === undefined ? {} : { header })), expected)
    })
  }

  const claims: readonly [string, Overrides, RefusalCode | 'admitted'][] = [
    ['the right claims', {}, 'admitted'],
    ['our audience among others', { aud: ['https://x.example', the.audience] }, 'admitted'],
    ['another audience', { aud: 'https://x.example' }, 'wrong_audience'],
    ['our audience with a slash more', { aud: `${the.audience}/` }, 'wrong_audience'],
    ['no audience', { aud: undefined }, 'claim_missing'],
    ['an empty audience', { aud: '' }, 'claim_malformed'],
    ['an empty list of audiences', { aud: [] }, 'claim_malformed'],
    ['an audience that is an object', { aud: { a: the.audience } }, 'claim_malformed'],
    ['another issuer', { iss: 'https://evil.example' }, 'wrong_issuer'],
    ['our issuer with a slash more', { iss: `${the.issuer}/` }, 'wrong_issuer'],
    ['a list of issuers', { iss: [the.issuer] }, 'wrong_issuer'],
    ['an issuer called __proto__', { iss: '__proto__' }, 'wrong_issuer'],
    ['no issuer', { iss: undefined }, 'wrong_issuer'],
    ['no exp', { exp: undefined }, 'claim_missing'],
    ['an exp in words', { exp: String(now + 60) }, 'claim_malformed'],
    ['an exp within the tolerance', { exp: now - 4 }, 'admitted'],
    ['an exp at the end of the tolerance', { exp: now - 5 }, 'expired'],
    ['an exp long ago', { exp: now - 3600 }, 'expired'],
    ['an nbf within the tolerance', { nbf: now + 5 }, 'admitted'],
    ['an nbf beyond the tolerance', { nbf: now + 6 }, 'not_yet_valid'],
    ['an nbf in words', { nbf: '99999999999' }, 'claim_malformed'],
    ['an iat within the tolerance', { iat: now + 5 }, 'admitted'],
    ['an iat beyond the tolerance', { iat: now + 6 }, 'issued_in_the_future'],
    ['no jti', { jti: undefined }, 'claim_missing'],
    ['no client_id', { client_id: undefined }, 'claim_missing'],
    ['no sub', { sub: undefined }, 'claim_missing'],
    ['an empty sub', { sub: '' }, 'claim_malformed'],
    ['no scope', { scope: undefined }, 'admitted'],
    ['an empty scope', { scope: '' }, 'admitted'],
    ['a malformed scope', { scope: 'read  write' }, 'claim_malformed'],
    ['a scope that is a list', { scope: ['read'] }, 'claim_malformed'],
    ['a DPoP binding', { cnf: { jkt: 'thumbprint' } }, 'sender_constrained'],
    ['a certificate binding', { cnf: { 'x5t#S256': 'thumbprint' } }, 'certificate_missing'],
    ['an unknown binding', { cnf: { jwk: {} } }, 'claim_malformed'],
    ['an empty binding', { cnf: {} }, 'claim_malformed'],
    ['a binding that is null', { cnf: null }, 'claim_malformed'],
  ]
  for (const [title, overrides, expected] of claims) {
    test(`with ${title} is ${expected} [R1]`, async () => {
      assert.equal(await codeFor(withClaims(overrides)), expected)
    })
  }

  const payload = JSON.stringify(some.claims())
  const malformed: readonly [string, string][] = [
    ['a member twice', payload.replace('{', `{"aud":"https://x.example",`)],
    ['a member twice under another spelling', payload.replace('{', '{"\\u0061ud":"x",')],
    ['a byte order mark', `\ufeff${payload}`],
    ['a list', '[]'],
    ['a string', '"claims"'],
    ['null', 'null'],
    ['nothing but a brace', '{'],
    ['nesting without end', payload.replace('{', `{"x":${'['.repeat(99)}${']'.repeat(99)},`)],
  ]
  for (const [title, text] of malformed) {
    test(`whose claims are ${title} is malformed [R1]`, async () => {
      assert.equal(await codeFor(signedToken({ claims: text })), 'malformed_token')
    })
  }

  test('whose exp is infinite is malformed in its claims [R1]', async () => {
    const text = payload.replace(/"exp":\d+/, '"exp":1e400')
    assert.equal(await codeFor(signedToken({ claims: text })), 'claim_malformed')
  })

  test('that expired and is forged reads as forged [R1]', async () => {
    const expired = { key: attackerKeys.ES256, claims: some.claims({ exp: now - 9_999 }) }
    const token = signedToken({ ...expired, header: { kid: fixtureKeys.ES256.kid } })
    assert.equal(await codeFor(token), 'bad_signature')
  })

  test('that expires while its keys are fetched is expired', async () => {
    const world = guardWorld()
    world.network.respond(the.jwksUri, () => {
      world.clock.stepWall(6_000)
      return jsonResponse(keySetOf(fixtureKeys.ES256))
    })
    const verdict = await world.check(withClaims({ exp: now + 1 }))
    assert.equal(!verdict.admitted && verdict.code, 'expired')
  })
})

describe('the options of the judgement', () => {
  for (const typ of ['JWT', 'jwt', 'application/jwt', undefined, 'at+jwt']) {
    test(`let typ ${typ} pass with acceptLegacyTyp`, async () => {
      const token = signedToken({ header: { typ } })
      assert.equal(await codeFor(token, { acceptLegacyTyp: true }), 'admitted')
    })
  }

  test('let no other typ pass with acceptLegacyTyp', async () => {
    const token = signedToken({ header: { typ: 'dpop+jwt' } })
    assert.equal(await codeFor(token, { acceptLegacyTyp: true }), 'wrong_type')
  })

  test('narrow the algorithms', async () => {
    const options: GuardOptions = { algorithms: ['EdDSA'] }
    assert.equal(await codeFor(signedToken({ alg: 'EdDSA' }), options), 'admitted')
    assert.equal(await codeFor(signedToken({ alg: 'ES256' }), options), 'algorithm_not_allowed')
  })

  test('set the clock tolerance', async () => {
    const token = withClaims({ exp: now - 30 })
    assert.equal(await codeFor(token, { clockToleranceSeconds: 60 }), 'admitted')
    assert.equal(await codeFor(token, { clockToleranceSeconds: 30 }), 'expired')
    assert.equal(await codeFor(withClaims({ exp: now }), { clockToleranceSeconds: 0 }), 'expired')
  })

  test('bound the lifetime', async () => {
    const token = withClaims({ iat: now, exp: now + 900 })
    assert.equal(await codeFor(token, { lifetimeSecondsMax: 900 }), 'admitted')
    assert.equal(await codeFor(token, { lifetimeSecondsMax: 899 }), 'lifetime_too_long')
  })

  test('bound the age, also that of a token that is remembered [R1] [R3]', async () => {
    const token = withClaims({ iat: now - 60, exp: now + 900 })
    assert.equal(await codeFor(token, { tokenAgeSecondsMax: 55 }), 'expired')
    const { check, clock } = guardWorld({ tokenAgeSecondsMax: 120 })
    assert.equal((await check(token)).admitted, true)
    await clock.advance(64_999)
    assert.equal((await check(token)).admitted, true)
    await clock.advance(1)
    const verdict = await check(token)
    assert.equal(!verdict.admitted && verdict.code, 'expired')
  })

  test('name several audiences, any of which will do', async () => {
    const audience = ['https://old.example', 'https://new.example']
    assert.equal(
      await codeFor(withClaims({ aud: 'https://new.example' }), { audience }),
      'admitted',
    )
    assert.equal(await codeFor(withClaims({}), { audience }), 'wrong_audience')
  })
})

describe('another spelling of a good token', () => {
  // EdDSA signs the same way each time, so the list below is the same in every run.
  const token = signedToken({ alg: 'EdDSA' })
  const lastCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const signature = decodeBase64url(token.slice(token.lastIndexOf('.') + 1))
  assert.ok(signature !== undefined)

  const aliases: readonly [string, string][] = [
    ...[...lastCharacters]
      .filter((character) => !token.endsWith(character))
      .map((character): [string, string] => [
        `ending in ${character}`,
        token.slice(0, -1) + character,
      ]),
    ['padded', `${token}==`],
    ['with a space behind', `${token} `],
    ['with a line end behind', `${token}\n`],
    ['with a space in the signature', `${token.slice(0, -9)} ${token.slice(-9)}`],
    ['with a dot behind', `${token}.`],
    ['with an empty segment before', `.${token}`],
    ['in capitals', token.toUpperCase()],
    ['with the other base64 alphabet', token.replaceAll('-', '+').replaceAll('_', '/')],
    ['with a fourth segment', `${token}.e30`],
    ['without its signature', token.slice(0, token.lastIndexOf('.') + 1)],
    ['with its signature in the other byte order', reordered(token, signature)],
  ]
  for (const [title, alias] of aliases) {
    test(`is refused although the token itself is remembered: ${title} [R1] [R3]`, async () => {
      assert.notEqual(alias, token)
      const world = guardWorld()
      assert.equal((await world.check(token)).admitted, true)
      assert.equal((await world.check(alias)).admitted, false)
      assert.equal((await world.check(token)).admitted, true)
    })
  }
})

function reordered(token: string, signature: Uint8Array): string {
  return token.slice(0, token.lastIndexOf('.') + 1) + encodeBase64url(signature.toReversed())
}
