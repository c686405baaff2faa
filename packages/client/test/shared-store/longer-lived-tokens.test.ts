import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explicitFloor } from '../../src/lifetime-floor.ts'
import { fleetWorld } from './fleet-world.ts'

const floor = explicitFloor(1_000)

test('takes no shared token that lives shorter than a call wants, and shares the one it gets [C2] [C4]', async () => {
  const { clock, issuer, worker } = fleetWorld()
  const [first, second, third] = [worker(), worker(), worker()]
  const settled = async <Value>(promise: Promise<Value>): Promise<Value> => {
    await clock.advance(5_000)
    return promise
  }
  await settled(first.token())
  await clock.advance(2_900_000)
  // A process without a token adopts the shared one first, and sees then that it is too short.
  const token = await settled(second.source.tokenAbove(floor))
  assert.equal(token.reveal(), 'token-2')
  assert.equal(issuer.requestCount, 2)
  for (const { source } of [first, third]) {
    assert.equal((await settled(source.tokenAbove(floor))).fingerprint, token.fingerprint)
  }
  assert.equal(issuer.requestCount, 2)
})
