/** A fleet of real processes that want a token at the same time, one of which dies or falls asleep (C4). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type FleetProcess, p99, startFleet } from './fleet-processes.ts'

describe('a fleet of processes', () => {
  test('sixteen of them with two hundred cold calls each make exactly one token request [C4]', async (t) => {
    const { servers, start } = await startFleet(t)
    const processes = await start(16)
    const reports = await Promise.all(processes.map((each) => each.calls(200)))
    assert.deepEqual(
      reports.flatMap(({ failures }) => failures),
      [],
    )
    assert.equal(new Set(reports.flatMap(({ fingerprints }) => fingerprints)).size, 1)
    assert.equal(servers.counts.tokenRequests, 1)
    t.diagnostic(`p99 wait ${Math.round(p99(reports.flatMap(({ waitsMs }) => waitsMs)))} ms`)
  })

  test('makes at most one more when the holder of the lease is killed in mid-request [C4]', async (t) => {
    const { servers, start } = await startFleet(t)
    const tokenRequestTimeoutMs = 1_000
    const leaseMs = tokenRequestTimeoutMs + 1_000
    const processes = await start(8, { client: { tokenRequestTimeoutMs } })
    servers.behaviour.latencyMs = 800
    const asked = processes.map((each) => each.calls(100))
    const holder = await firstTold(processes)
    await servers.asked(1)
    servers.behaviour.latencyMs = 50
    holder.signal('SIGKILL')
    const reports = await Promise.all(asked.filter((_, index) => processes[index] !== holder))
    assert.deepEqual(
      reports.flatMap(({ failures }) => failures),
      [],
    )
    const waitMs = p99(reports.flatMap(({ waitsMs }) => waitsMs))
    assert(waitMs <= leaseMs + 1_000, String(waitMs))
    assert(servers.counts.tokenRequests <= 2, String(servers.counts.tokenRequests))
    t.diagnostic(
      `p99 wait ${Math.round(waitMs)} ms, ${servers.counts.tokenRequests} token requests`,
    )
  })

  test('refuses what a process writes that slept through its lease: its own callers are served [C4]', async (t) => {
    const { redis, servers, start } = await startFleet(t)
    const [sleeper] = (await start(1)) as [FleetProcess]
    servers.behaviour.latencyMs = 500
    const late = sleeper.calls(1)
    await servers.asked(1)
    sleeper.signal('SIGSTOP')
    servers.behaviour.latencyMs = 50
    const awake = await start(2)
    const reports = await Promise.all(awake.map((each) => each.calls(10)))
    sleeper.signal('SIGCONT')
    const served = await late
    await sleeper.told('late_write_refused')
    assert.deepEqual(served.failures, [])
    const [fingerprint] = reports[0]?.fingerprints ?? []
    assert.notEqual(served.fingerprints[0], fingerprint)
    const [newcomer] = (await start(1)) as [FleetProcess]
    assert.deepEqual((await newcomer.calls(1)).fingerprints, [fingerprint])
    assert.equal(servers.counts.tokenRequests, 2)
    const [record = ''] = (await redis.command('--scan', '--pattern', '*token*')).split('\n')
    assert.equal(await redis.command('hget', record, 'generation'), '1')
  })
})

async function firstTold(processes: readonly FleetProcess[]): Promise<FleetProcess> {
  return Promise.race(
    processes.map(async (each) => {
      await each.told('token_requested')
      return each
    }),
  )
}
