import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeForgottenMs, usageHourMs } from '../../src/limits.ts'
import { type RetirementEvidence, retirementVerdict } from '../../src/registry/secret-retirement.ts'
import type { NodeReport, SecretRecord, SecretUsage } from '../../src/storage/records.ts'
import { someSecret } from '../registered.ts'

const minute = 60_000
const hour = 60 * minute
const now = Date.parse('2026-11-23T12:00:00Z')
const secret: SecretRecord = someSecret('s', new Uint8Array(32), {
  createdAtWallMs: now - 99 * hour,
})

function node(
  nodeId: string,
  startedAgoMs: number,
  reportedAgoMs: number,
  stopped = false,
): NodeReport {
  const reportedUntilWallMs = now - reportedAgoMs
  return { nodeId, startedAtWallMs: now - startedAgoMs, reportedUntilWallMs, stopped }
}

function used(hoursAgo: number): SecretUsage {
  return { secretId: 's', hourWallMs: now - hoursAgo * hour, network: '192.0.2.0/24' }
}

/** A lifetime of 20 minutes: three of them are an hour, and a minute is for the clocks. */
function verdict(more: Partial<RetirementEvidence>) {
  return retirementVerdict({
    ...{ secret, usage: undefined, nodes: [node('a', 50 * hour, minute)] },
    ...{ lifetimeSeconds: 1_200, lifetimes: 3, nowWallMs: now, ...more },
  })
}

const iso = (wallMs: number): string => new Date(wallMs).toISOString()

const verdicts: readonly (readonly [string, Partial<RetirementEvidence>, object])[] = [
  ['nobody ever used', {}, { safe: true, unusedSince: iso(now - 50 * hour - 0) }],
  ['was used long ago', { usage: used(5) }, { safe: true, unusedSince: iso(now - 4 * hour) }],
  [
    'may have been used at the end of its hour',
    { usage: used(2) },
    { safe: false, reason: 'used', safeFrom: iso(now + minute) },
  ],
  [
    'was used this hour',
    { usage: used(0) },
    { safe: false, reason: 'used', safeFrom: iso(now + 2 * hour + minute) },
  ],
  [
    'is new',
    { secret: { ...secret, createdAtWallMs: now - 10 * minute } },
    { safe: false, reason: 'unused_too_briefly', safeFrom: iso(now + 51 * minute) },
  ],
  [
    'a node saw nothing of up to its last report, an hour ago',
    { usage: used(3), nodes: [node('a', 50 * hour, minute), node('b', 50 * hour, hour)] },
    { safe: false, reason: 'used', safeFrom: iso(now - hour + minute) },
  ],
  [
    'one of two nodes has not reported on lately',
    { usage: used(5), nodes: [node('a', 50 * hour, minute), node('b', 50 * hour, 70 * minute)] },
    { safe: false, reason: 'node_silent', safeFrom: iso(now - 70 * minute + nodeForgottenMs) },
  ],
  [
    'a node was silent about for a day',
    { usage: used(5), nodes: [node('a', 50 * hour, minute), node('b', 50 * hour, 25 * hour)] },
    { safe: true, unusedSince: iso(now - 4 * hour) },
  ],
  [
    'a node reported on before it stopped',
    { usage: used(5), nodes: [node('a', 50 * hour, minute), node('b', 50 * hour, hour, true)] },
    { safe: true, unusedSince: iso(now - 4 * hour) },
  ],
  [
    'no node is there to see',
    { nodes: [node('a', 50 * hour, hour, true)] },
    { safe: false, reason: 'unobserved', safeFrom: undefined },
  ],
  [
    'was unused while no node was there to see',
    { usage: used(9), nodes: [node('a', 50 * hour, 8 * hour, true), node('b', 10 * minute, 0)] },
    { safe: false, reason: 'unobserved', safeFrom: iso(now + 51 * minute) },
  ],
  [
    'nodes watched in turn, with a restart between them',
    { usage: used(9), nodes: [node('a', 50 * hour, hour, true), node('b', hour - minute, 0)] },
    { safe: true, unusedSince: iso(now - 8 * hour) },
  ],
  [
    'is retired',
    { usage: used(0), secret: { ...secret, retiredAtWallMs: now } },
    { safe: true, unusedSince: undefined },
  ],
  [
    'has expired',
    { usage: used(0), secret: { ...secret, expiresAtWallMs: now } },
    { safe: true, unusedSince: undefined },
  ],
]

for (const [title, evidence, expected] of verdicts) {
  test(`the verdict on a secret that ${title} [N2]`, () => {
    assert.deepEqual(verdict(evidence), expected)
  })
}

/** One server node of the simulation. Its uses and its report arrive only when it gets through to the database. */
interface SimulatedNode {
  readonly id: string
  readonly isSlow: boolean
  readonly uses: Set<number>
}

/** Uses of the one secret, arriving at nodes; some node is cut off from the database for hours at a time. */
function simulate(
  steps: readonly {
    readonly minutes: number
    readonly node: number
    readonly slowGetsThrough: boolean
  }[],
  lastUseStep: number,
): string[] {
  const lifetimeMs = 20 * minute
  const nodes: SimulatedNode[] = Array.from({ length: 50 }, (_, at) => {
    return { id: `n${at}`, isSlow: at === 0, uses: new Set() }
  })
  const start = now
  // A node reports before it serves.
  const reports = nodes.map(({ id }) => ({ ...node(id, 0, 0), nodeId: id }))
  const database = new Map<string, NodeReport>(reports.map((one) => [one.nodeId, one]))
  let usage: SecretUsage | undefined
  let time = start
  let lastUse = start
  const falseVerdicts: string[] = []
  for (const [at, step] of steps.entries()) {
    time += step.minutes * minute
    // The last instance that has the old secret asks at least once in every lifetime, wherever it is sent.
    while (at <= lastUseStep && lastUse + lifetimeMs <= time) {
      lastUse += lifetimeMs
      nodes[step.node]?.uses.add(Math.floor(lastUse / usageHourMs) * usageHourMs)
    }
    for (const { id, isSlow, uses } of nodes) {
      if (isSlow && !step.slowGetsThrough) continue
      for (const hourWallMs of uses) {
        if (hourWallMs >= (usage?.hourWallMs ?? 0)) usage = { ...used(0), hourWallMs }
      }
      uses.clear()
      const report = { nodeId: id, startedAtWallMs: start, stopped: false }
      database.set(id, { ...report, reportedUntilWallMs: time })
    }
    const judged = retirementVerdict({
      ...{ secret: { ...secret, createdAtWallMs: start }, usage, nodes: [...database.values()] },
      ...{ lifetimeSeconds: lifetimeMs / 1000, lifetimes: 3, nowWallMs: time },
    })
    if (judged.safe && (at < lastUseStep || time - lastUse < 3 * lifetimeMs)) {
      falseVerdicts.push(`${iso(time)} while last used ${iso(lastUse)}`)
    }
  }
  return falseVerdicts
}

test('a node of fifty that is cut off for hours never makes a secret in use look safe to retire [N2]', () => {
  const step = fc.record({
    minutes: fc.integer({ min: 1, max: 45 }),
    // Half of the uses go to the slow node.
    node: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 49 })),
    slowGetsThrough: fc.boolean(),
  })
  const steps = fc.array(step, { minLength: 5, maxLength: 25 })
  fc.assert(
    fc.property(steps, fc.nat(25), (walk, lastUseStep) => {
      assert.deepEqual(simulate(walk, lastUseStep), [])
    }),
    { numRuns: 100 },
  )
})

test('the simulation does reach verdicts: a secret that nobody uses any more is safe in the end [N2]', () => {
  const quiet = Array.from({ length: 8 }, () => ({ minutes: 30, node: 0, slowGetsThrough: true }))
  const nodes = [node('a', 4 * hour, 0)]
  assert.equal(verdict({ usage: used(3), nodes }).safe, true)
  assert.deepEqual(simulate(quiet, 0), [])
})
