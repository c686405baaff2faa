import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Chronicle, simulate, type Weather } from './fleet-simulation.ts'

const calm: Weather = { crashes: false, refusals: false, storms: false, skewSeconds: 0 }

/** Runs histories of different seeds; fast-check tells the seed of one that breaks an invariant. */
async function live(weather: Weather, runs: number, judge: (chronicle: Chronicle) => void) {
  const history = fc.asyncProperty(fc.nat({ max: 2 ** 32 - 1 }), async (seed) => {
    judge(await simulate(seed, weather))
  })
  await fc.assert(history, { numRuns: runs, endOnFailure: true })
}

describe('a simulated fleet', () => {
  it('makes one token request per lifetime when nothing goes wrong [C4]', () =>
    live(calm, 4, ({ requests, lifetimes }) => {
      assert(requests <= lifetimes, `${requests} requests in ${lifetimes} lifetimes`)
    }))

  it('makes one more per crash at most [C4]', () =>
    live({ ...calm, crashes: true }, 4, ({ requests, lifetimes, crashes }) => {
      const allowed = lifetimes + crashes
      assert(requests <= allowed, `${requests} requests, ${allowed} allowed`)
    }))

  it('makes one more per refused token at most [C8]', () =>
    live({ ...calm, refusals: true, skewSeconds: 5 }, 4, ({ requests, lifetimes, refusals }) => {
      const allowed = lifetimes + refusals
      assert(requests <= allowed, `${requests} requests, ${allowed} allowed`)
    }))

  it('serves every call, with a good token and within its deadline, whatever befalls the store [C4]', () =>
    live({ crashes: true, refusals: true, storms: true, skewSeconds: 5 }, 8, (chronicle) => {
      const { requests, lifetimes, crashes, refusals, wipes, lifetimesCutOff } = chronicle
      const allowed = lifetimes + crashes + refusals + 2 * wipes + lifetimesCutOff
      assert(requests <= allowed, `${requests} requests, ${allowed} allowed`)
    }))
})
