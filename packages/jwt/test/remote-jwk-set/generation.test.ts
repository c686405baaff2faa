import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublicJwk } from '@mintmark/jwt'
import { answer, first, inPlace, second, wanted, warmWorld } from './world.ts'

test('the generation stays while keys come and changes when one goes [R2]', async () => {
  const it = await warmWorld()
  const renewWith = async (...keys: readonly PublicJwk[]): Promise<number> => {
    it.publish(...keys)
    await it.clock.advance(240_000)
    it.remote.keyFor(wanted(first.kid))
    await it.clock.advance(0)
    return it.remote.generation
  }
  assert.equal(await renewWith(first), 0)
  assert.equal(await renewWith(first, second), 0)
  assert.equal(await renewWith(second), 1)
  assert.equal(await renewWith({ ...first, kid: 'second' }), 2)
})

test('a key set lets a removed key go with the answer that lacks it and not before', async () => {
  const it = await warmWorld()
  it.publish(second)
  await it.clock.advance(240_000)
  assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
  await it.clock.advance(0)
  assert.equal(answer(await it.lookup()), 'unknown_key')
})

test('the generation starts a due renewal when it is read [R3]', async () => {
  const it = await warmWorld()
  it.publish(second)
  await it.clock.advance(240_000)
  assert.equal(it.remote.generation, 0)
  await it.clock.advance(0)
  assert.equal(it.remote.generation, 1)
  assert.equal(it.fetches(), 2)
})
