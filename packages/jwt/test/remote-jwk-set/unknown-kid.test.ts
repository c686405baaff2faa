import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonResponse } from '@mintmark/testkit'
import { answer, first, inPlace, second, wanted, warmWorld } from './world.ts'

test('an unknown kid is found with one request after a rotation [R2]', async () => {
  const it = await warmWorld()
  it.publish(first, second)
  assert.equal(answer(await it.lookup('second')), 'second')
  assert.equal(inPlace(it.remote.keyFor(wanted('second'))), 'second')
  assert.equal(it.fetches(), 2)
})

test('unknown kids cause one request however many are invented [R2]', async () => {
  const it = await warmWorld()
  for (let kid = 0; kid < 50; kid += 1) {
    assert.equal(answer(await it.lookup(`invented-${kid}`)), 'unknown_key')
  }
  assert.deepEqual([it.fetches(), it.clock.pendingCount], [2, 0])
})

test('a thousand unknown kids at once cause one request', async () => {
  const it = await warmWorld()
  const lookups = Array.from({ length: 1_000 }, (_, kid) => it.remote.keyFor(wanted(`${kid}`)))
  await it.clock.advance(0)
  assert.deepEqual([...new Set((await Promise.all(lookups)).map(answer))], ['unknown_key'])
  assert.equal(it.fetches(), 2)
})

test('a flood of unknown kids causes two requests a minute [R2]', async () => {
  const it = await warmWorld()
  for (let seconds = 0; seconds < 300; seconds += 1) {
    await it.lookup(`invented-${seconds}`)
    assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
    await it.clock.advance(1_000)
  }
  assert.equal(it.fetches(), 1 + 10)
})

test('an unknown kid is noticed within 30 seconds in the middle of a flood [R2]', async () => {
  const it = await warmWorld()
  await it.lookup('invented')
  it.publish(first, second)
  let waitedSeconds = 0
  while (answer(await it.lookup('second')) !== 'second') {
    waitedSeconds += 1
    await it.clock.advance(1_000)
  }
  assert.equal(waitedSeconds, 30)
  assert.equal(it.fetches(), 3)
})

test('an unknown kid cannot use up the attempts of a renewal [R2]', async () => {
  const it = await warmWorld()
  await it.clock.advance(239_500)
  it.respond(jsonResponse('', { status: 503 }))
  await it.lookup('invented')
  assert.equal(it.fetches(), 2)
  it.publish(first, second)
  await it.clock.advance(500)
  it.remote.keyFor(wanted(first.kid))
  await it.clock.advance(0)
  assert.equal(it.fetches(), 3)
  assert.equal(inPlace(it.remote.keyFor(wanted('second'))), 'second')
})

test('an unknown kid waits for a renewal under way and keeps its own request', async () => {
  const it = await warmWorld()
  await it.clock.advance(240_000)
  it.remote.keyFor(wanted(first.kid))
  assert.equal(answer(await it.lookup('second')), 'unknown_key')
  assert.equal(it.fetches(), 2)
  it.publish(first, second)
  assert.equal(answer(await it.lookup('second')), 'second')
  assert.equal(it.fetches(), 3)
})

test('an unknown kid is not called unknown while the issuer cannot be asked [R2]', async () => {
  const it = await warmWorld()
  it.respond(jsonResponse('', { status: 503 }))
  assert.deepEqual(await it.lookup('second'), {
    refusal: 'keys_unavailable',
    retryAfterSeconds: 30,
  })
  await it.clock.advance(10_000)
  assert.deepEqual(await it.lookup('second'), {
    refusal: 'keys_unavailable',
    retryAfterSeconds: 20,
  })
  assert.equal(it.fetches(), 2)
  it.publish(first)
  await it.clock.advance(20_000)
  assert.equal(answer(await it.lookup('second')), 'unknown_key')
})
