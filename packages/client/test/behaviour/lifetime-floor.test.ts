import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonResponse, the } from '@mintmark/testkit'
import { acquisitionError, apiUrl, clientWorld, emptyAnswer, outcomeOf } from '../client-world.ts'

const silence = () => new Promise<never>(() => undefined)

test('renews first for a call that wants more life than is left, and lets no other wait [C2]', async () => {
  const { client, tokenEndpoint, clock, events } = clientWorld()
  const token = await client.token({ minTtlSeconds: 600 })
  assert.equal(await client.token({ minTtlSeconds: 3_000 }), token)
  await clock.advance(2_400_000)
  assert.equal(await client.token({ minTtlSeconds: 600 }), token)
  tokenEndpoint.hold()
  const demanding = client.token({ minTtlSeconds: 1_800 })
  const modest = await client.token({ minTtlSeconds: 600 })
  assert.equal(modest, token)
  assert.equal(await client.token(), token)
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 2)
  tokenEndpoint.release()
  assert.equal((await demanding).reveal(), tokenEndpoint.token(2))
  assert.equal((await client.token()).reveal(), tokenEndpoint.token(2))
  const obtained = events.filter((event) => event.type === 'token_obtained')
  assert.deepEqual(
    obtained.map(({ trigger, callers }) => [trigger, callers]),
    [
      ['empty', 1],
      ['too_short', 1],
    ],
  )
})

test('joins the renewal that is under way, with everybody who wants the same [C2]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  await client.token()
  await clock.advance(3_100_000)
  tokenEndpoint.hold()
  await client.token()
  const waiting = Array.from({ length: 50 }, () => client.token({ minTtlSeconds: 1_000 }))
  await clock.advance(0)
  tokenEndpoint.release()
  for (const token of await Promise.all(waiting)) {
    assert.equal(token.reveal(), tokenEndpoint.token(2))
  }
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('asks no more than ten times per lifetime for what no token of the server has, and tells once [C2]', async () => {
  const { client, tokenEndpoint, clock, events } = clientWorld({}, { expiresInSeconds: 300 })
  for (let second = 0; second < 300; second += 1) {
    await client.token({ minTtlSeconds: 86_400 })
    await client.token({ minTtlSeconds: 86_400 })
    await clock.advance(1_000)
  }
  assert(tokenEndpoint.requestCount <= 12, `${tokenEndpoint.requestCount} requests`)
  const told = events.filter((event) => event.type === 'lifetime_floor_unreachable')
  assert.equal(told.length, 1)
  assert.deepEqual([told[0]?.wantedSeconds, told[0]?.achievableSeconds], [86_400, 243])
})

test('serves the token in hand when the renewal for a call fails, and while a pause lasts [C7]', async () => {
  const { client, clock, network } = clientWorld()
  const token = await client.token()
  await clock.advance(1_800_000)
  let attempts = 0
  network.respond(the.tokenEndpoint, () => {
    attempts += 1
    return emptyAnswer(503)()
  })
  for (let call = 0; call < 10; call += 1) {
    assert.equal(await client.token({ minTtlSeconds: 3_000 }), token)
  }
  assert.equal(attempts, 1)
})

test('serves the token in hand when the renewal takes longer than the caller waits [C5]', async () => {
  const { client, clock, network } = clientWorld()
  const token = await client.token()
  await clock.advance(1_800_000)
  network.respond(the.tokenEndpoint, silence)
  const hasty = outcomeOf(client.token({ minTtlSeconds: 3_000, deadlineMs: 100 }))
  await clock.advance(100)
  assert.equal((await hasty).value, token)
  const caller = new AbortController()
  const leaving = outcomeOf(client.token({ minTtlSeconds: 3_000, signal: caller.signal }))
  caller.abort()
  assert.equal(acquisitionError((await leaving).error).code, 'aborted')
})

test('refuses a floor that is none [C2]', async () => {
  const { client } = clientWorld()
  for (const minTtlSeconds of [-1, Number.NaN, Number.POSITIVE_INFINITY, 31_536_001]) {
    const { error } = await outcomeOf(client.token({ minTtlSeconds }))
    assert(error instanceof RangeError, `${minTtlSeconds}`)
    assert((await outcomeOf(client.fetch(apiUrl, { minTtlSeconds }))).error instanceof RangeError)
  }
})

/** A world in which the token has 20 s left, of an hour or of the seconds given. */
async function worldNearExpiry(expiresInSeconds = 3_600) {
  const world = clientWorld({ renewal: { fromShare: 1, toShare: 1 } }, { expiresInSeconds })
  world.network.respond(apiUrl, jsonResponse({}))
  await world.client.token()
  const usableSeconds = expiresInSeconds - Math.min(30, expiresInSeconds / 10)
  await world.clock.advance((usableSeconds - 20) * 1_000)
  return world
}

const upload = () =>
  ({ method: 'POST', body: new Blob(['chunk']).stream(), duplex: 'half' }) as RequestInit

/** The number of the token that a request carried. */
async function sentWith(
  { client, network, tokenEndpoint, clock }: Awaited<ReturnType<typeof worldNearExpiry>>,
  init: Parameters<typeof client.fetch>[1],
): Promise<number> {
  const response = client.fetch(apiUrl, init)
  await clock.advance(0)
  await response
  const sent = network.requestsTo(apiUrl).at(-1)?.headers.get('authorization')
  return [1, 2].find((number) => sent === `Bearer ${tokenEndpoint.token(number)}`) ?? 0
}

test('renews before it sends a stream with a token that has 20 s left: it cannot be sent again [C2]', async () => {
  assert.equal(await sentWith(await worldNearExpiry(), upload()), 2)
  assert.equal(await sentWith(await worldNearExpiry(), { method: 'POST', body: 'an order' }), 1)
  assert.equal(await sentWith(await worldNearExpiry(), undefined), 1)
})

test('asks less for streams where tokens are short, and what the call says where it says so [C2]', async () => {
  // Of the 54 s of a token of a minute, 20 are more than 30 %.
  assert.equal(await sentWith(await worldNearExpiry(60), upload()), 1)
  assert.equal(await sentWith(await worldNearExpiry(), { ...upload(), minTtlSeconds: 10 }), 1)
  assert.equal(await sentWith(await worldNearExpiry(), { ...upload(), minTtlSeconds: 0 }), 1)
  const order = { method: 'POST', body: 'an order', minTtlSeconds: 60 }
  assert.equal(await sentWith(await worldNearExpiry(), order), 2)
})

test('sends a stream with the token in hand when there is no other to be had [C7]', async () => {
  const world = await worldNearExpiry()
  world.network.respond(the.tokenEndpoint, emptyAnswer(503))
  assert.equal(await sentWith(world, upload()), 1)
})
