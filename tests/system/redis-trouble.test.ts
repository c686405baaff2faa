/**
 * The driver for Redis when things go wrong: no script, no server, a paused one, one that comes back empty.
 */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Publication, SharedStore } from '@mintmark/client/shared-store'
import { eventually, type RedisProcess, startRedisServer } from '@mintmark/testkit'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { again, driverOn, hearing, ioredisTo, listeners, nodeRedisTo } from './redis-worlds.ts'

const LONG_MS = 600_000
const entry = { owner: 'owner', generation: 0, sealed: 'c2VhbGVk', lifetimeMs: LONG_MS }

const standalone = [
  ['ioredis', ioredisTo],
  ['node-redis', nodeRedisTo],
] as const

for (const [library, to] of standalone) {
  describe(`redisSharedStore in trouble: ${library}`, { concurrency: 4 }, () => {
    test('goes on when Redis has lost its scripts', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      await driver.acquire('name', 'owner', LONG_MS)
      await server.command('script', 'flush')
      assert.equal(await driver.write('name', entry), 1)
    })

    test('sends two commands for a renewal: the lease and the entry [C8]', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      await driver.write('name', entry)
      await server.command('config', 'resetstat')
      const { record } = await driver.acquire('name', 'owner', LONG_MS)
      await driver.write('name', { ...entry, generation: record.generation })
      assert.deepEqual(await commandsSent(server), { evalsha: 2 })
    })

    test('gives up on a paused Redis in time, and what it gave up never happens [C8]', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      await driver.read('name')
      server.pause()
      await assert.rejects(driver.acquire('name', 'owner', LONG_MS), TIMED_OUT)
      server.resume()
      assert.equal((await driver.acquire('name', 'other', LONG_MS)).isAcquired, true)
    })

    test('works again with a Redis that was restarted, and tells of the gap [C8]', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      const heard = await hearing(driver)
      await driver.write('name', { ...entry, generation: 6 })
      await server.kill()
      await assert.rejects(driver.read('name'))
      await server.restart()
      await eventually(() => assert.equal(heard.gaps, 1))
      heard.publications.length = 0
      assert.equal(await again(() => driver.write('name', { ...entry, generation: 7 })), 8)
      await eventually(() => assert.equal(heard.publications.length, 1))
    })

    test('hears what is published after a start without Redis, and tells of the gap', async (t) => {
      const server = await serverFor(t)
      const connect = to(server)
      const driver = await driverOn(t, connect)
      await server.kill()
      const heard = await hearing(driver)
      assert.equal(heard.gaps, 0)
      await server.restart()
      await eventually(() => assert.equal(heard.gaps, 1))
      await again(() => driver.retire('name', 'a1', LONG_MS))
      await eventually(() => assert.equal(heard.publications.length, 1))
      await heard.stop()
    })

    test('repeats nothing that Redis says about an error', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      await server.command('set', 'mintmark:token:name', 'of another kind')
      await assert.rejects(driver.read('name'), (error: Error) => {
        assert.equal(error.message, 'Redis did not do what the shared store asked')
        return error.cause === undefined
      })
    })

    test('hears nothing but what drivers publish', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      const heard: Publication[] = []
      await driver.subscribe((publication) => heard.push(publication), unexpected)
      await server.command('publish', 'mintmark:published', 'of another kind')
      await driver.retire('name', 'a1', LONG_MS)
      await eventually(() => assert.equal(heard.length, 1))
    })

    test('opens one connection to listen, however many do', async (t) => {
      const server = await serverFor(t)
      const driver = await driverOn(t, to(server))
      const stops = await Promise.all([1, 2, 3].map(() => driver.subscribe(() => {}, unexpected)))
      assert.equal(await listeners(server), 1)
      await Promise.all(stops.map((stop) => stop()))
      await eventually(async () => assert.equal(await listeners(server), 0))
    })
  })
}

test('needs no right but to its own keys, its channel and the commands of its scripts', async (t) => {
  const server = await serverFor(t)
  const rights = 'on >w7Qm2nZx5cV9 ~mintmark:* &mintmark:published -@all +@connection +info'
  const commands = 'eval evalsha subscribe unsubscribe time hmget hget hset del pexpire publish'
  const allowed = commands.split(' ').map((command) => `+${command}`)
  await server.command('acl', 'setuser', 'app', ...rights.split(' '), ...allowed)
  const redis = new Redis(server.url.replace('//', '//app:w7Qm2nZx5cV9@'))
  const driver = await driverOn(t, async () => ({ redis, end: () => redis.disconnect() }))
  await hearsItself(driver)
  await driver.openCircuit('name', 'client_refused', LONG_MS, LONG_MS)
  await driver.closeCircuit('name')
  assert.deepEqual(await driver.spend('name', [{ windowSeconds: 3_600, limit: 1 }]), [1])
})

test('works on an ioredis connection that prefixes its keys', async (t) => {
  const server = await serverFor(t)
  const redis = new Redis({ port: server.port, keyPrefix: 'app:' })
  const driver = await driverOn(t, async () => ({ redis, end: () => redis.disconnect() }))
  await hearsItself(driver)
  assert.equal(await server.command('keys', '*'), 'app:mintmark:token:name')
})

test('works on a node-redis connection that prefixes its keys and gives buffers', async (t) => {
  const server = await serverFor(t)
  const unconnected = createClient({ url: server.url, keyPrefix: 'app:' })
  const client = await unconnected.on('error', () => {}).connect()
  const redis = client.withTypeMapping({ 36: Buffer })
  const driver = await driverOn(t, async () => ({ redis, end: () => client.destroy() }))
  await hearsItself(driver)
  assert.equal(await server.command('keys', '*'), 'app:mintmark:token:name')
})

const TIMED_OUT = { name: 'TimeLimitExceeded' }

async function serverFor(t: TestContext): Promise<RedisProcess> {
  const server = await startRedisServer()
  t.after(() => server.stop())
  return server
}

function unexpected(): never {
  assert.fail('nothing was to be heard')
}

/** Calls by name, without what belongs to connecting and to asking for this. */
async function commandsSent(server: RedisProcess): Promise<Readonly<Record<string, number>>> {
  const statistics = await server.command('info', 'commandstats')
  const counts = [...statistics.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)]
  const fromScripts = ['time', 'hmget', 'hset', 'pexpire', 'publish']
  return Object.fromEntries(
    counts
      .filter(([, name = '']) => !['config', 'info', ...fromScripts].includes(name))
      .map(([, name, calls]) => [name, Number(calls)]),
  )
}

async function hearsItself(driver: SharedStore): Promise<void> {
  const heard: Publication[] = []
  await driver.subscribe((publication) => heard.push(publication), unexpected)
  assert.equal(await driver.write('name', entry), 1)
  await eventually(() => assert.equal(heard.length, 1))
  assert.equal((await driver.read('name')).sealed, entry.sealed)
}
