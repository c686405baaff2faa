import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ForcedRenewalBudget } from '../src/forced-renewal-budget.ts'

const PAUSE_MS = 300_000

test('allows five renewals at once and one more every five minutes [C6]', () => {
  const budget = new ForcedRenewalBudget()
  const spent: number[] = []
  for (let now = 0; now <= 3 * PAUSE_MS; now += 1_000) {
    while (budget.hasLeft(now)) {
      budget.spend(now)
      spent.push(now)
    }
  }
  assert.deepEqual(spent, [0, 0, 0, 0, 0, PAUSE_MS, 2 * PAUSE_MS, 3 * PAUSE_MS])
})

test('never allows more, whenever it is asked [C6]', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { maxLength: 50 }), (gaps) => {
      const budget = new ForcedRenewalBudget()
      const spent: number[] = []
      let now = 0
      for (const gap of gaps) {
        now += gap
        if (!budget.hasLeft(now)) continue
        budget.spend(now)
        spent.push(now)
      }
      for (const [index, at] of spent.entries()) {
        const earlier = spent[index - 5]
        if (earlier !== undefined) assert(at - earlier >= PAUSE_MS)
      }
    }),
  )
})
