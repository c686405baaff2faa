import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  durationBoundsSeconds,
  RequestDurations,
  sumOfDurations,
} from '../../src/telemetry/request-durations.ts'
import { basicOf, obtainToken, serving, the } from '../serving.ts'

test('a duration is counted once, in the first bucket whose bound it does not exceed [A13]', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 20, noNaN: true })), (seconds) => {
      const durations = new RequestDurations()
      const count = durations.at('token')
      for (const duration of seconds) count(200, duration * 1000)
      const [counts] = durations.counts
      const bounds = [...durationBoundsSeconds, Number.POSITIVE_INFINITY]
      const expected = bounds.map((bound, at) => {
        const lower = bounds[at - 1] ?? Number.NEGATIVE_INFINITY
        const within = (one: number): boolean => one * 1000 > lower * 1000
        return seconds.filter((one) => within(one) && one * 1000 <= bound * 1000).length
      })
      assert.deepEqual(counts?.buckets ?? expected.map(() => 0), expected)
      const sum = seconds.reduce((total, one) => total + one, 0)
      assert.ok(Math.abs((counts?.sumSeconds ?? 0) - sum) < 1e-9)
    }),
    { numRuns: 100 },
  )
})

test('endpoints and outcomes are counted apart, and added up over processes [A13]', () => {
  const one = new RequestDurations()
  one.at('token')(200, 1)
  one.at('token')(302, 1)
  one.at('token')(429, 20_000)
  one.at('introspection')(503, 60)
  const other = new RequestDurations()
  other.at('token')(401, 6)
  other.at('revocation')(200, 5)
  const sum = sumOfDurations([...one.counts, ...other.counts])
  const told = sum.map(({ endpoint, outcome, buckets, sumSeconds }) => [
    ...[endpoint, outcome, buckets.flatMap((count, at) => (count > 0 ? [[at, count]] : []))],
    sumSeconds,
  ])
  assert.deepEqual(told, [
    ['token', 'success', [[0, 2]], 0.002],
    [
      'token',
      'refused',
      [
        [1, 1],
        [14, 1],
      ],
      20.006,
    ],
    ['introspection', 'failed', [[4, 1]], 0.06],
    ['revocation', 'success', [[0, 1]], 0.005],
  ])
})

test('each answered request is in the report, with how long it took [A13]', async () => {
  await using world = await serving()
  await obtainToken(world)
  await obtainToken(world)
  await world.post('/oauth/token', {}, { authorization: basicOf(the.clientId, 'x') })
  await world.post('/oauth/introspect', { token: 'x' }, { authorization: world.basic })
  const told = world.server
    .report()
    .durations.map(({ endpoint, outcome, buckets }) => [
      ...[endpoint, outcome],
      buckets.reduce((total, count) => total + count, 0),
    ])
  assert.deepEqual(told, [
    ['token', 'success', 2],
    ['token', 'refused', 1],
    ['introspection', 'success', 1],
  ])
})
