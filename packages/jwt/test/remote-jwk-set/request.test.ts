import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serialiseJwkSet } from '@mintmark/jwt'
import { jsonResponse, the } from '@mintmark/testkit'
import { answer, first, minute, wanted, warmWorld, world } from './world.ts'

test('a request ends at its deadline even when the transport ignores its signal [R2]', async () => {
  const it = world({ transport: () => new Promise(() => undefined) })
  const lookup = it.remote.keyFor(wanted(first.kid))
  assert.equal(it.clock.pendingCount, 1)
  await it.clock.advance(4_999)
  assert.equal(it.events.length, 0)
  await it.clock.advance(1)
  assert.equal(answer(await lookup), 'keys_unavailable')
  assert.equal(it.clock.pendingCount, 0)
})

test('a request has no effect when answered after its deadline', async () => {
  let answerNow = (_: Response): void => undefined
  const it = world({
    transport: () =>
      new Promise<Response>((resolve) => {
        answerNow = resolve
      }),
  })
  const lookup = it.remote.keyFor(wanted(first.kid))
  await it.clock.advance(5_000)
  answerNow(jsonResponse(serialiseJwkSet([first])))
  await it.clock.advance(0)
  assert.equal(answer(await lookup), 'keys_unavailable')
  assert.equal(it.remote.state(), 'empty')
})

test('a disposed key set ends its request, tells nobody, and starts no other', async () => {
  const it = world()
  it.respond(() => new Promise<Response>(() => undefined))
  const lookup = it.remote.keyFor(wanted(first.kid))
  it.remote.dispose()
  await it.clock.advance(0)
  assert.equal(answer(await lookup), 'keys_unavailable')
  await it.clock.advance(minute)
  assert.equal(answer(await it.lookup()), 'keys_unavailable')
  assert.deepEqual([it.fetches(), it.clock.pendingCount, it.events.length], [1, 0, 0])
})

test('a disposed key set goes on with what it has until that is too old', async () => {
  const it = await warmWorld()
  it.remote.dispose()
  await it.clock.advance(64 * minute)
  assert.equal(answer(await it.lookup()), first.kid)
  assert.equal(answer(await it.lookup('stranger')), 'keys_unavailable')
  await it.clock.advance(minute)
  assert.equal(answer(await it.lookup()), 'keys_unavailable')
  assert.equal(it.fetches(), 1)
})

test('a key set tells what happened in codes and counts', async () => {
  const it = await warmWorld()
  it.respond(jsonResponse('the issuer says something', { status: 500 }))
  await it.clock.advance(240_000)
  await it.lookup()
  await it.clock.advance(1_000)
  assert.deepEqual(it.events, [
    {
      type: 'jwk_set_renewed',
      url: the.jwksUri,
      keys: 1,
      skipped: 0,
      lifetimeSeconds: 300,
      generation: 0,
    },
    {
      type: 'jwk_set_fetch_failed',
      url: the.jwksUri,
      violation: 'status_not_ok',
      httpStatus: 500,
    },
  ])
})
