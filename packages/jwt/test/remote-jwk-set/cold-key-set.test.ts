import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonResponse, networkFailure } from '@mintmark/testkit'
import { answer, first, inPlace, minute, second, wanted, warmWorld, world } from './world.ts'

test('a key set sends nothing before the first lookup and keeps no timer', async () => {
  const it = world()
  assert.equal(it.remote.state(), 'empty')
  assert.equal(it.remote.generation, 0)
  await it.clock.advance(60 * minute)
  assert.deepEqual([it.fetches(), it.clock.pendingCount], [0, 0])
})

test('a key set sends nothing while nobody asks [R2]', async () => {
  const it = await warmWorld()
  await it.clock.advance(240 * minute)
  assert.deepEqual([it.fetches(), it.clock.pendingCount], [1, 0])
})

test('a cold key set starts one request for a thousand concurrent lookups [R2]', async () => {
  const it = world()
  const lookups = Array.from({ length: 1_000 }, () => it.remote.keyFor(wanted(first.kid)))
  await it.clock.advance(0)
  const answers = new Set((await Promise.all(lookups)).map(answer))
  assert.deepEqual([...answers], [first.kid])
  assert.deepEqual([it.fetches(), it.clock.pendingCount], [1, 0])
})

test('a key set answers in place once it is warm', async () => {
  const it = await warmWorld()
  assert.equal(it.remote.state(), 'fresh')
  assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
  assert.equal(inPlace(it.remote.keyFor(wanted(undefined))), first.kid)
  assert.equal(it.fetches(), 1)
})

test('a cold key set asks once about a kid that the first answer does not have', async () => {
  const it = world()
  assert.equal(answer(await it.lookup('stranger')), 'unknown_key')
  assert.equal(it.fetches(), 1)
})

test('a key set names a kid that two keys have', async () => {
  const it = world()
  it.publish(first, { ...second, kid: first.kid ?? '' })
  assert.equal(answer(await it.lookup()), 'ambiguous_key')
  assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), 'ambiguous_key')
  assert.equal(it.fetches(), 1)
})

test('a cold key set refuses twenty calls of an outage after one request [R2]', async () => {
  const it = world()
  it.respond(jsonResponse('', { status: 503 }))
  for (let call = 0; call < 20; call += 1) {
    assert.deepEqual(await it.lookup(), { refusal: 'keys_unavailable', retryAfterSeconds: 1 })
  }
  assert.equal(it.fetches(), 1)
})

test('a cold key set refuses concurrent calls of an outage after one request [R2]', async () => {
  const it = world()
  it.respond(() => Promise.reject(networkFailure('ECONNREFUSED')))
  const lookups = Array.from({ length: 20 }, () => it.remote.keyFor(wanted(first.kid)))
  await it.clock.advance(0)
  const answers = (await Promise.all(lookups)).map(answer)
  assert.deepEqual([...new Set(answers)], ['keys_unavailable'])
  assert.equal(it.fetches(), 1)
})

test('a cold key set tries again after 1, 3, 9, 27 and 30 seconds at the latest [R2]', async () => {
  const it = world()
  it.respond(jsonResponse('', { status: 503 }))
  const attemptsAtSeconds: number[] = []
  for (let tenths = 0; tenths <= 1_010; tenths += 1) {
    const before = it.fetches()
    await it.lookup()
    if (it.fetches() > before) attemptsAtSeconds.push(Math.round(tenths / 10))
    await it.clock.advance(100)
  }
  assert.deepEqual(attemptsAtSeconds, [0, 1, 4, 13, 40, 70, 100])
})

test('a cold key set says when the next attempt is due', async () => {
  const it = world()
  it.respond(jsonResponse('', { status: 503 }))
  await it.lookup()
  await it.clock.advance(1_000)
  const refusal = await it.lookup()
  assert.deepEqual(refusal, { refusal: 'keys_unavailable', retryAfterSeconds: 3 })
})

test('a cold key set recovers with the first attempt after the outage', async () => {
  const it = world()
  it.respond(jsonResponse('', { status: 503 }))
  await it.lookup()
  it.publish(first)
  await it.clock.advance(1_000)
  assert.equal(answer(await it.lookup()), first.kid)
  assert.equal(it.fetches(), 2)
})
