/** Both rings of an API on several nodes through a real Redis, also while that is dead, paused or slow. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import {
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { createTokenClient } from '@mintmark/client'
import { limitPolicy } from '@mintmark/limits'
import { eventually, type RedisProcess, startRedisServer } from '@mintmark/testkit'
import { type NodeOrders, type RingNode, startRingNode } from './guard-rings-node.ts'
import { startSlowProxy } from './slow-proxy.ts'

const audience = 'https://api.example/partner/v1'
const scope = 'applications:write decisions:read'

let issuer: RunningServer
const tokens = new Map<string, string>()

before(async () => {
  issuer = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    server: (identifier) =>
      createAuthorizationServer({
        ...{ issuer: identifier, storage: sqlite(':memory:'), dialect: 'credicorp' },
      }),
  })
  await issuer.server.registry.createResource({ id: audience, scope })
  for (const id of ['partner-a', 'partner-b']) {
    const created = await issuer.server.registry.createClient({ id, scope })
    assert.ok(created.ok)
    const client = createTokenClient({
      ...{ issuer: issuer.origin, preset: 'credicorp', clientId: id, resource: audience },
      clientSecret: created.value.clientSecret?.reveal() ?? '',
    })
    tokens.set(id, (await client.token()).reveal())
    await client.dispose()
  }
})
after(() => issuer.close())

function ordersFor(redisPort: number, orders: Partial<NodeOrders> = {}): NodeOrders {
  return {
    ...{ issuer: issuer.origin, audience, redisPort, whenUnavailable: 'local', deadlineMs: 1_000 },
    ...{ publicBurst: 60, partnerBurst: 50 },
    ...orders,
  }
}

async function redisFor(t: TestContext): Promise<RedisProcess> {
  const server = await startRedisServer()
  t.after(() => server.stop())
  return server
}

async function nodeFor(t: TestContext, orders: NodeOrders): Promise<RingNode> {
  const node = await startRingNode(orders)
  t.after(() => node.close())
  await asksRedis(node)
  return node
}

const anyBucket = [
  { policy: limitPolicy({ name: 'probe', quota: 1_000, windowSeconds: 60 }), key: 'probe' },
]

/** Whether a node is asking Redis. */
async function asksRedis({ limiter }: RingNode): Promise<void> {
  await eventually(async () => assert.equal((await limiter.peek(anyBucket)).basis, 'buckets'))
}

/** A node in a process of its own. */
async function processFor(t: TestContext, orders: NodeOrders): Promise<string> {
  const script = join(import.meta.dirname, 'guard-rings-node.ts')
  const argv = ['--conditions=source', script, JSON.stringify(orders)]
  const node = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => node.kill('SIGKILL'))
  const [line] = (await once(node.stdout, 'data')) as [Buffer]
  return String(line).trim()
}

const decisions = (origin: string, id = 'partner-a') =>
  fetch(`${origin}/partner/v1/decisions`, {
    headers: { authorization: `Bearer ${tokens.get(id)}` },
  })

async function statusesOf(answers: readonly Promise<Response>[]) {
  const statuses: Record<number, number> = {}
  for (const response of await Promise.all(answers)) {
    await response.arrayBuffer()
    statuses[response.status] = (statuses[response.status] ?? 0) + 1
  }
  return statuses
}

describe('rings on several nodes', () => {
  test('two processes share the buckets of a credential and of an address to the unit [S2] [R9]', async (t) => {
    const redis = await redisFor(t)
    const orders = ordersFor(redis.port)
    const origins = await Promise.all([processFor(t, orders), processFor(t, orders)])
    const on = (at: number) => origins[at % 2] as string
    const many = (count: number, ask: (origin: string) => Promise<Response>) =>
      statusesOf(Array.from({ length: count }, (_, at) => ask(on(at))))
    assert.deepEqual(await many(100, (origin) => decisions(origin)), { 200: 50, 429: 50 })
    assert.deepEqual(await many(20, (origin) => decisions(origin, 'partner-b')), { 200: 20 })
    const rates = (origin: string) => fetch(`${origin}/public/v1/rates`)
    assert.deepEqual(await many(100, rates), { 200: 60, 429: 40 })
    const mapped = (origin: string) =>
      fetch(`${origin}/public/v1/rates`, { headers: { 'x-forwarded-for': '::ffff:127.0.0.1' } })
    assert.deepEqual(await many(2, mapped), { 429: 2 })
    let next = 0
    const ofOneNetwork = (origin: string) => {
      next += 1
      const address = `2001:db8:0:7::${next.toString(16)}`
      return fetch(`${origin}/public/v1/rates`, { headers: { 'x-forwarded-for': address } })
    }
    assert.deepEqual(await many(100, ofOneNetwork), { 200: 60, 429: 40 })
  })
})

/** Far more than a deadline, far less than one for each: nobody queues, and a busy machine is not measured. */
const CALLS = 200
const ALL_WITHIN_MS = 4_500

/** One after the other, so that each would add its wait. */
async function manyCalls(origin: string): Promise<Readonly<Record<number, number>>> {
  const statuses: Record<number, number> = {}
  const startedAt = performance.now()
  for (let at = 0; at < CALLS; at++) {
    const response = await decisions(origin)
    await response.arrayBuffer()
    statuses[response.status] = (statuses[response.status] ?? 0) + 1
  }
  const tookMs = performance.now() - startedAt
  assert.ok(tookMs < ALL_WITHIN_MS, `${CALLS} calls took ${tookMs} ms`)
  return statuses
}

/** What a node does without Redis, and what its calls are answered with. */
const modes = [
  ['local', { 200: 50, 429: 150 }],
  ['allow', { 200: 200 }],
  ['refuse', { 503: 200 }],
] as const

describe('rings while Redis cannot be asked', { concurrency: 1 }, () => {
  for (const [whenUnavailable, expected] of modes) {
    test(`a dead Redis: every call is answered as '${whenUnavailable}' says, none waits [S2] [R9]`, async (t) => {
      const redis = await redisFor(t)
      const node = await nodeFor(t, ordersFor(redis.port, { whenUnavailable, deadlineMs: 25 }))
      await redis.kill()
      assert.deepEqual(await manyCalls(node.origin), expected)
    })
  }

  test('where nobody may pass without Redis: 503 with a time and a problem, never 401 [R9]', async (t) => {
    const redis = await redisFor(t)
    const orders = ordersFor(redis.port, { whenUnavailable: 'refuse', deadlineMs: 25 })
    const node = await nodeFor(t, orders)
    await redis.kill()
    for (const ask of [
      () => decisions(node.origin),
      () => fetch(`${node.origin}/public/v1/rates`),
    ]) {
      const response = await ask()
      assert.equal(response.status, 503)
      assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
      assert.equal(response.headers.has('www-authenticate'), false)
      assert.match(
        ((await response.json()) as { type: string }).type,
        /#temporary-reduced-capacity$/,
      )
    }
  })

  test('a paused Redis delays one call by its deadline and no other, and counts again later [R9]', async (t) => {
    const redis = await redisFor(t)
    const node = await nodeFor(t, ordersFor(redis.port, { deadlineMs: 25 }))
    redis.pause()
    const statuses = await manyCalls(node.origin)
    redis.resume()
    assert.deepEqual(statuses, { 200: 50, 429: 150 })
    await asksRedis(node)
    // What was decided without it has taken nothing there.
    const answer = await decisions(node.origin)
    assert.match(answer.headers.get('ratelimit') ?? '', /^"partner";r=4\d;/)
    const types = node.events.map(({ type }) => type)
    assert.ok(
      types.includes('shared_limits_unavailable') && types.includes('shared_limits_recovered'),
    )
  })

  test('a Redis that takes longer than the deadline is as good as none [R9]', async (t) => {
    const redis = await redisFor(t)
    const proxy = await startSlowProxy(redis.port)
    t.after(() => proxy.close())
    const node = await nodeFor(
      t,
      ordersFor(proxy.port, { whenUnavailable: 'allow', deadlineMs: 25 }),
    )
    proxy.delayMs = 300
    assert.deepEqual(await manyCalls(node.origin), { 200: CALLS })
    proxy.delayMs = 0
  })
})
