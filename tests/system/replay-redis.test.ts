/** Used assertions in a real Redis: one first use with either library and any number of nodes; the cost of outages. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ReplayStore, redisReplayStore } from '@mintmark/authorization-server'
import { createTokenClient, privateKeyJwt } from '@mintmark/client'
import { eventually, fixtureKeys, type RedisProcess, startRedisServer } from '@mintmark/testkit'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { authenticationWorld, clientId, resource } from './authentication-world.ts'

async function serverFor(t: TestContext): Promise<RedisProcess> {
  const server = await startRedisServer()
  t.after(() => server.stop())
  return server
}

function ioredisStore(t: TestContext, { port }: RedisProcess): ReplayStore {
  const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50 })
  redis.on('error', () => undefined)
  t.after(() => redis.disconnect())
  return redisReplayStore({ redis })
}

async function nodeRedisStore(t: TestContext, { port }: RedisProcess): Promise<ReplayStore> {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 50 } })
  const redis = await client.on('error', () => undefined).connect()
  t.after(() => redis.destroy())
  return redisReplayStore({ redis })
}

for (const [library, open] of Object.entries({
  ioredis: ioredisStore,
  'node-redis': nodeRedisStore,
})) {
  test(`of one assertion at three nodes at once one gets in: ${library} [A6, A11]`, async (t) => {
    const server = await serverFor(t)
    const stores: ReplayStore[] = []
    for (let at = 0; at < 3; at += 1) stores.push(await open(t, server))
    const entries = Array.from({ length: 50 }, (_, at) => ({
      ...{ key: `key-${at}`, expiresAtWallMs: 61_000 },
    }))
    const answers = await Promise.all(stores.map((store) => store.consumeReplay(entries, 1_000)))
    for (const at of entries.keys()) {
      assert.equal(answers.filter((firsts) => firsts[at] === true).length, 1)
    }
    const again = await stores[0]?.consumeReplay(entries, 1_000)
    assert.ok(again?.every((isFirst) => !isFirst))
  })
}

test('a use is forgotten when its assertion is too old [A6]', async (t) => {
  const store = ioredisStore(t, await serverFor(t))
  const use = () => store.consumeReplay([{ key: 'k', expiresAtWallMs: 1_050 }], 1_000)
  assert.deepEqual(await use(), [true])
  await eventually(async () => assert.deepEqual(await use(), [true]))
})

test('while Redis is away clients get in, and the observer is told [A6, A11]', async (t) => {
  const server = await serverFor(t)
  const world = await authenticationWorld(t, 'private_key_jwt', {
    replayStore: ioredisStore(t, server),
  })
  const client = createTokenClient({
    ...{ issuer: world.issuer, clientId, scope: 'read', resource },
    clientAuthentication: privateKeyJwt({ key: fixtureKeys.ES256 }),
  })
  t.after(() => client.dispose())
  await client.token()
  await server.stop()
  await client.for({ scope: 'write' }).token()
  assert.ok(world.events.some(({ type }) => type === 'replay_store_unavailable'))
})

test('what is no connection of either library is refused at once [A6]', () => {
  for (const redis of [{}, undefined, { set: () => undefined }, 'redis://localhost']) {
    assert.throws(() => redisReplayStore({ redis: redis as never }), TypeError)
  }
})
