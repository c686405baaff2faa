import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonResponse, networkFailure, type Responder, seededRandom, the } from '@mintmark/testkit'
import { answer, first, inPlace, minute, second, wanted, warmWorld } from './world.ts'

/** Answers that must never take the place of a set that works. */
const uselessAnswers: readonly (readonly [string, Responder | Response])[] = [
  ['503', jsonResponse('', { status: 503 })],
  ['no connection', () => Promise.reject(networkFailure('ECONNREFUSED'))],
  ['an empty set', jsonResponse({ keys: [] })],
  ['an empty object', jsonResponse({})],
  ['a web page', new Response('<!doctype html>')],
  ['a symmetric key', jsonResponse({ keys: [{ kty: 'oct', k: 'AAAA' }] })],
  ['a key off its curve', jsonResponse({ keys: [{ ...first, y: second.y }] })],
  ['a redirect', new Response(null, { status: 302, headers: { location: 'https://x.example' } })],
  ['300 KB', jsonResponse(JSON.stringify({ keys: [second], filler: 'x'.repeat(300_000) }))],
]

for (const [what, useless] of uselessAnswers) {
  test(`a key set serves twenty late calls with one request: ${what} [R2]`, async () => {
    const it = await warmWorld()
    it.respond(useless)
    await it.clock.advance(300_000)
    for (let call = 0; call < 20; call += 1) assert.equal(answer(await it.lookup()), first.kid)
    assert.deepEqual([it.fetches(), it.remote.generation], [2, 0])
  })
}

test('a key set serves in place and never waits while it knows of the outage', async () => {
  const it = await warmWorld()
  it.respond(() => new Promise<Response>(() => undefined))
  await it.clock.advance(240_000)
  it.remote.keyFor(wanted(first.kid))
  await it.clock.advance(5_000)
  assert.equal(it.fetches(), 2)
  for (let second = 0; second < 600; second += 1) {
    assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
    await it.clock.advance(1_000)
  }
  assert.equal(it.remote.state(), 'stale')
})

test('a lookup waits once when the lifetime ended while nobody asked', async () => {
  const it = await warmWorld()
  it.publish(second)
  await it.clock.advance(10 * minute)
  const withdrawn = it.remote.keyFor(wanted(first.kid))
  assert.ok(withdrawn instanceof Promise)
  await it.clock.advance(0)
  assert.equal(answer(await withdrawn), 'unknown_key')
  assert.equal(it.fetches(), 2)
})

test('a key set forgets the outage with the first success', async () => {
  const it = await warmWorld()
  it.respond(jsonResponse('', { status: 503 }))
  await it.clock.advance(300_000)
  await it.lookup()
  it.publish(first)
  await it.clock.advance(1_000)
  assert.equal(inPlace(it.remote.keyFor(wanted(first.kid))), first.kid)
  await it.clock.advance(0)
  assert.equal(it.remote.state(), 'fresh')
  await it.clock.advance(10 * minute)
  assert.ok(it.remote.keyFor(wanted(first.kid)) instanceof Promise)
  await it.clock.advance(0)
  assert.equal(it.fetches(), 4)
})

test('a key set is used for an hour past its lifetime and not longer [R2]', async () => {
  const it = await warmWorld()
  it.respond(jsonResponse('', { status: 503 }))
  await it.clock.advance(65 * minute - 1)
  assert.equal(answer(await it.lookup()), first.kid)
  await it.clock.advance(1)
  assert.equal(it.remote.state(), 'empty')
  assert.equal(answer(await it.lookup()), 'keys_unavailable')
  assert.equal(it.remote.generation, 1)
  assert.deepEqual(it.events.at(-1), {
    type: 'jwk_set_dropped',
    url: the.jwksUri,
    generation: 1,
  })
})

test('a key set is dropped with its lifetime when no staleness is allowed', async () => {
  const it = await warmWorld({ staleSecondsMax: 0 })
  it.respond(jsonResponse('', { status: 503 }))
  await it.clock.advance(300_000)
  assert.equal(answer(await it.lookup()), 'keys_unavailable')
})

test('a key set is dropped for who reads the generation alone', async () => {
  const it = await warmWorld()
  await it.clock.advance(65 * minute)
  assert.equal(it.remote.generation, 1)
})

test('a key set costs the issuer no more when more is asked [R2]', async () => {
  const it = await warmWorld({ random: seededRandom(7) })
  it.respond(jsonResponse('', { status: 503 }))
  await it.clock.advance(300_000)
  const start = it.fetches()
  for (let tenths = 0; tenths < 3_000; tenths += 1) {
    assert.equal(answer(await it.lookup()), first.kid)
    await it.clock.advance(100)
  }
  const attempts = it.fetches() - start
  assert.ok(attempts >= 10 && attempts <= 60, `${attempts} attempts in five minutes`)
})
