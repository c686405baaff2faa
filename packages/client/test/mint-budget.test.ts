import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClientEvent } from '@mintmark/client'
import { FakeClock } from '@mintmark/testkit'
import { MintCounter, type MintCounterParts } from '../src/mint-budget.ts'
import { fleetWorld } from './shared-store/fleet-world.ts'

const HOUR = { windowSeconds: 3_600, limit: 10 }
const DAY = { windowSeconds: 86_400, limit: 25 }

function someCounter(changes: Partial<MintCounterParts> = {}) {
  const clock = new FakeClock()
  const events: TokenClientEvent[] = []
  const counter = new MintCounter({
    clock,
    report: (event) => events.push(event),
    budget: { windows: [HOUR, DAY], isEnforced: true },
    fleet: undefined,
    ...changes,
  })
  const spendTimes = async (times: number, isDueRenewal = false): Promise<number> => {
    let sent = 0
    for (let time = 0; time < times; time += 1) {
      if ((await counter.spend(isDueRenewal)) === undefined) sent += 1
    }
    return sent
  }
  return { clock, events, counter, spendTimes }
}

/** What was told, with the window in seconds. */
function toldIn(events: readonly TokenClientEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'mint_budget_near' || event.type === 'mint_budget_spent'
      ? [`${event.type} ${event.windowSeconds}`]
      : [],
  )
}

test('refuses what goes beyond the budget, and says when its window ends [C16]', async () => {
  const { clock, counter, spendTimes } = someCounter()
  assert.equal(await spendTimes(1), 1)
  await clock.advance(600_000)
  assert.equal(await spendTimes(100), 9)
  const failure = await counter.spend(false)
  assert.deepEqual(failure, { code: 'mint_budget_spent', asked: false, retryAfterMs: 3_000_000 })
  await clock.advance(2_999_999)
  assert.equal(await spendTimes(1), 0)
  await clock.advance(1)
  assert.equal(await spendTimes(100), 10)
})

test('holds every window, and waits for the one that ends last [C16]', async () => {
  const { clock, counter, spendTimes } = someCounter()
  for (const sent of [10, 10, 5, 0]) {
    assert.equal(await spendTimes(100), sent)
    await clock.advance(3_600_000)
  }
  // More than an hour away; no pause is longer than that.
  assert.equal((await counter.spend(false))?.retryAfterMs, 3_600_000)
  await clock.advance(20 * 3_600_000)
  assert.equal(await spendTimes(100), 10)
})

test('tells once that a window is nearly spent, and once that it is [C16]', async () => {
  const { clock, events, spendTimes } = someCounter()
  await spendTimes(7)
  assert.deepEqual(toldIn(events), [])
  await spendTimes(1)
  assert.deepEqual(toldIn(events), ['mint_budget_near 3600'])
  await spendTimes(50)
  assert.deepEqual(toldIn(events), ['mint_budget_near 3600', 'mint_budget_spent 3600'])
  await clock.advance(3_600_000)
  await spendTimes(50)
  assert.deepEqual(toldIn(events).slice(2), [
    'mint_budget_near 3600',
    'mint_budget_spent 3600',
    'mint_budget_near 86400',
  ])
})

test('tells of a budget of one that it is spent, not that it is nearly so [C16]', async () => {
  const windows = [{ windowSeconds: 3_600, limit: 1 }]
  const { events, spendTimes } = someCounter({ budget: { windows, isEnforced: false } })
  assert.equal(await spendTimes(5), 5)
  assert.deepEqual(toldIn(events), ['mint_budget_spent 3600'])
})

test('refuses no renewal of a token in hand, and counts it [C16]', async () => {
  const { spendTimes } = someCounter()
  assert.equal(await spendTimes(5, true), 5)
  assert.equal(await spendTimes(100), 5)
  assert.equal(await spendTimes(20, true), 20)
  assert.equal(await spendTimes(1), 0)
})

test('refuses nothing when it is not enforced [C16]', async () => {
  const { events, spendTimes } = someCounter({ budget: { windows: [HOUR], isEnforced: false } })
  assert.equal(await spendTimes(100), 100)
  assert.deepEqual(toldIn(events), ['mint_budget_near 3600', 'mint_budget_spent 3600'])
})

test('counts requests that are made at the same time one by one [C16]', async () => {
  const { counter } = someCounter()
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => counter.spend(false)))
  assert.equal(outcomes.filter((failure) => failure === undefined).length, 10)
})

test('is one budget for all processes of a fleet, each of them telling of its own part [C4] [C16]', async () => {
  const world = fleetWorld()
  const counters = [1, 2, 3].map(() => {
    const { member: fleet } = world.worker()
    return someCounter({ clock: world.clock, fleet, budget: { windows: [HOUR], isEnforced: true } })
  })
  let sent = 0
  for (let round = 0; round < 20; round += 1) {
    for (const { spendTimes } of counters) sent += await spendTimes(1)
  }
  assert.equal(sent, 10)
  const told = counters.flatMap(({ events }) => toldIn(events))
  assert.deepEqual(told.toSorted(), ['mint_budget_near 3600', 'mint_budget_spent 3600'])
  const failure = await counters[0]?.counter.spend(false)
  const hourEndsInMs = 3_600_000 - (world.clock.wallMs() % 3_600_000)
  assert.equal(failure?.retryAfterMs, hourEndsInMs)
})

test('counts by itself while the store is away, what it sent before included [C8] [C16]', async () => {
  const world = fleetWorld()
  let isAway = false
  const { member: fleet } = world.worker({
    faults: { operation: () => (isAway ? 'fail' : undefined) },
  })
  const { spendTimes } = someCounter({ clock: world.clock, fleet })
  assert.equal(await spendTimes(4), 4)
  isAway = true
  assert.equal(await spendTimes(100), 6)
})
