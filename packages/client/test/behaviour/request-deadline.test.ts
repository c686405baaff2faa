import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import { type FakeClock, jsonResponse, the } from '@mintmark/testkit'
import { apiUrl, clientWorld, emptyAnswer, outcomeOf } from '../client-world.ts'
import { api, unauthorized } from '../revocable-api.ts'

const silence = () => new Promise<never>(() => undefined)

/** When a promise settled, in milliseconds from now, and with what. */
async function timed<Value>(clock: FakeClock, promise: Promise<Value>) {
  const startMonotonicMs = clock.monotonicMs()
  let tookMs = Number.NaN
  const outcome = outcomeOf(promise).then((settled) => {
    tookMs = clock.monotonicMs() - startMonotonicMs
    return settled
  })
  await clock.advance(20_000)
  return { tookMs, ...(await outcome) }
}

/** What the wait for a token fails with when its deadline passes. */
function isLateToken(error: unknown): boolean {
  return error instanceof TokenAcquisitionError && error.code === 'deadline_exceeded'
}

/** What the sending fails with: the same as for `AbortSignal.timeout`. */
function isLateAnswer(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}

function settle(clock: FakeClock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(delayMs, resolve)
  })
}

test('ends the wait for a token that does not come at the deadline of the call [C5]', async () => {
  const { client, clock, network } = clientWorld()
  network.respond(the.tokenEndpoint, silence)
  const { tookMs, error } = await timed(clock, client.fetch(apiUrl, { deadlineMs: 5_000 }))
  assert(isLateToken(error))
  assert(tookMs >= 5_000 && tookMs <= 5_050, `${tookMs} ms`)
  assert.equal(network.requestsTo(apiUrl).length, 0)
})

test('ends the wait for the answer at the deadline, whatever the token took [C5]', async () => {
  for (const tokenMs of [0, 2_000, 4_990]) {
    const { client, clock, network, tokenEndpoint } = clientWorld()
    network.respond(the.tokenEndpoint, async (request) => {
      await settle(clock, tokenMs)
      return tokenEndpoint.responder(request)
    })
    network.respond(apiUrl, silence)
    const { tookMs, error } = await timed(clock, client.fetch(apiUrl, { deadlineMs: 5_000 }))
    assert(isLateAnswer(error), `${tokenMs} ms`)
    assert(tookMs >= 5_000 && tookMs <= 5_050, `${tookMs} ms`)
  }
})

test('covers the renewal and the second sending after a 401, too [C6]', async () => {
  const slowRenewal = clientWorld()
  await slowRenewal.client.warm()
  slowRenewal.network.respond(apiUrl, async () => {
    await settle(slowRenewal.clock, 2_000)
    return unauthorized()
  })
  slowRenewal.network.respond(the.tokenEndpoint, silence)
  const returned = await timed(
    slowRenewal.clock,
    slowRenewal.client.fetch(apiUrl, { deadlineMs: 5_000 }),
  )
  // There is no new token before the deadline, so the first answer is all there is.
  assert.equal(returned.value?.status, 401)
  assert(returned.tookMs >= 5_000 && returned.tookMs <= 5_050, `${returned.tookMs} ms`)

  const slowRetry = clientWorld()
  await slowRetry.client.warm()
  slowRetry.network.respond(apiUrl, async (request) => {
    const isFirst = request.headers.get('authorization')?.endsWith(slowRetry.tokenEndpoint.token(1))
    if (isFirst !== true) return silence()
    await settle(slowRetry.clock, 2_000)
    return unauthorized()
  })
  const failed = await timed(slowRetry.clock, slowRetry.client.fetch(apiUrl, { deadlineMs: 5_000 }))
  assert(isLateAnswer(failed.error))
  assert(failed.tookMs >= 5_000 && failed.tookMs <= 5_050, `${failed.tookMs} ms`)
  assert.equal(slowRetry.tokenEndpoint.requestCount, 2)
})

test('fails at once when a pause is longer than the deadline [C5]', async () => {
  const { client, clock, network } = clientWorld()
  network.respond(the.tokenEndpoint, emptyAnswer(429, { 'retry-after': '60' }))
  await outcomeOf(client.token())
  const { tookMs, error } = await timed(clock, client.fetch(apiUrl, { deadlineMs: 5_000 }))
  assert(error instanceof TokenAcquisitionError)
  assert.deepEqual([error.code, tookMs], ['rate_limited', 0])
})

test('leaves the signal of the call in force, before and after the answer [C5]', async () => {
  const { client, clock, network } = clientWorld()
  const reason = new Error('the caller is gone')
  const signals: AbortSignal[] = []
  network.respond(apiUrl, (request) => {
    signals.push(request.signal)
    return jsonResponse({})
  })
  await client.warm()
  const caller = new AbortController()
  await client.fetch(apiUrl, { deadlineMs: 5_000, signal: caller.signal })
  await clock.advance(60_000)
  assert.equal(signals[0]?.aborted, false, 'the body may take as long as it takes')
  caller.abort(reason)
  assert.equal(signals[0]?.aborted, true)
  network.respond(apiUrl, silence)
  const leaving = new AbortController()
  const call = outcomeOf(client.fetch(apiUrl, { deadlineMs: 5_000, signal: leaving.signal }))
  await clock.advance(100)
  leaving.abort(reason)
  assert.equal((await call).error, reason)
  assert.equal(clock.pendingCount, 0)
})

test('leaves no timer behind, and needs none without a deadline [C15]', async () => {
  const world = clientWorld()
  const resource = api(world)
  await world.client.warm()
  await world.client.fetch(apiUrl, { deadlineMs: 5_000 })
  await world.client.fetch(new Request(apiUrl), { deadlineMs: 5_000 })
  assert.equal(world.clock.pendingCount, 0)
  assert.equal(resource.callCount, 2)
  world.network.respond(apiUrl, silence)
  void outcomeOf(world.client.fetch(apiUrl))
  await world.clock.advance(0)
  assert.equal(world.clock.pendingCount, 0)
})

test('refuses a deadline that is none, and sends nothing [C5]', async () => {
  const { client, network } = clientWorld()
  await client.warm()
  for (const deadlineMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 600_001]) {
    const { error } = await outcomeOf(client.fetch(apiUrl, { deadlineMs }))
    assert(error instanceof RangeError, `${deadlineMs}`)
  }
  assert.equal(network.requestsTo(apiUrl).length, 0)
})
