import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  createProofJudge,
  type DpopProof,
  type JudgedProof,
  publicJwkOf,
  type SignatureEngine,
  webEngine,
} from '@mintmark/jwt'
import { attackerKeys, fixtureKeys } from '@mintmark/testkit'
import fc from 'fast-check'
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose'
import { everyPair, theNodeEngine } from '../every-engine.ts'

const target = 'https://api.example/orders'
const right = { jti: 'one', htm: 'GET', htu: target, iat: 1_750_000_000 }

async function proofOf(
  claims: object = {},
  header: object = {},
  alg: keyof typeof fixtureKeys = 'ES256',
  signer: JWK = fixtureKeys[alg] as JWK,
): Promise<string> {
  const { kid: _, alg: __, ...jwk } = publicJwkOf(fixtureKeys[alg])
  return new SignJWT({ ...right, ...claims })
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
    .sign(await importJWK(signer, alg))
}

function outcomeOf(judged: JudgedProof): DpopProof | string {
  return judged.ok ? judged.proof : judged.violation
}

async function judged(proof: string, engine: SignatureEngine = theNodeEngine()) {
  return outcomeOf(await createProofJudge(engine)(proof, 'GET', target))
}

describe('a DPoP proof', () => {
  for (const [engine, alg] of everyPair) {
    test(`of jose with ${alg} is right on the ${engine.name} engine, once and again [R5]`, async () => {
      const judge = createProofJudge(engine)
      const proof = await proofOf({ nonce: 'n', ath: 'a' }, {}, alg)
      const keyThumbprint = await calculateJwkThumbprint(fixtureKeys[alg] as JWK)
      const expected = {
        ...{ keyThumbprint, jti: 'one', issuedAtSeconds: right.iat },
        ...{ nonce: 'n', accessTokenHash: 'a' },
      }
      assert.deepEqual(outcomeOf(await judge(proof, 'GET', target)), expected)
      assert.deepEqual(outcomeOf(await judge(proof, 'GET', target)), expected)
    })

    test(`with ${alg} of somebody else's key is not on the ${engine.name} engine [R5]`, async () => {
      const proof = await proofOf({}, {}, alg, attackerKeys[alg] as JWK)
      assert.equal(await judged(proof, engine), 'signature_wrong')
    })
  }

  test('is answered in place by an engine that answers in place', async () => {
    const judge = createProofJudge(theNodeEngine())
    assert.equal(judge(await proofOf(), 'GET', target).ok, true)
  })

  const wrong: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['garbage', async () => 'garbage', 'malformed'],
    ['another typ', () => proofOf({}, { typ: 'at+jwt' }), 'malformed'],
    ['no key', () => proofOf({}, { jwk: undefined }), 'malformed'],
    ['a key that is private', () => proofOf({}, { jwk: fixtureKeys.ES256 }), 'malformed'],
    ['a symmetric key', () => proofOf({}, { jwk: { kty: 'oct', k: 'AAAA' } }), 'malformed'],
    [
      'a key of another kind',
      () => proofOf({}, { jwk: publicJwkOf(fixtureKeys.EdDSA) }),
      'malformed',
    ],
    [
      'a key that is no point',
      () => proofOf({}, { jwk: { ...publicJwkOf(fixtureKeys.ES256), x: 'A'.repeat(43) } }),
      'malformed',
    ],
    ['more than 4 KiB', () => proofOf({ more: 'x'.repeat(4_096) }), 'malformed'],
    ['no jti', () => proofOf({ jti: undefined }), 'malformed'],
    ['an empty jti', () => proofOf({ jti: '' }), 'malformed'],
    ['no htm', () => proofOf({ htm: undefined }), 'malformed'],
    ['no htu', () => proofOf({ htu: undefined }), 'malformed'],
    ['no iat', () => proofOf({ iat: undefined }), 'malformed'],
    ['a nonce that is a number', () => proofOf({ nonce: 1 }), 'malformed'],
    ['another method', () => proofOf({ htm: 'POST' }), 'misdirected'],
    ['the method in lower case', () => proofOf({ htm: 'get' }), 'misdirected'],
    ['another path', () => proofOf({ htu: `${target}/1` }), 'misdirected'],
    ['another origin', () => proofOf({ htu: 'https://api.evil/orders' }), 'misdirected'],
    ['a path alone', () => proofOf({ htu: '/orders' }), 'misdirected'],
  ]
  for (const [title, make, expected] of wrong) {
    test(`with ${title} is ${expected} on every engine [R5]`, async () => {
      const proof = await make()
      for (const engine of [theNodeEngine(), webEngine()]) {
        assert.equal(await judged(proof, engine), expected)
      }
    })
  }

  test('may write its URL differently, and with query and fragment', async () => {
    const proof = await proofOf({ htu: 'HTTPS://API.example:443/%6frders?page=2#top' })
    assert.notEqual(await judged(proof), 'misdirected')
  })

  test('that is right is right whatever came before it, and wrong when one character is another', async () => {
    const proof = await proofOf()
    const judge = createProofJudge(theNodeEngine())
    fc.assert(
      fc.property(fc.nat(proof.length - 1), fc.constantFrom(...'A0_.é '), (at, character) => {
        fc.pre(proof[at] !== character)
        const changed = proof.slice(0, at) + character + proof.slice(at + 1)
        assert.equal(judge(changed, 'GET', target).ok, false)
        assert.equal(judge(proof, 'GET', target).ok, true)
      }),
      { numRuns: 200 },
    )
  })

  test('costs an import of its key once, and no key that signed nothing is kept', async () => {
    const engine = theNodeEngine()
    let imports = 0
    const counting = new Proxy(engine, {
      get: (_, name: keyof typeof engine) => {
        if (name === 'importVerificationKey') imports += 1
        const member = engine[name]
        return typeof member === 'function' ? member.bind(engine) : member
      },
    })
    const judge = createProofJudge(counting)
    const [forged, genuine] = [
      await proofOf({}, {}, 'ES256', attackerKeys.ES256 as JWK),
      await proofOf(),
    ]
    for (const proof of [forged, forged, genuine, genuine, genuine]) judge(proof, 'GET', target)
    assert.equal(imports, 3)
  })
})
