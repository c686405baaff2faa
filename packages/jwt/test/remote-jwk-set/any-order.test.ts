import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serialiseJwkSet } from '@mintmark/jwt'
import { jsonResponse, seededRandom } from '@mintmark/testkit'
import fc from 'fast-check'
import { answer, first, inPlace, wanted, world } from './world.ts'

/** What may happen to a key set, for the property below. */
type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'lookup'; readonly kid: string }
  | { readonly kind: 'publish'; readonly kids: readonly string[] }
  | { readonly kind: 'outage' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  fc.record({ kind: fc.constant('lookup' as const), kid: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    kind: fc.constant('publish' as const),
    kids: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant('outage' as const) }),
)

test('a key set holds its promises in any order of events [R2]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const it = world({ random: seededRandom(1) })
      /**
       * What the issuer answers now, and what the key set heard last; `undefined` is an outage, or
       * nothing yet.
       */
      let published: readonly string[] | undefined
      let heard: readonly string[] | undefined
      const attemptsAt: number[] = []
      it.respond(() => {
        attemptsAt.push(it.clock.monotonicMs())
        if (published === undefined) return jsonResponse('', { status: 503 })
        heard = published
        return jsonResponse(serialiseJwkSet(published.map((kid) => ({ ...first, kid }))))
      })
      for (const next of steps) {
        if (next.kind === 'wait') await it.clock.advance(next.ms)
        if (next.kind === 'publish') published = next.kids
        if (next.kind === 'outage') published = undefined
        if (next.kind !== 'lookup') continue
        const stateBefore = it.remote.state()
        const heardBefore = heard
        const pending = it.remote.keyFor(wanted(next.kid))
        const isKnown = heardBefore?.includes(next.kid) === true
        if (stateBefore === 'fresh' && isKnown) assert.equal(inPlace(pending), next.kid)
        await it.clock.advance(0)
        const said = answer(await pending)
        if (said === next.kid) assert.ok(isKnown || heard?.includes(next.kid))
        if (said === 'unknown_key') assert.equal(heard?.includes(next.kid), false)
        if (isKnown && stateBefore !== 'empty') assert.notEqual(said, 'keys_unavailable')
        assert.equal(it.clock.pendingCount, 0)
      }
      const pauses = attemptsAt.map((at, index) => at - (attemptsAt[index - 2] ?? 0))
      assert.ok(
        pauses.slice(2).every((pause) => pause >= 1_000),
        'no three attempts within a second: one renewal and one unknown kid at most',
      )
    }),
    { numRuns: 150 },
  )
})
