import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeEngine, type SignatureEngine } from '@mintmark/jwt'
import { createReplayLedger } from '@mintmark/limits'
import { FakeClock } from '@mintmark/testkit'
import { readPresentedToken } from '../../src/presented-token.ts'
import { createProofCheck } from '../../src/sender-binding/proof-check.ts'
import { createPublicTarget } from '../../src/sender-binding/public-target.ts'
import { boundToken, jkt, presenting, proofFor, publicOrigin } from './bound-requests.ts'

const token = boundToken()

/** The check of a guard that remembers few proofs; each client presents a new proof each time. */
function smallMemory(entriesMax: number) {
  const clock = new FakeClock()
  const check = createProofCheck({
    targetOf: createPublicTarget(publicOrigin, {}),
    ageSecondsMax: 300,
    nonces: undefined,
    ledger: createReplayLedger({
      ...{ store: undefined, whenUnavailable: 'refuse', deadlineMs: 25, entriesMax, clock },
      observer: () => undefined,
    }),
    ...{ engine: nodeEngine() as SignatureEngine, clock },
  })
  return async (client: string): Promise<string> => {
    const presented = readPresentedToken(presenting(token, await proofFor(token)))
    assert.ok(presented.ok)
    const checked = await check(presented, { keyThumbprint: jkt, client }, undefined)
    if ('code' in checked) return checked.code
    return (await checked.use())?.code ?? 'used'
  }
}

test('a client that sends new proofs as fast as it can leaves room for all others [R5]', async () => {
  const present = smallMemory(50)
  const ofHog: string[] = []
  for (let at = 0; at < 60; at++) ofHog.push(await present('hog'))
  assert.equal(ofHog.filter((outcome) => outcome === 'used').length, 40)
  assert.equal(ofHog.at(-1), 'proofs_overflowing')
  for (let at = 0; at < 8; at++) {
    assert.equal(await present('partner'), 'used')
    assert.equal(await present('hog'), 'proofs_overflowing')
  }
  assert.equal(await present('newcomer'), 'used')
})
