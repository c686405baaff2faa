import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from '../src/algorithms.ts'
import { hasSignatureForm } from '../src/signature-form.ts'

test('knows the length of an Ed25519 signature', () => {
  assert.equal(hasSignatureForm(new Uint8Array(64), entryOf('EdDSA'), undefined), true)
  assert.equal(hasSignatureForm(new Uint8Array(63), entryOf('EdDSA'), undefined), false)
  assert.equal(hasSignatureForm(new Uint8Array(65), entryOf('EdDSA'), undefined), false)
})

test('wants an RSA signature as long as the modulus, to the octet', () => {
  for (const alg of ['RS256', 'PS256'] as const) {
    assert.equal(hasSignatureForm(new Uint8Array(256), entryOf(alg), 2048), true)
    assert.equal(hasSignatureForm(new Uint8Array(255), entryOf(alg), 2048), false)
    assert.equal(hasSignatureForm(new Uint8Array(257), entryOf(alg), 2048), false)
    assert.equal(hasSignatureForm(new Uint8Array(257), entryOf(alg), 2049), true)
  }
})

test('looks into an ES256 signature', () => {
  assert.equal(hasSignatureForm(new Uint8Array(64), entryOf('ES256'), undefined), false)
  assert.equal(hasSignatureForm(new Uint8Array(64).fill(1), entryOf('ES256'), undefined), true)
})
