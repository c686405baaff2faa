/** A fleet of real processes under load while Redis is killed, empty, paused and slow: no call fails (C8). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as passed } from 'node:timers/promises'
import { type Fleet, startFleet } from './fleet-processes.ts'
import { type SlowProxy, startSlowProxy } from './slow-proxy.ts'

/** What happens to Redis while calls are made. */
const troubles: Readonly<Record<string, (fleet: Fleet, proxy: SlowProxy) => Promise<void>>> = {
  'is killed, and comes back empty': async ({ redis }) => {
    await redis.kill()
    await passed(2_500)
    await redis.restart()
    await passed(2_500)
  },
  'is paused for a while': async ({ redis }) => {
    redis.pause()
    await passed(2_500)
    redis.resume()
    await passed(2_500)
  },
  'is slower than it may be': async (_fleet, proxy) => {
    proxy.delayMs = 400
    await passed(3_000)
    proxy.delayMs = 0
    await passed(2_500)
  },
  'loses everything from one moment to the next': async ({ redis }) => {
    await redis.command('flushall')
    await passed(3_000)
  },
}

describe('a fleet under load', { concurrency: 4 }, () => {
  for (const [what, happen] of Object.entries(troubles)) {
    test(`fails no call while Redis ${what} [C8]`, async (t) => {
      const fleet = await startFleet(t)
      const proxy = await startSlowProxy(fleet.redis.port)
      t.after(() => proxy.close())
      fleet.servers.behaviour.lifetimeSeconds = 3
      const processes = await fleet.start(4, {
        redisPort: proxy.port,
        storeDeadlineMs: 250,
        coldEvery: 50,
      })
      await Promise.all(processes.map((each) => each.startLoad(null, 5)))
      await passed(500)
      await happen(fleet, proxy)
      const reports = await Promise.all(processes.map((each) => each.stopLoad()))
      for (const { failures } of reports) assert.deepEqual(failures, {})
      const calls = reports.reduce((sum, report) => sum + report.calls, 0)
      const longestMs = Math.max(...reports.map(({ longestWaitMs }) => longestWaitMs))
      assert(calls > 500, String(calls))
      // A lease of 3 s that nobody can give up, and a second.
      assert(longestMs <= 4_000, String(longestMs))
      t.diagnostic(`${calls} calls, longest wait ${Math.round(longestMs)} ms`)
    })
  }
})
