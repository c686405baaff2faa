import assert from 'node:assert/strict'
import { createPublicKey, constants as nodeConstants, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { fixtureKeys } from '@mintmark/testkit'
import {
  ecdsaSignature,
  integersOf,
  namedDigestOf,
  pkcs1Block,
  pssSignature,
  rawRsa,
  signatureOf,
} from '../../src/attack-tokens/corpus-signatures.ts'
import { p384Key, secp256k1Key } from '../../src/attack-tokens/unfit-key-fixtures.ts'

const text = 'what is signed'

describe('signatures that are the same in every run', () => {
  test('are those of RFC 6979 appendix A.2.5', () => {
    const bytes = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
    const key = {
      kty: 'EC',
      crv: 'P-256',
      d: bytes('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721'),
    }
    const [r, s] = integersOf(ecdsaSignature(key, 'sha256', 'sample'))
    assert.equal(r, 0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n)
    assert.equal(s, 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n)
    const [otherR] = integersOf(ecdsaSignature(key, 'sha384', 'test'))
    assert.equal(otherR, 0x83910e8b48bb0c74244ebdf7f07a1c5413d61472bd941ef3920e623fbccebeb6n)
  })

  for (const [name, jwk, digest] of [
    ['P-256', { ...fixtureKeys.ES256 }, 'sha256'],
    ['P-384', p384Key, 'sha384'],
    ['P-384 with a short digest', p384Key, 'sha256'],
    ['secp256k1', secp256k1Key, 'sha256'],
  ] as const) {
    test(`verify with node:crypto on ${name}`, () => {
      const { kty, crv, x, y } = jwk
      const key = createPublicKey({ key: { kty, crv, x, y } as object, format: 'jwk' })
      const signature = ecdsaSignature(jwk, digest, text)
      const options = { key, dsaEncoding: 'ieee-p1363' } as const
      assert.ok(verify(digest, Buffer.from(text), options, signature))
    })
  }

  for (const saltBytes of [0, 20, 32, 64]) {
    test(`verify with node:crypto as RSA-PSS with a salt of ${saltBytes} octets`, () => {
      const jwk = { ...fixtureKeys.PS256 }
      const { kty, n, e } = jwk
      const key = createPublicKey({ key: { kty, n, e } as object, format: 'jwk' })
      const padding = nodeConstants.RSA_PKCS1_PSS_PADDING
      const signature = pssSignature(jwk, text, saltBytes)
      const options = { key, padding, saltLength: saltBytes }
      assert.ok(verify('sha256', Buffer.from(text), options, signature))
      assert.deepEqual(pssSignature(jwk, text, saltBytes), signature)
    })
  }

  test('are PKCS #1 v1.5 when the block is made by hand', () => {
    const jwk = { ...fixtureKeys.RS256 }
    const byHand = rawRsa(jwk, pkcs1Block(namedDigestOf(text), 256))
    assert.deepEqual(byHand, signatureOf('RS256', jwk, text))
  })
})
