import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClient } from '@mintmark/client'
import { type FakeClock, jsonResponse, the } from '@mintmark/testkit'
import { apiUrl, clientWorld, emptyAnswer, outcomeOf, tokenError } from '../client-world.ts'
import { api } from '../revocable-api.ts'

/** Calls once every `everyMs` until `until` says so, and counts the calls that found no token. */
async function load(
  client: TokenClient,
  clock: FakeClock,
  everyMs: number,
  until: () => boolean,
): Promise<number> {
  let waited = 0
  while (!until()) {
    if (client.currentToken() === undefined) waited += 1
    await client.token()
    await clock.advance(everyMs)
  }
  return waited
}

test('lets no call wait across a hundred renewals under steady load [C3]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld({}, { expiresInSeconds: 900 })
  await client.warm()
  const waited = await load(client, clock, 20_000, () => tokenEndpoint.requestCount > 100)
  assert.equal(waited, 0)
})

test('lets no call wait across a hundred renewals when calls are rare and tokens are kept warm [C3] [S4]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld(
    { keepWarm: true },
    { expiresInSeconds: 900 },
  )
  await client.warm()
  const waited = await load(client, clock, 7_200_000, () => tokenEndpoint.requestCount > 100)
  assert.equal(waited, 0)
})

test('renews on time when nobody asks, once per token, with one timer [C3] [C15]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld({ keepWarm: true })
  assert.equal(clock.pendingCount, 0)
  await client.warm()
  await clock.advance(0)
  assert.equal(clock.pendingCount, 1)
  await clock.advance(10 * 3_600_000)
  assert.equal(clock.pendingCount, 1)
  assert.equal(client.ready(), true)
  // A token is renewed after 70 to 85 % of its hour.
  const { requestCount } = tokenEndpoint
  assert(requestCount >= 1 + 10 / 0.85 - 1 && requestCount <= 1 + 10 / 0.7, `${requestCount}`)
})

test('renews by no timer unless it is asked to [C3] [C15]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld()
  await client.warm()
  await clock.advance(10 * 3_600_000)
  assert.deepEqual([tokenEndpoint.requestCount, clock.pendingCount], [1, 0])
})

test('goes on trying through an outage, at the pace of any renewal, and gets a token after it [C7]', async () => {
  const { client, clock, network, tokenEndpoint } = clientWorld({ keepWarm: true })
  await client.warm()
  let attempts = 0
  network.respond(the.tokenEndpoint, () => {
    attempts += 1
    return emptyAnswer(503)()
  })
  await clock.advance(2 * 3_600_000)
  assert.equal(client.ready(), false)
  assert(attempts >= 20 && attempts <= 300, `${attempts} attempts`)
  network.respond(the.tokenEndpoint, tokenEndpoint.responder)
  await clock.advance(36_000)
  assert.equal(client.ready(), true)
})

test('leaves a server alone that refuses for good, but for the probes of the breaker [C7]', async () => {
  const { client, clock, network, tokenEndpoint } = clientWorld({ keepWarm: true })
  await client.warm()
  let attempts = 0
  network.respond(the.tokenEndpoint, () => {
    attempts += 1
    return tokenError('invalid_client', 401)()
  })
  await clock.advance(2 * 3_600_000)
  assert(attempts >= 10 && attempts <= 30, `${attempts} attempts`)
  network.respond(the.tokenEndpoint, tokenEndpoint.responder)
  await clock.advance(300_000)
  assert.equal(client.ready(), true)
})

test('replaces a refused token for whoever comes next, when nobody waits for it [C6]', async () => {
  const world = clientWorld({ keepWarm: true })
  api(world).revoke(1)
  await world.client.warm()
  const stream = new Blob(['chunk']).stream()
  const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
  assert.equal((await world.client.fetch(apiUrl, init)).status, 401)
  await world.clock.advance(0)
  assert.equal(world.client.currentToken()?.reveal(), world.tokenEndpoint.token(2))
})

test('keeps every view warm that has had a token, and none other [C3]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld({ keepWarm: true })
  const used = client.for({ audience: 'b' })
  client.for({ audience: 'c' })
  await client.warm()
  await used.warm()
  await clock.advance(3_600_000)
  assert.deepEqual([client.ready(), used.ready()], [true, true])
  assert.equal(tokenEndpoint.requestCount, 4)
})

test('stops for good with dispose, and with forget until the next token [C15]', async () => {
  const { client, clock, tokenEndpoint, network } = clientWorld({ keepWarm: true })
  network.respond(apiUrl, jsonResponse({}))
  await client.warm()
  client.forget()
  assert.equal(clock.pendingCount, 0)
  await clock.advance(10 * 3_600_000)
  assert.equal(tokenEndpoint.requestCount, 1)
  await client.fetch(apiUrl)
  await clock.advance(3_600_000)
  assert.equal(tokenEndpoint.requestCount, 3)
  await client.dispose()
  assert.equal(clock.pendingCount, 0)
  assert.notEqual((await outcomeOf(client.token())).error, undefined)
  await clock.advance(10 * 3_600_000)
  assert.equal(tokenEndpoint.requestCount, 3)
})

test('stops for a view that the cache has let go of [C15]', async () => {
  const { client, clock } = clientWorld({ keepWarm: true, keysMax: 2 })
  await client.warm()
  for (const audience of ['b', 'c', 'd', 'e']) {
    await clock.advance(1_000)
    await client.for({ audience }).warm()
  }
  await clock.advance(0)
  assert.equal(clock.pendingCount, 2)
})
