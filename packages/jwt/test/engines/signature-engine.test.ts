import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import {
  algorithmEntry,
  KeyImportError,
  nodeEngine,
  type PrivateJwk,
  publicJwkOf,
  type SignatureAlgorithm,
  type SignatureEngine,
  type SigningKey,
  signatureAlgorithms,
  webEngine,
} from '@mintmark/jwt'
import { InvariantViolation } from '@mintmark/runtime'
import { attackerKeys, findSecret, fixtureKeys } from '@mintmark/testkit'
import { derFromSignature } from '../../src/ecdsa-signature.ts'
import { everyPair, theNodeEngine } from '../every-engine.ts'
import { rfc7515A2, rfc7515A3, rfc8037A } from '../rfc-vectors.ts'

/** Room with other octets in it, as a pool gives it. */
const usedRoom = (length: number) => new Uint8Array(length).fill(0xff)

const signingInput = 'eyJhbGciOiJub25lIn0.e30'

async function keysOf(engine: SignatureEngine, alg: SignatureAlgorithm) {
  const jwk = fixtureKeys[alg]
  return {
    signing: await engine.importSigningKey(jwk, alg, 'k1'),
    verification: await engine.importVerificationKey(publicJwkOf(jwk), alg),
  }
}

interface FoundSignature {
  readonly input: string
  readonly signature: Uint8Array
}

const foundByKey = new Map<SignatureAlgorithm, Promise<FoundSignature>>()

/** The engines sign with the same key: what is found with one is found for all. */
function signatureThatBeginsWithZero(
  engine: SignatureEngine,
  signing: SigningKey,
): Promise<FoundSignature> {
  const found = foundByKey.get(signing.alg) ?? findSignature(engine, signing)
  foundByKey.set(signing.alg, found)
  return found
}

/** One signature in 256 begins with a zero octet; that none of 10,000 does happens to nobody. */
async function findSignature(
  engine: SignatureEngine,
  signing: SigningKey,
): Promise<FoundSignature> {
  for (let at = 0; at < 10_000; at += 1) {
    const input = `${signingInput}${at}`
    const signature = await engine.sign(signing, input)
    if (signature[0] === 0) return { input, signature }
  }
  throw new Error('no signature begins with a zero octet')
}

for (const [engine, alg] of everyPair) {
  const where = `${alg} on the ${engine.name} engine`

  test(`verifies what it signs and nothing else: ${where}`, async () => {
    const { signing, verification } = await keysOf(engine, alg)
    const signature = await engine.sign(signing, signingInput)
    assert.equal(await engine.verify(verification, signingInput, signature), true)
    assert.equal(await engine.verify(verification, `${signingInput}x`, signature), false)
    const stranger = await engine.importVerificationKey(attackerKeys[alg], alg)
    assert.equal(await engine.verify(stranger, signingInput, signature), false)
  })

  test(`refuses a signature with a bit or an octet wrong: ${where}`, async () => {
    const { signing, verification } = await keysOf(engine, alg)
    const signature = await engine.sign(signing, signingInput)
    for (const place of [0, 1, signature.length >> 1, signature.length - 1]) {
      const turned = Uint8Array.from(signature)
      turned[place] = (turned[place] ?? 0) ^ 1
      assert.equal(await engine.verify(verification, signingInput, turned), false)
    }
    for (const other of [
      signature.subarray(1),
      signature.subarray(0, -1),
      Uint8Array.of(...signature, 0),
      Uint8Array.of(0, ...signature),
      new Uint8Array(0),
      new Uint8Array(signature.length),
      new Uint8Array(signature.length).fill(0xff),
    ]) {
      assert.equal(await engine.verify(verification, signingInput, other), false)
    }
  })

  test(`refuses a signature without the zero octet that it begins with: ${where}`, async () => {
    const { signing, verification } = await keysOf(engine, alg)
    const found = await signatureThatBeginsWithZero(engine, signing)
    assert.equal(await engine.verify(verification, found.input, found.signature), true)
    const shorter = found.signature.subarray(1)
    assert.equal(await engine.verify(verification, found.input, shorter), false)
  })

  test(`makes keys that sign, carry their algorithm and have no kid: ${where}`, async () => {
    const jwk = await engine.generateKey(alg)
    assert.equal(jwk.alg, alg)
    assert.equal(jwk.kid, undefined)
    const key = await engine.importSigningKey(jwk, alg, 'made')
    const verification = await engine.importVerificationKey(publicJwkOf(jwk), alg)
    const signature = await engine.sign(key, signingInput)
    assert.equal(await engine.verify(verification, signingInput, signature), true)
  })

  test(`refuses to import a private key whose halves do not match: ${where}`, async () => {
    const mixed: PrivateJwk = { ...fixtureKeys[alg], ...publicHalf(attackerKeys[alg]) }
    const refusal = await rejection(() => engine.importSigningKey(mixed, alg, 'mixed'))
    assert.ok(refusal instanceof KeyImportError)
    assert.equal(refusal.code, 'key_not_importable')
    assert.equal(findSecret(inspect(refusal, { depth: null }), fixtureKeys[alg].d), undefined)
  })

  test(`refuses to import a key of another type: ${where}`, async () => {
    const others = Object.values(fixtureKeys).filter(({ kty }) => kty !== fixtureKeys[alg].kty)
    assert.ok(others.length >= 2)
    for (const other of others) {
      const verification = await rejection(() => engine.importVerificationKey(other, alg))
      const signing = await rejection(() => engine.importSigningKey(other, alg, 'k'))
      assert.ok(verification instanceof KeyImportError)
      assert.ok(signing instanceof KeyImportError)
    }
  })

  test(`prints no key material of an imported key: ${where}`, async () => {
    const { signing } = await keysOf(engine, alg)
    const inspected = inspect(signing, { depth: null, showHidden: true })
    const printed = `${inspected} ${JSON.stringify(signing)}`
    assert.equal(findSecret(printed, fixtureKeys[alg].d), undefined)
  })
}

function publicHalf(jwk: PrivateJwk): object {
  const { kty: _, crv: __, kid: ___, alg: ____, use: _____, ...octets } = publicJwkOf(jwk)
  return octets
}

async function rejection(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  return assert.fail('the work is refused')
}

for (const alg of signatureAlgorithms) {
  test(`both engines verify each other's ${alg} signatures`, async () => {
    const node = await keysOf(theNodeEngine(), alg)
    const web = await keysOf(webEngine(), alg)
    const byNode = await theNodeEngine().sign(node.signing, signingInput)
    const byWeb = await webEngine().sign(web.signing, signingInput)
    assert.equal(await webEngine().verify(web.verification, signingInput, byNode), true)
    assert.equal(await theNodeEngine().verify(node.verification, signingInput, byWeb), true)
  })
}

for (const engine of [theNodeEngine(), webEngine()]) {
  test(`refuses a DER signature on the ${engine.name} engine [R1]`, async () => {
    const { signing, verification } = await keysOf(engine, 'ES256')
    const signature = await engine.sign(signing, signingInput)
    const form = algorithmEntry('ES256')?.ecdsa
    assert.ok(form)
    const der = derFromSignature(signature, form, usedRoom)
    assert.equal(await engine.verify(verification, signingInput, der), false)
  })

  test(`refuses a point that is not on the curve on the ${engine.name} engine`, async () => {
    const offCurve = { ...publicJwkOf(fixtureKeys.ES256), y: rfc7515A3.jwk.y }
    const refusal = await rejection(() => engine.importVerificationKey(offCurve, 'ES256'))
    assert.ok(refusal instanceof KeyImportError)
    assert.equal(refusal.kid, fixtureKeys.ES256.kid)
  })

  test(`verifies the signatures printed in the RFCs on the ${engine.name} engine`, async () => {
    for (const [jwk, alg, token] of [
      [rfc7515A2.jwk, 'RS256', rfc7515A2.token],
      [rfc7515A3.jwk, 'ES256', rfc7515A3.token],
      [rfc8037A.jwk, 'EdDSA', rfc8037A.token],
    ] as const) {
      const end = token.lastIndexOf('.')
      const signature = Buffer.from(token.slice(end + 1), 'base64url')
      const key = await engine.importVerificationKey(jwk, alg)
      assert.equal(await engine.verify(key, token.slice(0, end), signature), true)
    }
  })

  test(`makes the Ed25519 signature printed in RFC 8037 on the ${engine.name} engine`, async () => {
    const end = rfc8037A.token.lastIndexOf('.')
    const key = await engine.importSigningKey(rfc8037A.jwk, 'EdDSA', 'a1')
    const signature = await engine.sign(key, rfc8037A.token.slice(0, end))
    assert.equal(Buffer.from(signature).toString('base64url'), rfc8037A.token.slice(end + 1))
  })

  test(`digests like FIPS 180 on the ${engine.name} engine`, async () => {
    const digest = await engine.sha256(new TextEncoder().encode('abc'))
    assert.equal(
      Buffer.from(digest).toString('hex'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })
}

test('a key of one engine is a bug in the hands of the other', async () => {
  const node = await keysOf(theNodeEngine(), 'ES256')
  const web = await keysOf(webEngine(), 'ES256')
  assert.throws(() => theNodeEngine().sign(web.signing, signingInput), InvariantViolation)
  await assert.rejects(
    async () => webEngine().verify(node.verification, signingInput, new Uint8Array(64).fill(1)),
    InvariantViolation,
  )
})

test('the node engine answers in place', () => {
  const engine = nodeEngine()
  assert.ok(engine)
  const key = engine.importSigningKey(fixtureKeys.ES256, 'ES256', 'k1')
  assert.ok(engine.sign(key, signingInput) instanceof Uint8Array)
})
