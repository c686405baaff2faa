/** A fleet of real processes whose token, or whose secret, is refused (C6, C7, C8). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as passed } from 'node:timers/promises'
import { startFleet } from './fleet-processes.ts'

const PROCESSES = 8

describe('a fleet that is refused', { concurrency: 2 }, () => {
  test('retires a revoked token in every process at the cost of one token request [C8]', async (t) => {
    const { servers, start } = await startFleet(t)
    const { counts } = servers
    const processes = await start(PROCESSES)
    await Promise.all(processes.map((each) => each.startLoad(servers.api, 25)))
    while (counts.apiCalls < PROCESSES * 10) await passed(5)
    assert.equal(counts.tokenRequests, 1)
    servers.revokeAll()
    while (counts.tokenRequests < 2) await passed(5)
    // What was under way in that moment may still be refused: so long until nobody is, for many calls of each.
    let apiRefusals = -1
    while (apiRefusals < counts.apiRefusals) {
      apiRefusals = counts.apiRefusals
      const { apiCalls } = counts
      while (counts.apiCalls < apiCalls + PROCESSES * 40) await passed(5)
    }
    const reports = await Promise.all(processes.map((each) => each.stopLoad()))
    for (const { failures } of reports) assert.deepEqual(failures, {})
    assert.equal(counts.tokenRequests, 2)
    assert.equal(counts.apiRefusals, apiRefusals)
    const retired = processes.reduce((sum, each) => sum + each.count('token_retired'), 0)
    assert(retired > 0)
    t.diagnostic(`${apiRefusals} answers with 401, ${retired} processes told by another`)
  })

  test('asks hardly ever with a secret that is wrong, and at once with another one [C7]', async (t) => {
    const { servers, start } = await startFleet(t)
    servers.behaviour.clientSecret = 'the-new-secret-that-nobody-was-told'
    const processes = await start(PROCESSES)
    await Promise.all(processes.map((each) => each.startLoad(servers.api, 10)))
    await passed(4_000)
    const refused = servers.counts.tokenRequests
    assert(refused <= 2, String(refused))
    const changedAtMs = performance.now()
    await Promise.all(processes.map((each) => each.changeSecret(servers.behaviour.clientSecret)))
    while (servers.counts.apiCalls < PROCESSES) await passed(5)
    const recoveredMs = performance.now() - changedAtMs
    // Far below the pause before the next probe; how far is a matter of the machine.
    assert(recoveredMs < 5_000, String(recoveredMs))
    const reports = await Promise.all(processes.map((each) => each.stopLoad()))
    const codes = new Set(reports.flatMap(({ failures }) => Object.keys(failures)))
    assert.deepEqual([...codes], ['client_refused'])
    assert.equal(servers.counts.tokenRequests, refused + 1)
    t.diagnostic(
      `${refused} requests with the wrong secret, ${Math.round(recoveredMs)} ms to recover`,
    )
  })
})
