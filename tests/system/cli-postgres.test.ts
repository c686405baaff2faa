/** The command line on PostgreSQL: registered once, served by several nodes, and nothing of the URL printed. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { startPostgresServer, the } from '@mintmark/testkit'
import { requestToken, scope, until } from './cli-world.ts'
import { workingFolder } from './mintmark-process.ts'

const server = await startPostgresServer()
after(() => server.stop())

describe('mintmark --database', () => {
  test('manages and serves one registry on several nodes, which see a change within a second [A11, A12]', async (t) => {
    const url = await server.createDatabase('nodes')
    const folder = workingFolder(t)
    // The password is not asked for here, but it must not be shown either.
    const variables = { MINTMARK_DATABASE: url.replace('postgres@', 'postgres:tops3cret@') }
    const key = ['--master-key-file', './keys/node.key']
    const create = ['resource', 'create', '--id', the.audience, '--scope', scope, ...key]
    await folder.document(create, { variables })
    const client = ['client', 'create', '--id', the.clientId, '--scope', scope, ...key]
    const secret = String((await folder.document(client, { variables })).client_secret)
    const nodes = [
      await folder.serve(key, { variables }),
      await folder.serve(key, { variables }),
    ] as const
    for (const node of nodes) {
      assert.equal((await requestToken(node, the.clientId, secret)).status, 200)
    }
    const disabled = await folder.run(['client', 'disable', the.clientId, ...key], { variables })
    assert.equal(disabled.exitCode, 0)
    const startedAtMs = performance.now()
    for (const node of nodes) {
      await until(async () => (await requestToken(node, the.clientId, secret)).status === 401)
    }
    assert.ok(performance.now() - startedAtMs < 1000)
    const outputs = [disabled, ...(await Promise.all(nodes.map((node) => node.stop())))]
    for (const { output, notices } of outputs) {
      assert.doesNotMatch(output + notices, /tops3cret|postgres:/)
    }
  })

  test('says that a database cannot be reached without showing its URL', async (t) => {
    const folder = workingFolder(t)
    const url = 'postgres://mintmark:tops3cret@127.0.0.1:1/nothing'
    const result = await folder.run(['client', 'list', '--database', url])
    assert.equal(result.exitCode, 1)
    assert.match(result.notices, /postgres:\/\/127\.0\.0\.1:1\/nothing cannot be reached; check/)
    assert.doesNotMatch(result.notices, /tops3cret/)
    const wrong = await folder.run(['client', 'list', '--database', 'tops3cret'])
    assert.equal(wrong.exitCode, 2)
    assert.match(wrong.notices, /--database must be a URL of the form postgres:/)
    assert.doesNotMatch(wrong.notices, /tops3cret/)
  })

  test('tells a node with another master key what to do', async (t) => {
    const url = await server.createDatabase('other_key')
    const [one, other] = [workingFolder(t), workingFolder(t)]
    const create = ['resource', 'create', '--id', the.audience, '--scope', scope]
    await one.document([...create, '--database', url])
    const result = await other.run(['resource', 'list', '--database', url, '--json'])
    assert.equal(result.exitCode, 1)
    assert.equal(JSON.parse(result.notices).error.code, 'master_key_missing')
  })
})
