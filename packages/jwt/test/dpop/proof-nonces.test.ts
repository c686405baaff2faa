import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { nodeEngine, type SignatureEngine, webEngine } from '@mintmark/jwt'
import fc from 'fast-check'
import { createProofNonces, proofNonceSecondsMax } from '../../src/dpop/proof-nonces.ts'
import { proofNonceStepSeconds, proofNonceStepsBack } from '../../src/limits.ts'

const key = new Uint8Array(32).fill(3)
const step = proofNonceStepSeconds * 1000
const now = 1_000_000 * step
const node = nodeEngine()
assert.ok(node !== undefined)
const engines: readonly SignatureEngine[] = [node, webEngine()]

test('a nonce of one node is good at every other, for minutes and no longer [A7, R5]', async () => {
  for (const [one, other] of [engines, engines.toReversed()] as SignatureEngine[][]) {
    const nonces = createProofNonces(key, one as SignatureEngine)
    const others = createProofNonces(key, other as SignatureEngine)
    const { current } = await nonces(now)
    assert.match(current, /^[\w-]{22}$/)
    for (let passed = 0; passed <= proofNonceStepsBack; passed++) {
      assert.ok((await others(now + passed * step)).accepts(current))
    }
    const after = await others(now + (proofNonceStepsBack + 1) * step)
    assert.equal(after.accepts(current), false)
    assert.ok((proofNonceStepsBack + 1) * step < proofNonceSecondsMax * 1000)
  }
})

test('a nonce of a clock that is a minute ahead is good, one of later is not', async () => {
  const nonces = createProofNonces(key, webEngine())
  const window = await nonces(now)
  assert.ok(window.accepts((await nonces(now + step)).current))
  assert.equal(window.accepts((await nonces(now + 2 * step)).current), false)
})

test('a nonce is the HMAC of its minute, so that nodes of all versions agree', async () => {
  const mac = createHmac('sha256', key)
    .update(String(now / step))
    .digest()
  const { current } = await createProofNonces(key, webEngine())(now)
  assert.equal(current, mac.subarray(0, 16).toString('base64url'))
})

test('nobody without the key makes a nonce, and none is taken that was made up [A7, R5]', () => {
  const window = createProofNonces(key, node)(now)
  const foreign = createProofNonces(new Uint8Array(32), node)(now).current
  assert.equal(window.accepts(foreign), false)
  fc.assert(
    fc.property(fc.string(), (made) => assert.equal(window.accepts(made), false)),
    { numRuns: 50 },
  )
})
