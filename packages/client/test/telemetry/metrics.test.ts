import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { outcomeOf } from '../client-world.ts'
import { type ObservedWorld, observedWorld, pointsOf } from './observed-world.ts'

function observed(context: TestContext, ...options: Parameters<typeof observedWorld>) {
  const world = observedWorld(...options)
  context.after(() => world.close())
  return world
}

/** One token, one renewal in the background that fails, one that does not. */
async function threeRequests({ client, clock, tokenEndpoint }: ObservedWorld): Promise<void> {
  await client.token()
  await clock.advance(3_100_000)
  tokenEndpoint.fail(() => new Response(null, { status: 500 }))
  await client.token()
  await clock.advance(120_000)
  await client.token()
  await clock.advance(0)
}

/** What is in the first point of a histogram. */
function countAndSumOf(histogram: MetricData | undefined): readonly unknown[] {
  const [[, value] = []] = pointsOf(histogram)
  const { count, sum } = value as { count: number; sum: number }
  return [count, sum]
}

const obtained = { 'mintmark.outcome': 'obtained' }
const failed = {
  'mintmark.outcome': 'failed',
  'mintmark.failure.kind': 'transient',
  'error.type': 'server_unavailable',
}
const due = { 'mintmark.trigger': 'due' }

test('counts token requests by outcome, trigger, kind and code [C16]', async (context) => {
  const world = observed(context)
  await threeRequests(world)
  const requests = (await world.metrics()).get('mintmark.client.token_requests')
  assert.deepEqual(pointsOf(requests), [
    [{ ...obtained, 'mintmark.trigger': 'empty' }, 1],
    [{ ...failed, ...due }, 1],
    [{ ...obtained, ...due }, 1],
  ])
  assert.equal(requests?.descriptor.unit, '{request}')
})

test('measures how long token requests take, in seconds [C16]', async (context) => {
  const { client, clock, tokenEndpoint, metrics } = observed(context)
  tokenEndpoint.hold()
  const waiting = client.token()
  await clock.advance(700)
  tokenEndpoint.release()
  await waiting
  const durations = (await metrics()).get('mintmark.client.token_request.duration')
  assert.deepEqual(countAndSumOf(durations), [1, 0.7])
  assert.equal(durations?.descriptor.unit, 's')
})

test('measures how much of a lifetime renewals leave [C3] [C16]', async (context) => {
  const { client, clock, metrics } = observed(context)
  await client.token()
  await clock.advance(3_100_000)
  await client.token()
  await clock.advance(0)
  const left = (await metrics()).get('mintmark.client.renewal.remaining_lifetime')
  assert.deepEqual(countAndSumOf(left), [1, 470])
})

test('counts the 401s of resource servers by what was decided about them [C6] [C16]', async (context) => {
  const { client, network, metrics } = observed(context)
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' }
  network.respond('https://api.example/a', () => new Response(null, { status: 401, headers }))
  network.respond('https://api.example/b', () => new Response(null, { status: 401 }))
  await client.fetch('https://api.example/a')
  await client.fetch('https://api.example/b')
  const refusals = pointsOf((await metrics()).get('mintmark.client.token_refusals'))
  const reasons = refusals.map(([attributes]) => Object.values(attributes)[0])
  assert.deepEqual(reasons, ['token_invalid', 'no_bearer_challenge'])
})

test('shows whether a circuit is open [C7] [C16]', async (context) => {
  const { client, clock, tokenEndpoint, metrics } = observed(context)
  const circuit = async () => pointsOf((await metrics()).get('mintmark.client.circuit.open'))
  tokenEndpoint.fail(() => Response.json({ error: 'invalid_client' }, { status: 401 }))
  await outcomeOf(client.token())
  assert.deepEqual(await circuit(), [[{ 'mintmark.about': 'credential' }, 1]])
  await clock.advance(31_000)
  await client.token()
  assert.deepEqual(await circuit(), [[{ 'mintmark.about': 'credential' }, 0]])
})

test('counts everything else that is reported by its kind [C16]', async (context) => {
  const { client, tokenEndpoint, metrics, clock } = observed(context, { waitersMax: 1 })
  tokenEndpoint.hold()
  const waiting = client.token()
  await outcomeOf(client.token())
  tokenEndpoint.release()
  await waiting
  await clock.advance(0)
  client.forget()
  const events = pointsOf((await metrics()).get('mintmark.client.events'))
  const counted = events.map(([attributes, value]) => [Object.values(attributes)[0], value])
  assert.deepEqual(counted, [
    ['callers_turned_away', 1],
    ['token_requested', 1],
    ['token_obtained', 1],
    ['tokens_forgotten', 1],
  ])
})

test('puts the given attributes on everything, and nothing that grows with scopes [C16]', async (context) => {
  const world = observed(context)
  world.tokenEndpoint.fail(() => new Response(null, { status: 500 }))
  await outcomeOf(world.client.token())
  await world.client.for({ scope: 'decisions:read' }).token()
  world.telemetry.watch(world.client)
  for (const metric of (await world.metrics()).values()) {
    for (const { attributes } of metric.dataPoints) {
      assert.equal(attributes['service.part'], 'orders')
      assert.ok(!JSON.stringify(attributes).includes('decisions:read'))
    }
  }
})

test('reports the state of a watched client at each collection, until it is told to stop [C16]', async (context) => {
  const { client, telemetry, clock, metrics } = observed(context)
  const stop = telemetry.watch(client)
  const state = async () => {
    const names = ['mintmark.client.ready', 'mintmark.client.outage_budget']
    const collected = await metrics()
    return names.map((name) => pointsOf(collected.get(name))[0]?.[1])
  }
  assert.deepEqual(await state(), [0, undefined])
  await client.token()
  assert.deepEqual(await state(), [1, 3_570])
  await clock.advance(100_000)
  assert.deepEqual(await state(), [1, 3_470])
  stop()
  client.forget()
  assert.deepEqual(await state(), [1, 3_470])
})
