import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {} from '@mintmark/client'
import { jsonResponse, the } from '@mintmark/testkit'
import { apiUrl, clientWorld, emptyAnswer } from '../client-world.ts'
import { api, reasonsIn, unauthorized } from '../revocable-api.ts'

test('makes one token request for twenty calls in flight with one revoked token [C6]', async () => {
  const world = clientWorld()
  const { client, network, tokenEndpoint, clock } = world
  await client.warm()
  const old = tokenEndpoint.token(1)
  let arrivals = 0
  network.respond(apiUrl, async (request) => {
    if (!request.headers.get('authorization')?.endsWith(old)) return jsonResponse({})
    arrivals += 1
    // The refusals come in one by one, long before, while and after the token is renewed.
    const delayMs = arrivals * 20
    await new Promise<void>((resolve) => clock.schedule(delayMs, resolve))
    return unauthorized()
  })
  network.respond(the.tokenEndpoint, async (request) => {
    await new Promise<void>((resolve) => clock.schedule(150, resolve))
    return tokenEndpoint.responder(request)
  })
  const calls = Array.from({ length: 20 }, () => client.fetch(apiUrl))
  await clock.advance(1_000)
  for (const response of await Promise.all(calls)) assert.equal(response.status, 200)
  assert.equal(tokenEndpoint.requestCount, 2)
  assert.equal(network.requestsTo(apiUrl).length, 40)
  const reasons = reasonsIn(world.events)
  assert(reasons.includes('token_invalid') && reasons.includes('renewed_already'))
})

test('makes at most three token requests for an API that always says 401 [C6]', async () => {
  for (const pauseMs of [0, 10, 119]) {
    const world = clientWorld()
    world.network.respond(apiUrl, () => unauthorized())
    for (let call = 0; call < 1_000; call += 1) {
      const response = await world.client.fetch(apiUrl)
      assert.equal(response.status, 401)
      await world.clock.advance(pauseMs)
    }
    assert(world.tokenEndpoint.requestCount <= 3, `${world.tokenEndpoint.requestCount} requests`)
    assert(world.network.requestsTo(apiUrl).length <= 1_003)
  }
})

test('spends no more than its budget on an API that says 401 for hours [C6]', async () => {
  const world = clientWorld({}, { expiresInSeconds: 86_400 })
  world.network.respond(apiUrl, () => unauthorized())
  for (let minute = 0; minute < 60; minute += 1) {
    await world.client.fetch(apiUrl)
    await world.clock.advance(60_000)
  }
  // One at first, five by and by, and one each five minutes.
  assert(world.tokenEndpoint.requestCount <= 1 + 5 + 12, `${world.tokenEndpoint.requestCount}`)
})

test('spends the budget when tokens work and are revoked again and again [C6]', async () => {
  const world = clientWorld()
  const resource = api(world)
  const statuses: number[] = []
  for (const number of [1, 2, 3, 4, 5, 6]) {
    await world.client.fetch(apiUrl)
    resource.revoke(number)
    statuses.push((await world.client.fetch(apiUrl)).status)
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 401])
  assert.equal(world.tokenEndpoint.requestCount, 6)
  await world.clock.advance(300_000)
  assert.equal((await world.client.fetch(apiUrl)).status, 200)
})

test('does not replace a replacement that was refused before it ever worked, for a minute [C6]', async () => {
  const world = clientWorld()
  const resource = api(world)
  resource.revoke(1, 2)
  await world.client.fetch(apiUrl)
  for (let call = 0; call < 59; call += 1) {
    assert.equal((await world.client.fetch(apiUrl)).status, 401)
    await world.clock.advance(1_000)
  }
  assert.equal(world.tokenEndpoint.requestCount, 2)
  assert.equal(reasonsIn(world.events).at(-1), 'replacement_refused')
  await world.clock.advance(1_000)
  assert.equal((await world.client.fetch(apiUrl)).status, 200)
  assert.equal(world.tokenEndpoint.requestCount, 3)
})

test('retries with the token that somebody else got meanwhile, without a token request [C6]', async () => {
  const world = clientWorld()
  const { client, network, tokenEndpoint, clock } = world
  await client.warm()
  const old = tokenEndpoint.token(1)
  network.respond(apiUrl, async (request) => {
    if (!request.headers.get('authorization')?.endsWith(old)) return jsonResponse({})
    await new Promise<void>((resolve) => clock.schedule(100, resolve))
    return unauthorized()
  })
  const call = client.fetch(apiUrl)
  await clock.advance(0)
  client.forget()
  await client.warm()
  await clock.advance(100)
  assert.equal((await call).status, 200)
  assert.equal(tokenEndpoint.requestCount, 2)
  assert.deepEqual(reasonsIn(world.events), ['renewed_already'])
})

test('returns the first answer, unread, when there is no new token [C6]', async () => {
  const world = clientWorld()
  api(world).revoke(1)
  await world.client.warm()
  world.network.respond(the.tokenEndpoint, emptyAnswer(503))
  const response = await world.client.fetch(apiUrl)
  assert.equal(response.status, 401)
  assert.equal(response.bodyUsed, false)
  assert.equal(await response.text(), 'unauthorized')
})

test('does not retry with the same token that the server hands out again [C6]', async () => {
  const world = clientWorld({}, { overrides: { access_token: 'the-same-token-again-and-again' } })
  world.network.respond(apiUrl, () => unauthorized())
  for (let call = 0; call < 10; call += 1) {
    assert.equal((await world.client.fetch(apiUrl)).status, 401)
  }
  assert.equal(world.network.requestsTo(apiUrl).length, 10)
  assert.equal(world.tokenEndpoint.requestCount, 2)
})
