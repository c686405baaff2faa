import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refusedTokensBytesMax } from '../src/limits.ts'
import { RefusedTokens } from '../src/refused-tokens.ts'

test('refused tokens never take more than their bound; the oldest leave first [R3]', () => {
  const table = new RefusedTokens(60)
  for (let at = 0; at < 30_000; at += 1) table.keep(`token-${at}`, 'inactive', 0)
  assert.ok(table.bytes <= refusedTokensBytesMax)
  assert.ok(table.bytes > refusedTokensBytesMax - 1_000)
  assert.equal(table.find('token-0', 0), undefined)
  assert.equal(table.find('token-29999', 0), 'inactive')
})

test('a token too large for the whole table is not kept [R3]', () => {
  const table = new RefusedTokens(60)
  table.keep('a'.repeat(refusedTokensBytesMax), 'inactive', 0)
  assert.equal(table.bytes, 0)
})

test('the table is empty again once every no in it has ended [R3]', () => {
  const table = new RefusedTokens(5)
  table.keep('a', 'bad_signature', 0)
  table.keep('b', 'bad_signature', 3_000)
  assert.equal(table.find('c', 7_999), undefined)
  assert.equal(table.isEmpty, false)
  assert.equal(table.find('c', 8_000), undefined)
  assert.equal(table.isEmpty, true)
})

test('whatever is kept, dropped and looked for, the charge is that of what is there [R3]', () => {
  const step = fc.tuple(fc.constantFrom('keep', 'drop', 'find'), fc.nat(9), fc.nat(9_000))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new RefusedTokens(5)
      const model = new Map<string, number>()
      let nowMs = 0
      let lastUntilMs = 0
      for (const [what, which, passedMs] of steps) {
        nowMs += passedMs
        const token = 'x'.repeat(which)
        const until = model.get(token) ?? 0
        if (what === 'keep') {
          table.keep(token, 'inactive', nowMs)
          lastUntilMs = nowMs + 5_000
          model.set(token, lastUntilMs)
        } else if (what === 'drop') {
          table.drop(token)
          model.delete(token)
        } else {
          assert.equal(table.find(token, nowMs), nowMs < until ? 'inactive' : undefined)
          if (nowMs >= until) model.delete(token)
          if (nowMs >= lastUntilMs) model.clear()
        }
      }
      const charged = [...model.keys()].reduce((sum, token) => sum + 160 + token.length, 0)
      assert.equal(table.bytes, charged)
    }),
    { numRuns: 100 },
  )
})
