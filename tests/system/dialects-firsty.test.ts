/**
 * The release tests of Firsty Connect (requirement S5, T1 to T4) on a fleet: two processes that share their token,
 * sealed, in a real Redis; our authorization server with the dialect, and an API that refuses when the test says so. A
 * day passes by moving the clocks of the processes.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type AuthorizationServerEvent,
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import {
  findSecret,
  type LoopbackServer,
  type RedisProcess,
  startLoopbackServer,
  startRedisServer,
} from '@mintmark/testkit'
import type { Order, Report, WorkerWorld } from './firsty-worker.ts'

const clientId = 'partner-a'
const DAY_MS = 86_400_000

describe('Firsty Connect, two processes with one Redis', { timeout: 60_000 }, () => {
  const events: AuthorizationServerEvent[] = []
  let running: RunningServer
  let api: LoopbackServer
  let front: LoopbackServer
  let redis: RedisProcess
  let workers: readonly ChildProcess[] = []
  let clientSecret = ''
  /** Every token that the API saw, in order, and those that it no longer admits. */
  const seen: string[] = []
  const refused = new Set<string>()
  /** What the token endpoint answers instead of a token. */
  let malformed: string | undefined

  const tokensIssued = (): number => events.filter(({ type }) => type === 'token_issued').length

  const tell = async (worker: ChildProcess, order: Order): Promise<Report> => {
    const answered = once(worker, 'message')
    worker.send(order)
    const [report] = await answered
    return report as Report
  }
  const tellAll = (order: Order): Promise<Report[]> =>
    Promise.all(workers.map((worker) => tell(worker, order)))
  const callAll = async (count: number): Promise<readonly Report[]> => {
    const reports = await tellAll({ order: 'call', count })
    for (const { outcomes } of reports) assert.deepEqual(outcomes, [200])
    return reports
  }

  before(async () => {
    redis = await startRedisServer()
    api = await startLoopbackServer((request, response) => {
      const token = (request.headers.authorization ?? '').slice('Bearer '.length)
      seen.push(token)
      // No challenge: what Firsty Connect says besides the status is not known.
      response.writeHead(refused.has(token) ? 401 : 200, { 'content-type': 'application/json' })
      response.end('{}')
    })
    running = await listen({
      host: '127.0.0.1',
      port: 0,
      server: (issuer) =>
        createAuthorizationServer({
          ...{ issuer, storage: sqlite(':memory:'), dialect: 'firsty' },
          observer: (event) => events.push(event),
        }),
    })
    front = await startLoopbackServer(async (request, response) => {
      if (malformed !== undefined) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(malformed)
        return
      }
      await running.server.listener(request, response)
    })
    const { registry } = running.server
    await registry.createResource({ id: api.origin, scope: 'plans:read' })
    const created = await registry.createClient({ id: clientId, scope: 'plans:read' })
    assert.ok(created.ok)
    clientSecret = created.value.clientSecret?.reveal() ?? ''
  })

  beforeEach(async () => {
    await Promise.all(workers.map(end))
    await redis.command('FLUSHALL')
    events.length = 0
    seen.length = 0
    malformed = undefined
    const world: WorkerWorld = {
      issuer: front.origin,
      api: api.origin,
      ...{ clientId, clientSecret, redisPort: redis.port },
      sealingKey: randomBytes(32).toString('base64'),
    }
    workers = [startWorker(world), startWorker(world)]
  })

  after(async () => {
    await Promise.all(workers.map(end))
    await Promise.all([running.close(), front.close(), api.close(), redis.stop()])
  })

  it('T1: four hundred simultaneous calls of two processes make one token request [T1] [S5] [C4]', async () => {
    const [one, two] = await callAll(200)
    assert.equal(tokensIssued(), 1)
    assert.equal(one?.fingerprint, two?.fingerprint)
    assert.equal(new Set(seen).size, 1)
    assert.equal(seen.length, 400)
  })

  it('T2: after Redis and every process were cleared, one new token serves all of them [T2] [S5] [C8]', async () => {
    await callAll(10)
    await redis.command('FLUSHALL')
    await callAll(10)
    assert.equal(tokensIssued(), 1)
    await tellAll({ order: 'forget' })
    await redis.command('FLUSHALL')
    const [one, two] = await callAll(50)
    assert.equal(tokensIssued(), 2)
    assert.equal(one?.fingerprint, two?.fingerprint)
  })

  it('T3: a 401 leads to one new token and one retry, in both processes together [T3] [S5] [C6]', async () => {
    await callAll(1)
    refused.add(seen[0] ?? '')
    seen.length = 0
    await callAll(50)
    assert.equal(tokensIssued(), 2)
    assert.equal(new Set(seen).size, 2)
    assert.ok(seen.length <= 200, `${seen.length} calls reached the API`)
  })

  it('T4: malformed answers hurt nobody while the token lasts, then are a typed error [T4] [S5]', async () => {
    const [first] = await callAll(5)
    for (const body of ['{"access_token":', '[]', '{"token_type":"Bearer"}', '<html>']) {
      malformed = body
      await tellAll({ order: 'advance', ms: (DAY_MS - 200_000) / 4 })
      const reports = await callAll(5)
      assert.deepEqual(new Set(reports.map((each) => each.fingerprint)).size, 1)
      assert.equal(reports[0]?.fingerprint, first?.fingerprint)
    }
    await tellAll({ order: 'advance', ms: 200_000 })
    for (const { outcomes } of await tellAll({ order: 'call', count: 5 })) {
      assert.deepEqual(outcomes, ['response_not_conforming'])
    }
    malformed = undefined
    await tellAll({ order: 'advance', ms: 10_000 })
    await callAll(5)
    assert.equal(tokensIssued(), 2)
  })

  it('renews 300 s before the end of 24 h, once for both, while the old token serves [S5] [C3] [C4]', async () => {
    const [first] = await callAll(1)
    await tellAll({ order: 'advance', ms: DAY_MS - 340_000 })
    await callAll(5)
    assert.equal(tokensIssued(), 1)
    await tellAll({ order: 'advance', ms: 41_000 })
    await callAll(5)
    const until = Date.now() + 10_000
    const isRenewed = async (): Promise<boolean> => {
      const reports = await callAll(1)
      return reports.every(({ fingerprint }) => fingerprint !== first?.fingerprint)
    }
    while (!(await isRenewed())) assert.ok(Date.now() < until, 'both have the new token')
    await callAll(1)
    assert.equal(tokensIssued(), 2)
    assert.equal(new Set(seen).size, 2)
  })

  it('leaves nothing readable in Redis [S5] [C9]', async () => {
    const monitor = await redis.monitor()
    await callAll(3)
    const keys = (await redis.command('KEYS', '*')).trim().split('\n')
    const stored = await Promise.all(keys.map((key) => redis.command('DUMP', key)))
    monitor.stop()
    const everything = `${keys.join('\n')}\n${stored.join('\n')}\n${monitor.text()}`
    assert.ok(everything.length > 100)
    for (const secret of [seen[0] ?? '', clientSecret, 'plans:read', clientId]) {
      assert.equal(findSecret(everything, secret), undefined)
    }
  })
})

function startWorker(world: WorkerWorld): ChildProcess {
  const program = fileURLToPath(new URL('./firsty-worker.ts', import.meta.url))
  return fork(program, [JSON.stringify(world)], { execArgv: ['--conditions=source'] })
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const ended = once(worker, 'exit')
  worker.send({ order: 'end' } satisfies Order)
  await ended
}
