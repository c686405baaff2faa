/** PostgreSQL dies under load: nodes go on issuing, new ones start, and nobody gets in who was out. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { startPostgresServer, the } from '@mintmark/testkit'
import { requestToken, scope, until } from './cli-world.ts'
import { type ServingProcess, workingFolder } from './mintmark-process.ts'

const server = await startPostgresServer()
after(() => server.stop())

describe('an outage of PostgreSQL', () => {
  test('costs no token request; nodes start during it, and the disabled stay refused [A12]', async (t) => {
    const database = ['--database', await server.createDatabase('outage')]
    const folder = workingFolder(t)
    const create = ['client', 'create', '--scope', scope, ...database]
    await folder.document([
      'resource',
      'create',
      '--id',
      the.audience,
      '--scope',
      scope,
      ...database,
    ])
    const secret = String((await folder.document([...create, '--id', the.clientId])).client_secret)
    const other = String((await folder.document([...create, '--id', 'other'])).client_secret)
    const nodes = [await folder.serve(database), await folder.serve(database)]
    const first = await folder.serve(database)
    await folder.document(['client', 'disable', 'other', ...database])
    for (const node of [...nodes, first]) {
      await until(async () => (await requestToken(node, 'other', other)).status === 401)
    }
    // Whoever stops has written down what it knew.
    await first.stop()
    const load = keepAsking(nodes, secret)
    await load.asked(50)
    await server.kill()
    await load.asked(50)
    const late = await folder.serve([...database, '--admin-port', '0'])
    assert.equal((await requestToken(late, the.clientId, secret)).status, 200)
    assert.equal((await requestToken(late, 'other', other)).status, 401)
    assert.equal((await fetch(`${late.adminOrigin}/health/ready`)).status, 200)
    const metrics = await (await fetch(`${late.adminOrigin}/metrics`)).text()
    assert.match(metrics, /serving_stale_seconds\S* \d/)
    const revocation = await revoke(late, secret)
    assert.equal(revocation.status, 503)
    assert.ok(revocation.headers.get('retry-after'))
    await server.restart()
    await until(async () => (await revoke(late, secret)).status === 200)
    await load.asked(50)
    await folder.document(['client', 'enable', 'other', ...database])
    for (const node of [...nodes, late]) {
      await until(async () => (await requestToken(node, 'other', other)).status === 200)
    }
    assert.deepEqual(await load.stop(), { refused: 0 })
  })

  test('ends issuing when the grace has passed, until the database is back [A12]', async (t) => {
    const database = ['--database', await server.createDatabase('grace')]
    const folder = workingFolder(t)
    await folder.document([
      'resource',
      'create',
      '--id',
      the.audience,
      '--scope',
      scope,
      ...database,
    ])
    const create = ['client', 'create', '--id', the.clientId, '--scope', scope, ...database]
    const secret = String((await folder.document(create)).client_secret)
    const node = await folder.serve([...database, '--grace-seconds', '1', '--admin-port', '0'])
    await server.kill()
    const status = async () => (await requestToken(node, the.clientId, secret)).status
    await until(async () => (await status()) === 503)
    assert.equal((await fetch(`${node.adminOrigin}/health/ready`)).status, 503)
    assert.equal((await fetch(`${node.adminOrigin}/health/live`)).status, 200)
    await server.restart()
    await until(async () => (await status()) === 200)
  })
})

/** Asks both nodes in turn, one request at a time, and counts what is not a token. */
function keepAsking(nodes: readonly ServingProcess[], secret: string) {
  let asked = 0
  let refused = 0
  let isStopped = false
  const running = (async () => {
    while (!isStopped) {
      const node = nodes[asked % nodes.length] as ServingProcess
      const { status } = await requestToken(node, the.clientId, secret)
      if (status !== 200) refused += 1
      asked += 1
    }
  })()
  return {
    asked: async (more: number) => {
      const goal = asked + more
      await until(async () => asked >= goal)
    },
    stop: async () => {
      isStopped = true
      await running
      return { refused }
    },
  }
}

async function revoke(node: ServingProcess, secret: string): Promise<Response> {
  const answer = await requestToken(node, the.clientId, secret)
  const { access_token: token } = (await answer.json()) as Record<string, string>
  const basic = Buffer.from(`${the.clientId}:${secret}`).toString('base64')
  return fetch(`${node.origin}/oauth/revoke`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ token: token ?? '' }),
  })
}
