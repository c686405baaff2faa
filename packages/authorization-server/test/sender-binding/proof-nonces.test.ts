import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { proofNonceStepSeconds, proofNonceStepsBack } from '../../src/limits.ts'
import { createProofNonces, proofNonceSecondsMax } from '../../src/sender-binding/proof-nonces.ts'

const masterKey = new Uint8Array(32).fill(3)
const step = proofNonceStepSeconds * 1000
const now = 1_000_000 * step

test('a nonce of one node is good at every other, for minutes and no longer [A7]', () => {
  const [one, other] = [createProofNonces(masterKey), createProofNonces(masterKey)]
  const nonce = one.current(now)
  assert.match(nonce, /^[\w-]{22}$/)
  for (let passed = 0; passed <= proofNonceStepsBack; passed++) {
    assert.ok(other.accepts(nonce, now + passed * step))
  }
  assert.equal(other.accepts(nonce, now + (proofNonceStepsBack + 1) * step), false)
  assert.ok((proofNonceStepsBack + 1) * step < proofNonceSecondsMax * 1000)
})

test('a nonce of a clock that is a minute ahead is good, one of later is not', () => {
  const nonces = createProofNonces(masterKey)
  assert.ok(nonces.accepts(nonces.current(now + step), now))
  assert.equal(nonces.accepts(nonces.current(now + 2 * step), now), false)
})

test('nobody without the master key makes a nonce, and none is taken that was made up [A7]', () => {
  const nonces = createProofNonces(masterKey)
  const foreign = createProofNonces(new Uint8Array(32)).current(now)
  assert.equal(nonces.accepts(foreign, now), false)
  fc.assert(
    fc.property(fc.string(), (made) => assert.equal(nonces.accepts(made, now), false)),
    { numRuns: 50 },
  )
})
