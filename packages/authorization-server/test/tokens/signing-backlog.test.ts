import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signaturesAlwaysTaken, signaturesWaitingMax } from '../../src/limits.ts'
import { SigningBacklog } from '../../src/tokens/signing-backlog.ts'

const COST_US = 25
const PER_TURN = 80

/** A signer of which everything is known: how many arrive in a turn, and how long one signature takes. */
function signer(msPerSignature: number) {
  let nowMs = 0
  let waiting: number[] = []
  let longestMs = 0
  const backlog = new SigningBacklog(() => nowMs)
  return {
    backlog,
    get longestMs() {
      return longestMs
    },
    get waiting() {
      return waiting.length
    },
    /** Some arrive, as many as are let in; then a turn signs. Gives how many were let in. */
    turn(arriving: number): number {
      let taken = 0
      for (let at = 0; at < arriving && backlog.pressure < 1; at++) {
        backlog.add(COST_US)
        waiting.push(nowMs)
        taken += 1
      }
      const fitting = Math.max(1, Math.floor(backlog.beginTurn() / COST_US))
      const signed = waiting.slice(0, fitting)
      waiting = waiting.slice(fitting)
      nowMs += signed.length * msPerSignature
      longestMs = Math.max(longestMs, nowMs - (signed[0] ?? nowMs))
      if (signed.length > 0) backlog.signed(signed.length, signed.length * COST_US)
      return taken
    },
    forgetLongest(): void {
      longestMs = 0
    },
  }
}

test('takes a burst whole and empties its queue without turning anybody away [A10]', () => {
  const the = signer(0.05)
  assert.equal(the.turn(3_000), 3_000)
  while (the.waiting > 0) the.turn(10)
  assert.ok(the.longestMs < 300)
})

test('lets nobody wait for long while more arrives than can be signed, and stays busy all the time [A10]', () => {
  const the = signer(0.05)
  for (let turn = 0; turn < 200; turn++) the.turn(5 * PER_TURN)
  the.forgetLongest()
  let signed = 0
  for (let turn = 0; turn < 500; turn++) signed += the.turn(5 * PER_TURN)
  assert.ok(the.longestMs <= 40, `waited for ${the.longestMs} ms`)
  assert.ok(signed >= 499 * PER_TURN, `signed ${signed}`)
})

test('takes everybody again as soon as the queue has been empty [A10]', () => {
  const the = signer(0.05)
  for (let turn = 0; turn < 200; turn++) the.turn(5 * PER_TURN)
  assert.ok(the.turn(3_000) < 3_000)
  while (the.waiting > 0) the.turn(0)
  assert.equal(the.turn(3_000), 3_000)
})

test('notices a signer that has become slow, and lets fewer wait for it [A10]', () => {
  const the = signer(2)
  for (let turn = 0; turn < 2_000; turn++) the.turn(5 * PER_TURN)
  assert.ok(the.waiting <= PER_TURN + signaturesAlwaysTaken, `${the.waiting} wait`)
})

test('always lets some wait, however slow it is, and never more than it has memory for [A10]', () => {
  const slow = signer(1_000)
  for (let turn = 0; turn < 5_000; turn++) slow.turn(1_000)
  assert.equal(slow.waiting, signaturesAlwaysTaken - 1)
  const fast = signer(0)
  assert.equal(fast.turn(10_000), signaturesWaitingMax)
})
