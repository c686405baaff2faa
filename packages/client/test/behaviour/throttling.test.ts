import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientWorld, emptyAnswer, failureOf } from '../client-world.ts'

test('keeps quiet for as long as Retry-After says, for every key of the client [C7]', async () => {
  for (const status of [429, 503]) {
    const { client, tokenEndpoint, clock } = clientWorld()
    tokenEndpoint.fail(emptyAnswer(status, { 'retry-after': '30' }))
    const first = await failureOf(client.token())
    assert.deepEqual(
      [first.code, first.kind, first.retryAfterMs, first.httpStatus],
      ['rate_limited', 'throttled', 30_000, status],
    )
    await clock.advance(10_000)
    for (const view of [client, client.for({ audience: 'b' })]) {
      const error = await failureOf(view.token())
      assert.deepEqual([error.kind, error.retryAfterMs, error.attempts], ['throttled', 20_000, 0])
    }
    assert.equal(tokenEndpoint.requestCount, 1)
    await clock.advance(15_000)
    const waiting = Promise.all([client.token(), client.for({ audience: 'b' }).token()])
    await clock.advance(4_999)
    assert.equal(tokenEndpoint.requestCount, 1)
    await clock.advance(1)
    await waiting
    assert.equal(tokenEndpoint.requestCount, 3)
  }
})

test('serves the valid token while the server asks for a pause, and asks again after it [C7]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds: 3600 })
  const token = await client.token()
  tokenEndpoint.fail(emptyAnswer(429, { 'retry-after': '120' }))
  await clock.advance(3_060_000)
  await client.token()
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 2)
  for (let second = 0; second < 119; second += 1) {
    await clock.advance(1_000)
    assert.equal(await client.token(), token)
  }
  assert.equal(tokenEndpoint.requestCount, 2)
  await clock.advance(1_000)
  await client.token()
  await clock.advance(0)
  assert.equal((await client.token()).reveal(), tokenEndpoint.token(2))
})

test('backs off from a 429 without Retry-After like from an outage, as throttled [C7]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  tokenEndpoint.fail(emptyAnswer(429))
  const error = await failureOf(client.token())
  assert.equal(error.kind, 'throttled')
  const next = client.token()
  await clock.advance(5_000)
  await next
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('lets no pause, however long, keep a token in use beyond its hard expiry [C2] [C7]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds: 300 })
  const token = await client.token()
  await clock.advance(260_000)
  tokenEndpoint.fail(emptyAnswer(429, { 'retry-after': '3600' }))
  assert.equal(await client.token(), token)
  await clock.advance(9_999)
  assert.equal(await client.token(), token)
  await clock.advance(1)
  assert.equal(client.currentToken(), undefined)
  const error = await failureOf(client.token())
  assert.deepEqual([error.kind, error.retryAfterMs], ['throttled', 3_590_000])
})

test('does not even prepare a renewal of another key while the server wants a pause [C7]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  const view = client.for({ audience: 'b' })
  await Promise.all([client.warm(), view.warm()])
  await clock.advance(3_100_000)
  tokenEndpoint.fail(emptyAnswer(429, { 'retry-after': '60' }))
  await client.token()
  await clock.advance(0)
  await view.token()
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 3)
  assert.equal(clock.pendingCount, 0)
  await clock.advance(60_000)
  await view.token()
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 4)
})
