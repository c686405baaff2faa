/** What a fleet costs Redis, and that it keeps no process alive (C8, C15). */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { setTimeout as passed } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { RedisProcess } from '@mintmark/testkit'
import { type FleetProcess, startFleet } from './fleet-processes.ts'

describe('a fleet and its Redis', { concurrency: 2 }, () => {
  test('costs no command per cached call [C8]', async (t) => {
    const { redis, start } = await startFleet(t)
    const processes = await start(2)
    await Promise.all(processes.map((each) => each.calls(1)))
    await passed(200)
    const before = await commandsOf(redis)
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(processes.map((each) => each.calls(10_000)))
    }
    assert.equal(await commandsOf(redis), before)
  })

  test('costs at most six commands per renewal, however many processes get the token [C8]', async (t) => {
    const { redis, servers, start } = await startFleet(t)
    servers.behaviour.lifetimeSeconds = 3
    const processes = await start(6)
    await Promise.all(processes.map((each) => each.calls(1)))
    // The others have nothing to do meanwhile: two that renew at the same moment would cost a command or two more.
    const [renewing] = processes as [FleetProcess]
    await renewing.startLoad(null, 20)
    await passed(1_000)
    const before = await commandsOf(redis)
    const requestsBefore = servers.counts.tokenRequests
    await passed(7_500)
    const renewals = servers.counts.tokenRequests - requestsBefore
    const commands = (await commandsOf(redis)) - before
    await renewing.stopLoad()
    for (const each of processes) assert(each.count('token_adopted') >= (each === renewing ? 0 : 2))
    assert(renewals >= 2 && renewals <= 4, String(renewals))
    assert(commands <= 6 * renewals, `${commands} commands for ${renewals} renewals`)
    t.diagnostic(`${commands} commands for ${renewals} renewals`)
  })

  test('gives up its lease and its subscription when it is disposed of [C15]', async (t) => {
    const { redis, servers, start } = await startFleet(t)
    servers.behaviour.latencyMs = 5_000
    const [leaving] = (await start(1)) as [FleetProcess]
    const asked = leaving.calls(1)
    await servers.asked(1)
    assert.equal(await subscribers(redis), 1)
    await leaving.dispose()
    assert.deepEqual((await asked).failures, ['disposed'])
    const [record = ''] = (await redis.command('--scan')).split('\n')
    assert.equal(await redis.command('hget', record, 'leaseUntil'), '0')
    while ((await subscribers(redis)) > 0) await passed(10)
  })

  for (const library of ['ioredis', 'node-redis'] as const) {
    test(`lets a process end that is done with its connection: ${library} [C15]`, async (t) => {
      const { redis, servers } = await startFleet(t)
      const parameters = [library, String(redis.port), servers.tokenEndpoint]
      const flags = ['--conditions=source', '--input-type=module', '--eval', endingProgram]
      const options = { cwd: import.meta.dirname, timeout: 15_000 }
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...flags, ...parameters],
        options,
      )
      assert.equal(stdout, 'Bearer')
    })
  }
})

const endingProgram = `
import { createTokenClient } from '@mintmark/client'
import { redisTokenStore } from '@mintmark/client/redis'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
const [library, port, tokenEndpoint] = process.argv.slice(1)
const redis = library === 'ioredis'
  ? new Redis(Number(port), '127.0.0.1')
  : await createClient({ url: 'redis://127.0.0.1:' + port }).connect()
const store = redisTokenStore({ redis, keys: Buffer.alloc(32, 7) })
const clientSecret = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa'
const client = createTokenClient({ tokenEndpoint, clientId: 'partner-a', clientSecret, store })
const token = await client.token()
process.stdout.write(token.tokenType)
if (library === 'ioredis') redis.disconnect()
else await redis.close()
`

/** Commands that clients sent: what scripts did inside Redis, and what this test asked, is not among them. */
async function commandsOf(redis: RedisProcess): Promise<number> {
  const lines = (await redis.command('info', 'commandstats')).split(/\r?\n/)
  const sent = lines.filter((line) => /^cmdstat_(eval|evalsha|get|set|subscribe)/.test(line))
  return sent.reduce((sum, line) => sum + Number(/calls=(\d+)/.exec(line)?.[1]), 0)
}

async function subscribers(redis: RedisProcess): Promise<number> {
  const channels = await redis.command('pubsub', 'channels')
  return channels === '' ? 0 : channels.split('\n').length
}
