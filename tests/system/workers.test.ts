/** `mintmark serve --workers` as real processes: one supervisor, several that serve, all on one data folder. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it, type TestContext } from 'node:test'
import { the } from '@mintmark/testkit'
import { requestToken, type ServingWorld, servingWorld, until } from './cli-world.ts'
import { startLoad, type TokenLoad } from './token-load.ts'

const twoWorkers = ['--workers', '2']

/** The numbers of the processes that a process has started. */
function childrenOf(id: number | undefined): readonly number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { encoding: 'utf8' })
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return rows.filter(([, parent]) => parent === id).map(([child = 0]) => child)
}

function load(test: TestContext, world: ServingWorld): TokenLoad {
  const { server, clientSecret } = world
  return startLoad(test, server.tokenEndpoint, the.clientId, clientSecret)
}

async function metric(world: ServingWorld, pattern: RegExp): Promise<number> {
  const text = await (await fetch(`${world.server.adminOrigin}/metrics`)).text()
  return Number(pattern.exec(text)?.[1])
}

describe('mintmark serve --workers', () => {
  it('is ready once, when all workers are, and serves from each of them [A12]', async (t) => {
    const world = await servingWorld(t, [...twoWorkers, '--admin-port', '0'])
    assert.equal(childrenOf(world.server.child.pid).length, 3)
    const running = load(t, world)
    await until(async () => running.answered > 200)
    const { failures, answered } = await running.stop()
    assert.deepEqual(failures, [])
    // One number for the node, whichever of its processes issued.
    const issued = /^mintmark_tokens_issued_total (\d+)/m
    assert.equal(await metric(world, issued), answered)
    const stopped = await world.server.stop()
    assert.equal(stopped.exitCode, 0)
    assert.equal(stopped.output.trim().split('\n').length, 1)
  })

  it('tells operators of all workers, and shows the first administrator once [A12, A13]', async (t) => {
    const world = await servingWorld(t, [...twoWorkers, '--admin-port', '0'])
    const { server } = world
    const running = load(t, world)
    await until(async () => running.answered > 100)
    const { answered } = await running.stop()
    const { administrator } = server.document as Record<string, Record<string, string>>
    assert(administrator?.client_id !== undefined && administrator.client_secret !== undefined)
    const { client_id: id, client_secret: secret } = administrator
    // It was made by one process, and the others know it within a second.
    let answer = await requestToken(server, id, secret)
    await until(async () => {
      if (!answer.ok) answer = await requestToken(server, id, secret)
      return answer.ok
    })
    const { access_token: token } = (await answer.json()) as Record<string, string>
    const ask = async (path: string) => {
      const headers = { authorization: `Bearer ${token}` }
      return (await fetch(`${server.adminOrigin}/admin/v1${path}`, { headers })).json()
    }
    assert.equal(((await ask('/status')) as Record<string, unknown>).tokens_issued, answered + 1)
    const { clients } = (await ask('/cache-discipline')) as { readonly clients: readonly object[] }
    const [worst] = clients as Record<string, unknown>[]
    assert.deepEqual([worst?.client_id, worst?.tokens_issued], [the.clientId, answered])
  })

  it('shows a change of the registry in every worker within a second [A12]', async (t) => {
    const world = await servingWorld(t, twoWorkers)
    const { folder, server, clientSecret } = world
    const ask = async () => (await requestToken(server, the.clientId, clientSecret)).status
    assert.equal(await ask(), 200)
    await folder.run(['client', 'disable', the.clientId])
    const startedAtMs = performance.now()
    // Ten in a row, on connections that are dealt out in turn.
    let refused = 0
    await until(async () => {
      refused = (await ask()) === 401 ? refused + 1 : 0
      return refused === 10
    })
    assert.ok(performance.now() - startedAtMs < 1_500)
  })

  it('replaces a worker that is killed, and goes on meanwhile [A12]', async (t) => {
    const world = await servingWorld(t, twoWorkers)
    const { server, clientSecret } = world
    const [victim = 0, survivor = 0] = childrenOf(server.child.pid)
    process.kill(victim, 'SIGKILL')
    await until(async () => {
      const now = childrenOf(server.child.pid)
      return now.length === 2 && !now.includes(victim) && now.includes(survivor)
    })
    assert.equal((await requestToken(server, the.clientId, clientSecret)).status, 200)
    assert.equal((await server.stop()).exitCode, 0)
  })

  it('loses no request and no count when all workers are replaced under load [A12]', async (t) => {
    const world = await servingWorld(t, [...twoWorkers, '--admin-port', '0'])
    const { child } = world.server
    const before = childrenOf(child.pid)
    const running = load(t, world)
    await until(async () => running.answered > 50)
    child.kill('SIGHUP')
    await until(async () => {
      const now = childrenOf(child.pid)
      return now.length === 3 && before.every((id) => !now.includes(id))
    })
    const { failures, answered } = await running.stop()
    assert.deepEqual(failures, [])
    await until(async () => (await fetch(`${world.server.adminOrigin}/health/ready`)).ok)
    assert.equal(await metric(world, /^mintmark_tokens_issued_total (\d+)/m), answered)
  })

  it('keeps the workers it has when new ones cannot start [A12]', async (t) => {
    const world = await servingWorld(t, twoWorkers)
    const { folder, server, clientSecret } = world
    const before = childrenOf(server.child.pid)
    folder.write('mintmark.config.json', '{"dialect": 7}')
    let notices = ''
    server.child.stderr?.on('data', (chunk: string) => {
      notices += chunk
    })
    server.child.kill('SIGHUP')
    await until(async () => notices.includes('"code":"config_value_malformed"'))
    await until(async () => childrenOf(server.child.pid).length === 2)
    assert.deepEqual(childrenOf(server.child.pid), before)
    assert.equal((await requestToken(server, the.clientId, clientSecret)).status, 200)
  })

  it('loses no request when it drains and stops under load [A12]', async (t) => {
    const flags = [...twoWorkers, '--drain-seconds', '1', '--admin-port', '0']
    const world = await servingWorld(t, flags)
    const running = load(t, world)
    await until(async () => running.answered > 50)
    const stopped = world.server.stop()
    // As a load balancer does: it sends nothing more once the node is not ready.
    await until(async () => !(await fetch(`${world.server.adminOrigin}/health/ready`)).ok)
    assert.deepEqual((await running.stop()).failures, [])
    assert.equal((await stopped).exitCode, 0)
  })

  it('ends with the error of a worker that cannot start', async (t) => {
    const { folder, server } = await servingWorld(t)
    const port = new URL(server.origin).port
    const taken = await folder.run(['serve', ...twoWorkers, '--port', port, '--json'])
    assert.equal(taken.exitCode, 1)
    assert.equal(JSON.parse(taken.notices).error.code, 'port_in_use')
    const { exitCode } = await folder.run(['serve', ...twoWorkers, '--issuer', 'http://a.example'])
    assert.equal(exitCode, 2)
    assert.equal((await folder.run(['serve', '--workers', '0'])).exitCode, 2)
  })

  it('takes its workers with it when it is killed', async (t) => {
    const { server } = await servingWorld(t, twoWorkers)
    const workers = childrenOf(server.child.pid)
    assert.equal(workers.length, 2)
    server.child.kill('SIGKILL')
    await until(async () => workers.every((id) => !isThere(id)))
  })
})

function isThere(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}
