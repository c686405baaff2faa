import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccessLogEntry, limitPolicy, RingSimulation, simulateRings } from '@mintmark/limits'
import { LimiterModel } from '@mintmark/testkit'
import fc from 'fast-check'

const START_MS = 1_795_435_200_000
const few = limitPolicy({ name: 'public', quota: 5, windowSeconds: 10 })
const bucket = limitPolicy({ name: 'partner', quota: 20, windowSeconds: 10, burst: 3 })
const trial = limitPolicy({ name: 'trial', quota: 1, windowSeconds: 10, mode: 'shadow' })
const rings = { publicPolicies: [few], partnerPolicies: [bucket, trial] }

test('refuses what a reference limiter refuses, over any log [R9]', () => {
  const someEntry = fc.record({
    afterMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 20_000 })),
    address: fc.constantFrom('203.0.113.7', '::ffff:203.0.113.7', '198.51.100.1', 'nonsense'),
    clientId: fc.constantFrom(undefined, 'partner-a', 'partner-b'),
  })
  const keyOf = (address: string): string =>
    ({ '198.51.100.1': address, nonsense: 'none' })[address] ?? '203.0.113.7'
  const property = fc.property(fc.array(someEntry, { maxLength: 80 }), (entries) => {
    const [simulation, model] = [new RingSimulation(rings), new LimiterModel()]
    let wallMs = START_MS
    let refused = 0
    for (const { afterMs, address, clientId } of entries) {
      wallMs += afterMs
      const policies = clientId === undefined ? rings.publicPolicies : rings.partnerPolicies
      const requests = policies.map((policy) => ({ policy, key: clientId ?? keyOf(address) }))
      const { allowed } = model.ask('check', requests, wallMs * 1_000)
      assert.equal(simulation.add({ wallMs, address, clientId }), allowed)
      if (!allowed) refused += 1
    }
    assert.equal(simulation.report().refused, refused)
  })
  fc.assert(property, { numRuns: 100 })
})

const entry = (address: string, wallMs = START_MS): AccessLogEntry => ({ wallMs, address })

test('tells who would have been refused, the worst first', () => {
  const log = [
    ...Array<AccessLogEntry>(8).fill(entry('203.0.113.7')),
    ...Array<AccessLogEntry>(10).fill(entry('198.51.100.1')),
    ...Array<AccessLogEntry>(5).fill(entry('192.0.2.1')),
  ]
  const { requests, refused, top, public: open } = simulateRings(log, rings)
  assert.deepEqual([requests, refused, open.keysRefused], [23, 8, 2])
  const first = { firstRefusedAtWallMs: START_MS, lastRefusedAtWallMs: START_MS }
  assert.deepEqual(top, [
    { ring: 'public', key: '198.51.100.1', requests: 10, refused: 5, ...first },
    { ring: 'public', key: '203.0.113.7', requests: 8, refused: 3, ...first },
  ])
  assert.equal(simulateRings(log, rings, 1).top.length, 1)
})

test('counts what a policy in shadow mode would have refused', () => {
  const log = Array.from({ length: 3 }, () => ({ ...entry('192.0.2.1'), clientId: 'partner-a' }))
  const { partner } = simulateRings(log, rings)
  assert.deepEqual(partner, { requests: 3, refused: 0, shadowed: 2, keysRefused: 0 })
})

test('counts a late entry as of the latest one before it, and skips one without a time', () => {
  const log = [
    entry('192.0.2.1', START_MS + 1_000),
    entry('192.0.2.1', START_MS),
    entry('192.0.2.1', Number.NaN),
    entry('192.0.2.1', -1),
  ]
  const { requests, skipped } = simulateRings(log)
  assert.deepEqual([requests, skipped], [2, 2])
})

test('is not made with options that rings do not have', () => {
  assert.throws(() => simulateRings([], { ring: 1 } as object), { name: 'TypeError' })
  assert.throws(() => simulateRings([], {}, -1), { name: 'RangeError' })
})
