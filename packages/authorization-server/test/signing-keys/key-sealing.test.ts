import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeEngine } from '@mintmark/jwt'
import { invariant, systemRandom } from '@mintmark/runtime'
import { deriveKey, openSealedKey, sealKey } from '../../src/signing-keys/key-sealing.ts'

const engine = nodeEngine()
invariant(engine !== undefined, 'tests run on Node')
const jwk = engine.generateKey('ES256')
const sealingKey = deriveKey(systemRandom.bytes(32), 'signing keys')
const sealed = sealKey(jwk, 'kid-1', 'ES256', sealingKey, systemRandom)

test('a sealed key comes back whole', () => {
  assert.deepEqual(openSealedKey(sealed, 'kid-1', 'ES256', sealingKey), jwk)
})

test('the sealed form contains the private part in no encoding', () => {
  const text = Buffer.from(sealed)
  assert.equal(text.includes(jwk.d), false)
  assert.equal(text.includes(Buffer.from(jwk.d, 'base64url')), false)
})

test('a sealed key does not open under another name, algorithm or master key', () => {
  const other = deriveKey(systemRandom.bytes(32), 'signing keys')
  assert.equal(openSealedKey(sealed, 'kid-2', 'ES256', sealingKey), undefined)
  assert.equal(openSealedKey(sealed, 'kid-1', 'EdDSA', sealingKey), undefined)
  assert.equal(openSealedKey(sealed, 'kid-1', 'ES256', other), undefined)
})

test('a sealed key with any single octet changed or cut off does not open', () => {
  for (let at = 0; at < sealed.length; at++) {
    const damaged = new Uint8Array(sealed)
    damaged[at] = (damaged[at] as number) ^ 1
    assert.equal(openSealedKey(damaged, 'kid-1', 'ES256', sealingKey), undefined)
  }
  for (const length of [0, 1, 28, 29, sealed.length - 1]) {
    assert.equal(openSealedKey(sealed.subarray(0, length), 'kid-1', 'ES256', sealingKey), undefined)
  }
})

test('keys for different purposes differ', () => {
  const master = systemRandom.bytes(32)
  assert.notDeepEqual(deriveKey(master, 'signing keys'), deriveKey(master, 'client secret digests'))
})
