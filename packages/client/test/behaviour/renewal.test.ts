import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClient } from '@mintmark/client'
import { FakeClock, seededRandom, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { clientWorld, outcomeOf } from '../client-world.ts'

/** The scripted endpoint numbers its tokens; this gives the number that a client serves. */
async function served(client: TokenClient, token: (number: number) => string): Promise<number> {
  const text = (await client.token()).reveal()
  return [1, 2, 3, 4, 5, 6, 7, 8, 9].find((number) => token(number) === text) ?? 0
}

test('never gives out a token at or after its hard expiry [C2]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds: 300 })
  await client.token()
  tokenEndpoint.hold()
  await clock.advance(269_999)
  assert.equal(client.ready(), true)
  assert.equal(await served(client, tokenEndpoint.token), 1)
  await clock.advance(1)
  assert.equal(client.ready(), false)
  assert.equal(client.currentToken(), undefined)
  const waiting = client.token()
  tokenEndpoint.release()
  assert.equal((await waiting).reveal(), tokenEndpoint.token(2))
})

test('renews in the background while callers keep getting the current token [C3]', async () => {
  const { client, tokenEndpoint, clock, events } = clientWorld()
  await client.token()
  const obtained = events.find((event) => event.type === 'token_obtained')
  assert(obtained?.type === 'token_obtained')
  const { renewalAfterSeconds } = obtained
  assert(renewalAfterSeconds >= 2520 && renewalAfterSeconds < 3060)
  await clock.advance(renewalAfterSeconds * 1000 - 1)
  assert.equal(await served(client, tokenEndpoint.token), 1)
  assert.equal(tokenEndpoint.requestCount, 1)
  tokenEndpoint.hold()
  await clock.advance(1)
  for (let call = 0; call < 1000; call += 1) {
    assert.equal(await served(client, tokenEndpoint.token), 1)
  }
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 2)
  tokenEndpoint.release()
  await clock.advance(0)
  assert.equal(await served(client, tokenEndpoint.token), 2)
})

test('starts the background renewal for the synchronous form too, but never a first request [C3]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  assert.equal(client.currentToken(), undefined)
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 0)
  await client.token()
  await clock.advance(3_100_000)
  assert.equal(client.currentToken()?.reveal(), tokenEndpoint.token(1))
  await clock.advance(0)
  assert.equal(client.currentToken()?.reveal(), tokenEndpoint.token(2))
})

test('makes one request per lifetime under steady load, and nobody waits [C3]', async () => {
  for (const expiresInSeconds of [2, 3, 10, 60, 300]) {
    const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds })
    await client.token()
    const stepMs = expiresInSeconds * 10
    for (let at = 0; at < expiresInSeconds * 10_000; at += stepMs) {
      await clock.advance(stepMs)
      assert.notEqual(client.currentToken(), undefined, `${expiresInSeconds} s, at ${at} ms`)
    }
    const { requestCount } = tokenEndpoint
    assert(
      requestCount <= 10 / 0.7 + 2,
      `${requestCount} requests for tokens of ${expiresInSeconds} s`,
    )
  }
})

test('spreads the renewals of a fleet over the whole window, however often each process calls [C3]', async () => {
  for (const callsPerStep of [1, 50]) {
    const clock = new FakeClock()
    const fleet = Array.from({ length: 100 }, (_, seed) =>
      clientWorld({ clock, random: seededRandom(seed + 1) }),
    )
    await Promise.all(fleet.map(({ client }) => client.warm()))
    const renewedAtSeconds: number[] = []
    for (let second = 0; second < 3_570; second += 20) {
      for (const { client } of fleet) {
        for (let call = 0; call < callsPerStep; call += 1) client.currentToken()
      }
      await clock.advance(20_000)
      const renewed = fleet.filter(({ tokenEndpoint }) => tokenEndpoint.requestCount > 1).length
      while (renewedAtSeconds.length < renewed) renewedAtSeconds.push(second)
    }
    const [early = 0, late = 0] = [renewedAtSeconds[5], renewedAtSeconds[94]]
    // The window is 540 s wide; nine tenths of the fleet take nine tenths of it, give or take chance.
    assert(late - early >= 400, `${callsPerStep} calls: ${late - early} s`)
  }
})

test('asks for a token of one second again only when it is over [C3]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({}, { expiresInSeconds: 1 })
  for (let call = 0; call < 10; call += 1) {
    await client.token()
    await clock.advance(100)
  }
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('never asks more often than the plan allows, for any lifetime the server grants [C3]', async () => {
  const lifetimes = fc.integer({ min: 0, max: 120 })
  await fc.assert(
    fc.asyncProperty(lifetimes, fc.integer({ min: 0, max: 60 }), async (seconds, skew) => {
      const { client, tokenEndpoint, clock } = clientWorld(
        { clockSkewSeconds: skew },
        { expiresInSeconds: seconds },
      )
      const spanSeconds = 240
      for (let at = 0; at < spanSeconds * 2; at += 1) {
        await outcomeOf(client.token())
        await clock.advance(500)
      }
      const usable = seconds - Math.min(30, seconds / 10) - skew
      // A token of no use opens a circuit: one request, and a probe after 30 s, 60 s and 120 s.
      const allowed = usable <= 0 ? 4 : spanSeconds / Math.max(usable * 0.1, 0.5) + 2
      assert(tokenEndpoint.requestCount <= allowed, `${tokenEndpoint.requestCount} > ${allowed}`)
    }),
    { numRuns: 10 },
  )
})

test('renews when the server asks for it with refresh_in [C3]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({}, { overrides: { refresh_in: 600 } })
  await client.token()
  await clock.advance(599_999)
  await client.token()
  await clock.advance(1)
  assert.equal(tokenEndpoint.requestCount, 1)
  await client.token()
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('warns once when lifetimes are too short for the outage that must be survived [C3]', async () => {
  const { client, events } = clientWorld({ surviveOutageSeconds: 900 }, { expiresInSeconds: 600 })
  await client.token()
  await client.for({ audience: 'b' }).token()
  const told = events.filter(({ type }) => type === 'outage_budget_unreachable')
  assert.equal(told.length, 1)
  const [event] = told
  assert(event?.type === 'outage_budget_unreachable')
  assert.equal(event.wantedSeconds, 900)
  assert.equal(Math.round(event.achievableSeconds), 513)
})

test('keeps serving through an outage of the length that the options name, at its worst phase [C3]', async () => {
  const { client, tokenEndpoint, clock, network } = clientWorld({ surviveOutageSeconds: 900 })
  await client.token()
  // The outage begins just when the renewal would have been made.
  while (tokenEndpoint.requestCount === 1) {
    tokenEndpoint.fail(() => new Response(null, { status: 503 }))
    await clock.advance(1_000)
    await client.token()
    await clock.advance(0)
  }
  network.respond(the.tokenEndpoint, () => new Response(null, { status: 503 }))
  for (let second = 0; second < 899; second += 1) {
    await clock.advance(1_000)
    assert.equal(await served(client, tokenEndpoint.token), 1)
  }
})
