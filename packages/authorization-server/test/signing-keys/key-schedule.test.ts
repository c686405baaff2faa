import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  keyDeletionDelaySeconds,
  keyRetirementMarginSeconds,
  tokenLifetimeSecondsMax,
} from '../../src/limits.ts'
import {
  isForgettable,
  isPublished,
  keyAfterlifeMs,
  keyPhases,
  nextSwitchWallMs,
  type ScheduledKey,
} from '../../src/signing-keys/key-schedule.ts'

function key(kid: string, activatesAtWallMs: number, more: Partial<ScheduledKey> = {}) {
  return {
    kid,
    algorithm: 'ES256',
    activatesAtWallMs,
    retiresAtWallMs: undefined,
    compromisedAtWallMs: undefined,
    ...more,
  } satisfies ScheduledKey
}

function statesOf(keys: readonly ScheduledKey[], nowWallMs: number): string {
  return keyPhases(keys, nowWallMs)
    .map(({ key: { kid }, state }) => `${kid} ${state}`)
    .join(', ')
}

const life = keyAfterlifeMs
const [a, b, c] = [key('a', 1_000), key('b', 5_000), key('c', 9_000)]
const compromisedB = key('b', 5_000, { compromisedAtWallMs: 6_000 })
const neverUsedB = key('b', 5_000, { compromisedAtWallMs: 4_000 })

const table: readonly (readonly [title: string, ScheduledKey[], nowWallMs: number, string])[] = [
  ['the only key signs', [a], 1_000, 'a active'],
  ['the first key signs even by a clock that is behind', [a, b], 0, 'a active, b next'],
  ['a key is next until its instant', [b, a], 4_999, 'a active, b next'],
  ['and active from then on', [b, a], 5_000, 'a retiring, b active'],
  ['of several next ones each has its turn', [a, b, c], 6_000, 'a retiring, b active, c next'],
  ['a key retires once its tokens have expired', [a, b], 5_000 + life, 'a retired, b active'],
  ['and not a millisecond before', [a, b], 4_999 + life, 'a retiring, b active'],
  [
    'a planned retirement counts',
    [{ ...a, retiresAtWallMs: 5_500 }, b],
    5_500,
    'a retired, b active',
  ],
  ['but not for the key that signs', [{ ...a, retiresAtWallMs: 2_000 }], 3_000, 'a active'],
  [
    'a compromised key neither signs nor comes next',
    [a, compromisedB, c],
    8_000,
    'a active, b compromised, c next',
  ],
  [
    'what it replaced leaves when it would have left',
    [a, compromisedB, c],
    5_000 + life,
    'a retired, b compromised, c active',
  ],
  [
    'one compromised before its time replaced nothing',
    [a, neverUsedB, c],
    5_000 + life,
    'a retiring, b compromised, c active',
  ],
  [
    'keys of one instant take the order of their names',
    [key('y', 1_000), key('x', 1_000)],
    2_000,
    'x retiring, y active',
  ],
  [
    'algorithms do not concern each other',
    [key('r', 9_000, { algorithm: 'RS256' }), a],
    2_000,
    'a active, r active',
  ],
]

for (const [title, keys, nowWallMs, expected] of table) {
  test(`${title} [A8]`, () => assert.equal(statesOf(keys, nowWallMs), expected))
}

test('a key stays published for longer than any token that it signed [A8]', () => {
  const [{ retiresAtWallMs } = { retiresAtWallMs: undefined }] = keyPhases([a, b], 0)
  const lastTokenExpiresAtWallMs = b.activatesAtWallMs + tokenLifetimeSecondsMax * 1000
  assert.equal(retiresAtWallMs, lastTokenExpiresAtWallMs + keyRetirementMarginSeconds * 1000)
})

test('a key is forgotten only after it has retired, or when nothing that it signed can be alive [A8]', () => {
  const delay = keyDeletionDelaySeconds * 1000
  const forgottenAt = (keys: readonly ScheduledKey[], nowWallMs: number) =>
    keyPhases(keys, nowWallMs)
      .filter((phase) => isForgettable(phase, nowWallMs))
      .map((phase) => phase.key.kid)
  assert.deepEqual(forgottenAt([a, b], 5_000 + life + delay - 1), [])
  assert.deepEqual(forgottenAt([a, b], 5_000 + life + delay), ['a'])
  assert.deepEqual(forgottenAt([a, compromisedB, c], 6_000 + life + delay - 1), ['a'])
  assert.deepEqual(forgottenAt([compromisedB, c], 6_000 + life + delay), ['b'])
})

const someKeys = fc.uniqueArray(
  fc.record({
    kid: fc.stringMatching(/^[a-z]{1,3}$/),
    algorithm: fc.constantFrom('ES256' as const, 'RS256' as const),
    activatesAtWallMs: fc.nat(20),
    retiresAtWallMs: fc.constant(undefined),
    compromisedAtWallMs: fc.option(fc.nat(20), { nil: undefined }),
  }),
  { selector: ({ kid }) => kid, minLength: 1, maxLength: 6 },
)

test('exactly one trusted key of an algorithm is active, it is published, and so is what comes next [A8]', () => {
  fc.assert(
    fc.property(someKeys, fc.nat(25), (keys, now) => {
      const phases = keyPhases(keys, now)
      for (const algorithm of ['ES256', 'RS256'] as const) {
        const mine = phases.filter(({ key: one }) => one.algorithm === algorithm)
        const trusted = mine.filter(({ key: one }) => one.compromisedAtWallMs === undefined)
        const active = mine.filter(({ state }) => state === 'active')
        assert.equal(active.length, Math.min(1, trusted.length))
        assert.ok(trusted.every(({ state }) => isPublished(state) || state === 'retired'))
      }
    }),
    { numRuns: 200 },
  )
})

test('between two switches nothing changes, and at a switch something may [A8]', () => {
  fc.assert(
    fc.property(someKeys, fc.nat(25), (keys, now) => {
      const states = (at: number) =>
        keyPhases(keys, at).map(({ key: { kid }, state }) => kid + state)
      const at = nextSwitchWallMs(keyPhases(keys, now), now)
      const before = at === undefined ? now + 1_000_000 : at - 1
      assert.deepEqual(states(Math.max(now, before)), states(now))
    }),
    { numRuns: 200 },
  )
})

test('what has retired stays so, whatever is compromised later [A8]', () => {
  fc.assert(
    fc.property(someKeys, fc.nat(25), fc.nat(5), (keys, now, which) => {
      const late = now + life + 1
      const retired = keyPhases(keys, late).filter(({ state }) => state === 'retired')
      const changed = keys.map((one, at) =>
        at === which && one.compromisedAtWallMs === undefined
          ? { ...one, compromisedAtWallMs: late }
          : one,
      )
      const replaced = [
        ...changed,
        { ...key('zz', late) },
        { ...key('zy', late), algorithm: 'RS256' as const },
      ]
      const after = keyPhases(replaced, late)
      for (const { key: one } of retired) {
        const state = after.find(({ key: same }) => same.kid === one.kid)?.state
        assert.ok(state === 'retired' || state === 'compromised')
      }
    }),
    { numRuns: 200 },
  )
})
