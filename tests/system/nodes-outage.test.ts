/** Two nodes under load while PostgreSQL and Redis are both killed: who notices, who does not, and what comes back. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startPostgresServer, startRedisServer, the } from '@mintmark/testkit'
import { requestToken, until } from './cli-world.ts'
import { metricOf, nodesWorld } from './nodes-world.ts'
import { startLoad } from './token-load.ts'

const postgres = await startPostgresServer()
const redis = await startRedisServer()
after(() => Promise.all([postgres.stop(), redis.stop()]))

const stale = 'mintmark_serving_stale_seconds'

describe('nodes on PostgreSQL and Redis', () => {
  test('see a change of the registry within a second [A12]', async (t) => {
    const world = await nodesWorld(t, { postgres, redis }, 'changes')
    const nodes = [await world.start(), await world.start()] as const
    const turns = [
      ['disable', 401],
      ['enable', 200],
      ['disable', 401],
    ] as const
    for (const [verb, status] of turns) {
      await world.manage(['client', verb, the.clientId])
      const startedAtMs = performance.now()
      for (const node of nodes) {
        await until(
          async () =>
            (await requestToken(node, the.clientId, world.clientSecret)).status === status,
        )
      }
      assert.ok(performance.now() - startedAtMs < 1_000, `${verb} took too long`)
    }
  })

  test('go on issuing while both are dead, refuse who was out, and follow changes after [A12]', async (t) => {
    const world = await nodesWorld(t, { postgres, redis }, 'both_away')
    const limits = ['--limit-client', '100000/60', '--limit-address', '100000/60']
    const nodes = [await world.start(limits), await world.start(limits)] as const
    const outcast = await world.register('outcast')
    const late = await world.register('late')
    await world.manage(['client', 'disable', 'outcast'])
    const statusAt = async (at: number, id: string, secret: string): Promise<number> =>
      (await requestToken(nodes[at] ?? nodes[0], id, secret)).status
    for (const at of [0, 1]) {
      await until(async () => (await statusAt(at, 'outcast', outcast)) === 401)
      await until(async () => (await statusAt(at, 'late', late)) === 200)
    }
    // About 200 requests a second over both nodes.
    const pace = { callers: 4, pauseMs: 40 }
    const loads = nodes.map(({ tokenEndpoint }) =>
      startLoad(t, tokenEndpoint, the.clientId, world.clientSecret, pace),
    )
    await delay(1_500)
    await Promise.all([postgres.kill(), redis.kill()])
    await until(async () => (await metricOf(nodes[0], stale)) > 0)
    await until(async () => (await metricOf(nodes[1], stale)) > 0)
    await delay(3_000)
    for (const at of [0, 1]) {
      assert.equal(await statusAt(at, 'outcast', outcast), 401)
      assert.equal(await statusAt(at, 'late', late), 200)
      const ready = await fetch(`${nodes[at]?.adminOrigin}/health/ready`)
      assert.equal(ready.status, 200)
    }
    assert.ok((await metricOf(nodes[0], stale)) >= 3)
    await Promise.all([postgres.restart(), redis.restart()])
    for (const node of nodes) await until(async () => (await metricOf(node, stale)) === 0)
    await world.manage(['client', 'disable', 'late'])
    await world.manage(['client', 'enable', 'outcast'])
    for (const at of [0, 1]) {
      await until(async () => (await statusAt(at, 'late', late)) === 401)
      await until(async () => (await statusAt(at, 'outcast', outcast)) === 200)
    }
    const results = await Promise.all(loads.map((load) => load.stop()))
    const answered = results.reduce((sum, result) => sum + result.answered, 0)
    const failures = results.flatMap((result) => result.failures)
    t.diagnostic(`${answered} tokens, ${failures.length} failures ${failures.join(' ')}`)
    assert.ok(answered > 500)
    assert.ok(failures.length <= answered / 1_000, failures.join(' '))
  })
})
