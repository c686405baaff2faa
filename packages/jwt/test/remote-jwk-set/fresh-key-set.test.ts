import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serialiseJwkSet } from '@mintmark/jwt'
import { jsonResponse } from '@mintmark/testkit'
import { first, inPlace, wanted, warmWorld, world } from './world.ts'

test('a fresh key set is renewed once in the background after four fifths [R2]', async () => {
  const it = await warmWorld()
  await it.clock.advance(240_000 - 1)
  assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
  assert.equal(it.fetches(), 1)
  await it.clock.advance(1)
  for (let call = 0; call < 20; call += 1) {
    assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
  }
  await it.clock.advance(0)
  assert.equal(it.fetches(), 2)
  await it.clock.advance(239_999)
  assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
  assert.equal(it.fetches(), 2)
})

const lifetimes: readonly (readonly [string, string, number])[] = [
  ['max-age', 'max-age=600', 600],
  ['at least 30 seconds', 'max-age=1', 30],
  ['30 seconds without storing', 'no-store', 30],
  ['an hour at most', 'max-age=86400', 3_600],
  ['its default', 'public', 300],
]

for (const [what, cacheControl, seconds] of lifetimes) {
  test(`a fresh key set lives for ${what} [R2]`, async () => {
    const it = world()
    const body = serialiseJwkSet([first])
    it.respond(jsonResponse(body, { headers: { 'cache-control': cacheControl } }))
    await it.lookup()
    await it.clock.advance(seconds * 1000 - 1)
    assert.equal(it.remote.state(), 'fresh')
    await it.clock.advance(1)
    assert.equal(it.remote.state(), 'stale')
  })
}

test('a fresh key set lives as long as configured where the answer says nothing', async () => {
  const it = await warmWorld({ lifetimeSeconds: 60 })
  await it.clock.advance(60_000)
  assert.equal(it.remote.state(), 'stale')
})
