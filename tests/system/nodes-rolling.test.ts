/** Two nodes behind a load balancer, each replaced in turn under load: no client notices. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { startPostgresServer, startRedisServer, the } from '@mintmark/testkit'
import { until } from './cli-world.ts'
import type { ServingProcess } from './mintmark-process.ts'
import { nodesWorld } from './nodes-world.ts'
import { type Balancer, startBalancer } from './tcp-balancer.ts'
import { startLoad } from './token-load.ts'

const postgres = await startPostgresServer()
const redis = await startRedisServer()
after(() => Promise.all([postgres.stop(), redis.stop()]))

const draining = ['--drain-seconds', '1']

describe('nodes behind a load balancer', () => {
  test('lose no request when one stops gracefully and comes back [A12]', async (t) => {
    await rollUnderLoad(t, 'graceful_stop', [])
  })

  test('lose none with several workers each, whose restart in place loses none either [A12]', async (t) => {
    await rollUnderLoad(t, 'rolling', ['--workers', '2'])
  })
})

async function rollUnderLoad(
  t: Parameters<typeof startBalancer>[0],
  name: string,
  more: readonly string[],
): Promise<void> {
  const world = await nodesWorld(t, { postgres, redis }, name)
  const balancer = await startBalancer(t)
  const flags = ['--issuer', balancer.origin, ...draining, ...more]
  const start = (): Promise<ServingProcess> => world.start(flags)
  let [one, other] = [await start(), await start()]
  await useAll(balancer, [one, other])
  const tokenEndpoint = `${balancer.origin}/oauth/token`
  const load = startLoad(t, tokenEndpoint, the.clientId, world.clientSecret)
  await until(async () => load.answered > 50)
  if (more.length > 0) {
    const pid = one.child.pid ?? 0
    process.kill(pid, 'SIGHUP')
    await until(async () => load.answered > 200)
  }
  // As an orchestrator does it: the new one first, then the old one is asked to stop and gets its time.
  for (let turn = 0; turn < 2; turn += 1) {
    const next = await start()
    await useAll(balancer, [one, other, next])
    const before = load.answered
    const stopped = await one.stop()
    assert.equal(stopped.exitCode, 0, stopped.notices)
    await until(async () => load.answered > before + 50)
    ;[one, other] = [other, next]
  }
  const { answered, failures } = await load.stop()
  t.diagnostic(`${answered} tokens, ${failures.length} failures`)
  assert.deepEqual(failures, [])
}

async function useAll(balancer: Balancer, nodes: readonly ServingProcess[]): Promise<void> {
  balancer.use(nodes)
  await until(async () => balancer.ready.length === nodes.length)
}
