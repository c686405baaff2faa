import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inTurns, runRounds } from '../harness/rounds.ts'

describe('inTurns', () => {
  it('rotates the order of the candidates from round to round', async () => {
    const measured: string[] = []
    const candidates = ['a', 'b', 'c'].map((name) => ({
      name,
      async measure() {
        measured.push(name)
        return { calls: measured.length }
      },
    }))
    await runRounds(inTurns(candidates), 4)
    assert.equal(measured.join(''), 'abcbcacababc')
  })
})

describe('runRounds', () => {
  it('keeps the measurements of a candidate in the order of the rounds', async () => {
    const outcome = await runRounds(async (number) => new Map([['a', { number }]]), 3)
    assert.deepEqual(outcome.get('a'), [{ number: 0 }, { number: 1 }, { number: 2 }])
  })

  it('rejects when a measurement fails', async () => {
    const failing = { name: 'a', measure: () => Promise.reject(new Error('wrong answer')) }
    await assert.rejects(runRounds(inTurns([failing]), 1), /wrong answer/)
  })
})
