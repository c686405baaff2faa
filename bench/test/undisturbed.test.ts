import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TAKEN_BY_OTHERS, undisturbed } from '../harness/undisturbed.ts'

describe('undisturbed', () => {
  for (const [name, disturbances, taken, chosen] of [
    ['takes the first measurement when nobody disturbed it', [4, 0], 1, 0],
    ['measures again until one is undisturbed', [50, 3, 0], 2, 1],
    ['gives the least disturbed of five', [50, 20, 30, 40, 60, 0], 5, 1],
    ['measures once where disturbance is not known', [undefined, 0], 1, 0],
  ] as const) {
    it(name, async () => {
      const measurements = disturbances.map((percent, number) => ({
        number,
        ...(percent !== undefined && { [TAKEN_BY_OTHERS]: percent }),
      }))
      let count = 0
      const best = await undisturbed(async () => measurements[count++] ?? {})
      assert.deepEqual([count, best.number], [taken, chosen])
    })
  }
})
