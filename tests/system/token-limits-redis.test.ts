/** Two nodes that share their limits through a real Redis, and what becomes of token requests while it is away. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import {
  createAuthorizationServer,
  listen,
  type RequestLimitOptions,
  sqlite,
} from '@mintmark/authorization-server'
import { type RedisLimiterOptions, redisLimiter } from '@mintmark/limits/redis'
import {
  eventually,
  fixtureKeys,
  type RedisProcess,
  startRedisServer,
  the,
} from '@mintmark/testkit'
import { Redis } from 'ioredis'
import { importJWK, SignJWT } from 'jose'
import { requestToken, servingWorld } from './cli-world.ts'

const hour = 3_600
const clients = { quota: 6, windowSeconds: hour }
const failures = { perClient: { quota: 4, windowSeconds: hour } }

/** Longer than a busy machine keeps anybody waiting: most tests are not about the deadline. */
const patient = { deadlineMs: 1_000 }
/** The default, in the tests that are about it. */
const inTime = { deadlineMs: 25 }

interface Node {
  ask(secret?: string): Promise<Response>
  statuses(count: number, secret?: string): Promise<number[]>
}

interface Nodes {
  readonly redis: RedisProcess
  readonly nodes: readonly [Node, Node]
}

type Sharing = Partial<RedisLimiterOptions>

async function nodesOn(
  t: TestContext,
  limits: RequestLimitOptions,
  sharing: Sharing,
): Promise<Nodes> {
  const redis = await startRedisServer()
  t.after(() => redis.stop())
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-nodes-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const secrets: string[] = []
  const start = async (): Promise<Node> => {
    const connection = new Redis(redis.url, { enableOfflineQueue: false, retryStrategy: () => 50 })
    connection.on('error', () => undefined)
    t.after(() => connection.disconnect())
    await eventually(async () => assert.equal(await connection.ping(), 'PONG'))
    const running = await listen({
      ...{ host: '127.0.0.1', port: 0 },
      server: () =>
        createAuthorizationServer({
          ...{ issuer: the.issuer, storage: sqlite(folder) },
          limits: {
            ...limits,
            limiter: ({ namingSecret }) =>
              redisLimiter({ redis: connection, namingSecret, ...sharing }),
          },
        }),
    })
    t.after(() => running.close())
    const { registry } = running.server
    if (secrets.length === 0) {
      await registry.createResource({ id: the.audience, scope: the.scope })
      const created = await registry.createClient({ id: the.clientId, scope: the.scope })
      assert.ok(created.ok)
      secrets.push(created.value.clientSecret?.reveal() ?? '')
    }
    const ask = (secret = secrets[0] ?? ''): Promise<Response> =>
      fetch(`${running.origin}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${the.clientId}:${secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
    return { ask, statuses: (count, secret) => statusesOf(count, () => ask(secret)) }
  }
  return { redis, nodes: [await start(), await start()] }
}

async function statusesOf(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = []
  for (let at = 0; at < count; at++) {
    const response = await ask()
    statuses.push(response.status)
    await response.arrayBuffer()
  }
  return statuses
}

describe('nodes that share their limits through Redis', { concurrency: 2 }, () => {
  test('grant a client together what its rate says, and not one token more [A10]', async (t) => {
    const { nodes } = await nodesOn(t, { clients }, patient)
    const [one, other] = nodes
    const granted = [...(await one.statuses(4)), ...(await other.statuses(2))]
    assert.deepEqual([...new Set(granted)], [200])
    assert.deepEqual([...(await one.statuses(1)), ...(await other.statuses(1))], [429, 429])
  })

  test('stop an address that guesses at one of them at the other, but for one attempt [A10]', async (t) => {
    const { nodes } = await nodesOn(t, { failures }, patient)
    const [one, other] = nodes
    assert.deepEqual(await one.statuses(5, 'wrong-secret'), [401, 401, 401, 401, 429])
    assert.deepEqual(await other.statuses(2, 'wrong-secret'), [401, 429])
    assert.deepEqual(await other.statuses(1), [429])
  })

  test('leave nothing in Redis that names a client or an address [A10]', async (t) => {
    const { nodes, redis } = await nodesOn(t, { clients, failures }, patient)
    await nodes[0].statuses(1)
    await nodes[0].statuses(2, 'wrong-secret')
    await eventually(async () => assert.notEqual(await redis.command('DBSIZE'), '0'))
    const keys = await redis.command('KEYS', '*')
    assert.doesNotMatch(keys, new RegExp(`${the.clientId}|127\\.0\\.0\\.1`))
  })

  test('count again together when a Redis that was killed is back [A10]', async (t) => {
    const { nodes, redis } = await nodesOn(t, { clients: { ...clients, quota: 1_000 } }, patient)
    const [one, other] = nodes
    await redis.kill()
    assert.deepEqual(await one.statuses(3), [200, 200, 200])
    await redis.restart()
    // Both alone, each would go down by one as well: but not from the other's count.
    await one.statuses(20)
    await eventually(async () => {
      const first = leftIn(await one.ask())
      assert.equal(leftIn(await other.ask()), first - 1)
      assert.equal(leftIn(await one.ask()), first - 2)
    })
  })
})

function leftIn({ headers }: Response): number {
  return Number(/;r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
}

const REQUESTS = 300
/** Far less than a deadline for each, far more than a busy machine needs. */
const ALL_WITHIN_MS = 5_000

describe('token requests while Redis is away', { concurrency: 1 }, () => {
  const modes = [
    ['local', 200],
    ['allow', 200],
    ['refuse', 503],
  ] as const
  const plenty = { clients: { quota: 100_000, windowSeconds: hour } }
  const outages = [
    ['dead', (redis: RedisProcess) => redis.kill()],
    ['paused', async (redis: RedisProcess) => redis.pause()],
  ] as const
  for (const [state, take] of outages) {
    for (const [whenUnavailable, status] of modes) {
      test(`a ${state} Redis delays none of them, and the mode is ${whenUnavailable} [A10]`, async (t) => {
        const { nodes, redis } = await nodesOn(t, plenty, { ...inTime, whenUnavailable })
        await take(redis)
        const startedAt = performance.now()
        const statuses = await nodes[0].statuses(REQUESTS)
        const tookMs = performance.now() - startedAt
        if (state === 'paused') redis.resume()
        assert.deepEqual([...new Set(statuses)], [status])
        assert.ok(tookMs < ALL_WITHIN_MS, `${REQUESTS} requests took ${tookMs} ms`)
      })
    }
  }

  test('what is refused says when to come back [A10]', async (t) => {
    const { nodes, redis } = await nodesOn(t, plenty, { ...inTime, whenUnavailable: 'refuse' })
    await redis.kill()
    const refused = await nodes[0].ask()
    assert.equal(refused.status, 503)
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    assert.equal(((await refused.json()) as { error: string }).error, 'temporarily_unavailable')
  })
})

test('mintmark serve shares limits through --redis, and goes on without it [A10]', async (t) => {
  const redis = await startRedisServer()
  t.after(() => redis.stop())
  const flags = ['--redis', redis.url, '--limit-client', '1000/3600']
  const { server, folder, clientSecret } = await servingWorld(t, flags)
  const other = await folder.serve(flags)
  const leftAt = async (node: typeof server): Promise<number> =>
    leftIn(await requestToken(node, the.clientId, clientSecret))
  // Its own count would not fall: a node that is asked every other time has seen half of it.
  await eventually(async () => {
    const [first, second] = [await leftAt(server), await leftAt(other)]
    assert.equal(second, first - 1)
    assert.equal(await leftAt(server), second - 1)
  })
  await redis.kill()
  assert.equal((await requestToken(server, the.clientId, clientSecret)).status, 200)
  assert.ok((await leftAt(server)) > 990)
  await redis.restart()
  await eventually(async () => {
    const first = await leftAt(server)
    assert.equal(await leftAt(other), first - 1)
    assert.equal(await leftAt(server), first - 2)
  })
})

test('mintmark serve --redis: an assertion that was used at one node is refused at the other [A6]', async (t) => {
  const redis = await startRedisServer()
  t.after(() => redis.stop())
  const flags = ['--redis', redis.url]
  const { server, folder } = await servingWorld(t, flags)
  const other = await folder.serve([...flags, '--issuer', server.issuer])
  const { d: _private, ...publicJwk } = fixtureKeys.ES256
  folder.write('signer.jwks', JSON.stringify({ keys: [{ ...publicJwk, kid: 'signer-1' }] }))
  const client = ['client', 'create', '--id', 'signer', '--scope', 'decisions:read']
  await folder.document([...client, '--auth-method', 'private_key_jwt', '--jwks', 'signer.jwks'])
  const key = await importJWK(fixtureKeys.ES256, 'ES256')
  const assertion = (): Promise<string> =>
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'signer-1', typ: 'client-authentication+jwt' })
      .setIssuer('signer')
      .setSubject('signer')
      .setAudience(server.issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key)
  const ask = async (node: typeof server, text: string): Promise<number> => {
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_assertion: text },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    return (
      await fetch(node.tokenEndpoint.replace(server.issuer, node.origin), { method: 'POST', body })
    ).status
  }
  await eventually(async () => assert.equal(await ask(server, await assertion()), 200))
  await eventually(async () => assert.equal(await ask(other, await assertion()), 200))
  const used = await assertion()
  assert.deepEqual([await ask(server, used), await ask(other, used)], [200, 401])
  assert.match(await redis.command('KEYS', '*'), /mintmark:replay:/)
})
