import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CompactJws,
  parseClaims,
  parseCompact,
  publicJwkOf,
  type SignatureAlgorithm,
  type SignatureEngine,
  signatureAlgorithms,
  verifyCompact,
} from '@mintmark/jwt'
import { fixtureKeys, some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { importJWK, jwtVerify, SignJWT } from 'jose'
import { everyPair, signedToken, theNodeEngine } from './every-engine.ts'
import { rfc7515A2, rfc7515A3, rfc8037A } from './rfc-vectors.ts'

const nodeKey = (alg: SignatureAlgorithm) =>
  theNodeEngine().importVerificationKey(publicJwkOf(fixtureKeys[alg]), alg)

function parsed(token: string): CompactJws {
  const jws = parseCompact(token)
  assert.ok(jws.ok)
  return jws.value
}

/** What a resource server does first: the form, then the signature. */
function admits(token: string, alg: SignatureAlgorithm): boolean {
  const jws = parseCompact(token)
  return jws.ok && verifyCompact(theNodeEngine(), jws.value, nodeKey(alg))
}

async function verifiesOn(engine: SignatureEngine, token: string, alg: SignatureAlgorithm) {
  const key = await engine.importVerificationKey(publicJwkOf(fixtureKeys[alg]), alg)
  return verifyCompact(engine, parsed(token), key)
}

for (const [engine, alg] of everyPair) {
  test(`verifies what jose signs: ${alg} on the ${engine.name} engine [R1]`, async () => {
    const claims = some.claims()
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'k1' })
      .sign(await importJWK({ ...fixtureKeys[alg] }, alg))
    assert.equal(await verifiesOn(engine, token, alg), true)
    const payload = parseClaims(parsed(token).payload)
    assert.deepEqual(payload.ok && payload.value, claims)
  })
}

test('verifies the tokens printed in RFC 7515 and RFC 8037', () => {
  const engine = theNodeEngine()
  for (const [jwk, alg, token] of [
    [rfc7515A2.jwk, 'RS256', rfc7515A2.token],
    [rfc7515A3.jwk, 'ES256', rfc7515A3.token],
    [rfc8037A.jwk, 'EdDSA', rfc8037A.token],
  ] as const) {
    const key = engine.importVerificationKey(jwk, alg)
    assert.equal(verifyCompact(engine, parsed(token), key), true)
  }
})

test('refuses a token whose header names another algorithm than its key', () => {
  const engine = theNodeEngine()
  const token = signedToken('RS256')
  const pssKey = engine.importVerificationKey(publicJwkOf(fixtureKeys.RS256), 'PS256')
  assert.equal(verifyCompact(engine, parsed(token), pssKey), false)
})

test('refuses a token whose header names another algorithm than its sound signature', () => {
  const engine = theNodeEngine()
  const segment = (text: string) => Buffer.from(text).toString('base64url')
  const signingInput = `${segment('{"alg":"PS256","typ":"at+jwt"}')}.${segment('{}')}`
  const signingKey = engine.importSigningKey(fixtureKeys.RS256, 'RS256', 'k1')
  const signature = engine.sign(signingKey, signingInput)
  assert.equal(engine.verify(nodeKey('RS256'), signingInput, signature), true)
  const jws = parsed(`${signingInput}.${Buffer.from(signature).toString('base64url')}`)
  assert.equal(verifyCompact(engine, jws, nodeKey('RS256')), false)
})

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

for (const alg of signatureAlgorithms) {
  const token = signedToken(alg)

  test(`admits no spelling of an ${alg} token but its own [R1]`, () => {
    assert.equal(admits(token, alg), true)
    const lastCharacters = [...BASE64URL].map((letter) => token.slice(0, -1) + letter)
    const aliases = [
      ...lastCharacters,
      `${token}=`,
      `${token}==`,
      `${token} `,
      ` ${token}`,
      `${token}\n`,
      `\ufeff${token}`,
      `${token}.`,
      `.${token}`,
      `${token}.AAAA`,
      token.replace('.', '.\n'),
      token.replace('.', '..'),
      token.toUpperCase(),
      token.toLowerCase(),
      `${token.slice(0, -10)} ${token.slice(-10)}`,
      token.replaceAll('-', '+').replaceAll('_', '/'),
    ]
    const admitted = aliases.filter((alias) => alias !== token && admits(alias, alg))
    assert.deepEqual(admitted, [])
    assert.equal(lastCharacters.filter((alias) => alias === token).length, 1)
  })

  test(`admits no ${alg} token with one character changed, taken away or put in [R1]`, () => {
    const place = fc.nat({ max: token.length - 1 })
    const letter = fc.constantFrom(...BASE64URL, '.', '=', '+', '/', ' ', '\u00e9')
    const mutation = fc.constantFrom('change', 'remove', 'insert')
    fc.assert(
      fc.property(mutation, place, letter, (kind, at, character) => {
        const put = kind === 'remove' ? '' : character
        const rest = kind === 'insert' ? at : at + 1
        const mutated = token.slice(0, at) + put + token.slice(rest)
        fc.pre(mutated !== token)
        assert.equal(admits(mutated, alg), false)
      }),
      { numRuns: alg === 'EdDSA' ? 150 : 300 },
    )
  })
}

test('a token we admit is one that jose admits, with the same claims', async () => {
  const key = await importJWK(publicJwkOf(fixtureKeys.ES256), 'ES256')
  const claimValue = fc.jsonValue({ maxDepth: 2 })
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string({ maxLength: 8 }), claimValue), async (extra) => {
      const claimsJson = JSON.stringify({ ...extra, ...some.claims() })
      const token = signedToken('ES256', claimsJson)
      assert.equal(admits(token, 'ES256'), true)
      const claims = parseClaims(parsed(token).payload)
      const verified = await jwtVerify(token, key, {
        currentDate: new Date(the.nowSeconds * 1000),
      })
      assert.deepEqual(
        JSON.parse(JSON.stringify(verified.payload)),
        JSON.parse(JSON.stringify(claims.ok && claims.value)),
      )
    }),
    { numRuns: 60 },
  )
})
