import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf } from '../src/algorithms.ts'
import { hasSignatureForm } from '../src/signature-form.ts'

test('knows the length of an Ed25519 signature', () => {
  assert.equal(hasSignatureForm(new Uint8Array(64), entryOf('EdDSA')), true)
  assert.equal(hasSignatureForm(new Uint8Array(63), entryOf('EdDSA')), false)
  assert.equal(hasSignatureForm(new Uint8Array(65), entryOf('EdDSA')), false)
})

test('leaves the length of an RSA signature to the key, but for none at all', () => {
  assert.equal(hasSignatureForm(new Uint8Array(256), entryOf('RS256')), true)
  assert.equal(hasSignatureForm(new Uint8Array(0), entryOf('PS256')), false)
})

test('looks into an ES256 signature', () => {
  assert.equal(hasSignatureForm(new Uint8Array(64), entryOf('ES256')), false)
  assert.equal(hasSignatureForm(new Uint8Array(64).fill(1), entryOf('ES256')), true)
})
