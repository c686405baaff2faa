/** The admin port of a real server, and the command line on the other end of it. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { findSecret, the } from '@mintmark/testkit'
import { requestToken, scope, until } from './cli-world.ts'
import { type ServingProcess, type WorkingFolder, workingFolder } from './mintmark-process.ts'

describe('mintmark with --admin', () => {
  it('manages a server through its admin API with the credential that serve made [A13]', async (t) => {
    const { folder, server, credential } = await administered(t)
    const flags = ['--admin', server.adminOrigin ?? '', '--issuer', server.issuer]
    const identified = [...flags, '--client-id', credential.client_id]
    const variables = { MINTMARK_CLIENT_SECRET: credential.client_secret }
    const remote = (argv: readonly string[], input = '') =>
      folder.document([...argv, ...identified], { variables, input })
    await remote(['resource', 'create', '--id', the.audience, '--scope', scope])
    const created = await remote(['client', 'create', '--id', the.clientId, '--scope', scope])
    const answer = await requestToken(server, the.clientId, String(created.client_secret))
    assert.equal(answer.status, 200)
    const { access_token: token } = (await answer.json()) as { readonly access_token: string }
    const listed = await remote(['client', 'list'])
    assert.deepEqual(listed, await folder.document(['client', 'list']))
    assert.deepEqual(await remote(['key', 'list']), await folder.document(['key', 'list']))

    const status = await remote(['status'])
    assert.deepEqual([status.ready, status.issuer, status.clients], [true, server.issuer, 2])
    const { clients } = await remote(['discipline'])
    const habits = clients as readonly Record<string, unknown>[]
    assert.ok(habits.some((one) => one.client_id === the.clientId && one.tokens_issued === 1))
    const alone = await folder.run(['status'])
    assert.deepEqual([alone.exitCode, /--admin/.test(alone.notices)], [2, true])

    const active = await remote(['introspect', '-'], token)
    assert.deepEqual([active.active, active.client_id], [true, the.clientId])
    assert.deepEqual(await remote(['revoke', '-'], token), { revoked: true })
    const gone = await folder.run(['introspect', '-', '--json', ...identified], {
      variables,
      input: token,
    })
    assert.deepEqual([gone.exitCode, JSON.parse(gone.output)], [1, { active: false }])
    assert.deepEqual(await remote(['revoke', '--client', the.clientId]), {
      client_id: the.clientId,
      revoked: true,
    })

    const refused = await requestToken(server, the.clientId, 'wrong')
    const { error_uri } = (await refused.json()) as { readonly error_uri: string }
    const explained = await remote(['explain', error_uri])
    assert.deepEqual([explained.reason, explained.client_id], ['secret_wrong', the.clientId])
    assert.deepEqual(await folder.document(['explain', error_uri]), explained)
  })

  it('takes a token from MINTMARK_ADMIN_TOKEN, and says what is wrong with one [A13]', async (t) => {
    const { folder, server, credential } = await administered(t)
    const answer = await requestToken(server, credential.client_id, credential.client_secret)
    const { access_token: token } = (await answer.json()) as { readonly access_token: string }
    const argv = ['client', 'list', '--admin', server.adminOrigin ?? '', '--json']
    const run = (value: string) => folder.run(argv, { variables: { MINTMARK_ADMIN_TOKEN: value } })
    const good = await run(token)
    assert.equal(good.exitCode, 0, good.notices)
    assert.equal(JSON.parse((await run('nonsense')).notices).error.code, 'admin_token_refused')
    const none = await folder.run(argv)
    assert.equal(none.exitCode, 2)
    assert.equal(JSON.parse(none.notices).error.code, 'admin_credential_missing')
  })

  it('makes the first administrator once, and another secret on demand [A13]', async (t) => {
    const { folder, server, credential } = await administered(t)
    await server.stop()
    const again = await folder.serve(['--admin-port', '0'])
    assert.equal(again.document.administrator, undefined)
    const made = await folder.document(['admin', 'bootstrap', '--bootstrap-file', 'admin.json'])
    assert.deepEqual(made, {
      client_id: credential.client_id,
      client_secret_file: 'admin.json',
    })
    const file = join(folder.path, 'admin.json')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const kept = JSON.parse(readFileSync(file, 'utf8'))
    await until(
      async () => (await requestToken(again, kept.client_id, kept.client_secret)).status === 200,
    )
    const twice = await folder.run(['admin', 'bootstrap', '--bootstrap-file', 'admin.json'])
    assert.equal(twice.exitCode, 1)
    assert.equal(readFileSync(file, 'utf8'), `${JSON.stringify(kept)}\n`)
  })

  it('keeps the credential in a file and out of every output when told so [A13]', async (t) => {
    const folder = workingFolder(t)
    const server = await folder.serve(['--admin-port', '0', '--bootstrap-file', 'admin.json'])
    assert.equal(server.document.administrator, undefined)
    const kept = JSON.parse(readFileSync(join(folder.path, 'admin.json'), 'utf8'))
    const { output, notices } = await server.stop()
    assert.equal(findSecret(output + notices, kept.client_secret), undefined)
  })

  it('makes no administrator without an admin port', async (t) => {
    const folder = workingFolder(t)
    const server = await folder.serve()
    await server.stop()
    assert.deepEqual(await folder.document(['client', 'list']), { clients: [] })
    assert.equal(existsSync(join(folder.path, 'admin.json')), false)
  })
})

describe('mintmark introspect, revoke and verify, as a client', () => {
  it('asks the standard endpoints of any authorization server [A5]', async (t) => {
    const { folder, server } = await administered(t)
    await folder.document(['resource', 'create', '--id', the.audience, '--scope', scope])
    const created = await folder.document(['client', 'create', '--id', 'a', '--scope', scope])
    const secret = String(created.client_secret)
    await until(async () => (await requestToken(server, 'a', secret)).status === 200)
    const variables = { MINTMARK_CLIENT_SECRET: secret }
    const flags = ['--issuer', server.issuer, '--client-id', 'a']
    const { access_token: input } = await folder.document(['token', ...flags], { variables })
    const script = { variables, input: String(input) }
    const verified = await folder.document(
      ['verify', '-', '--issuer', server.issuer, '--audience', the.audience, '--scope', scope],
      script,
    )
    assert.deepEqual([verified.verified, verified.client_id], [true, 'a'])
    const active = await folder.document(['introspect', '-', ...flags], script)
    assert.deepEqual([active.active, active.client_id], [true, 'a'])
    await folder.document(['revoke', '-', ...flags], script)
    const gone = await folder.run(['introspect', '-', '--json', ...flags], script)
    assert.deepEqual([gone.exitCode, JSON.parse(gone.output).active], [1, false])
    const stored = ['introspect', '-', '--json', '--issuer', server.issuer]
    assert.equal((await folder.run(stored, script)).exitCode, 1)
    const foreign = ['verify', '-', '--json', '--issuer', server.issuer, '--audience', 'urn:x']
    const refused = await folder.run(foreign, script)
    assert.deepEqual(
      [refused.exitCode, JSON.parse(refused.output)],
      [1, { verified: false, reason: 'wrong_audience' }],
    )
  })
})

describe('the metrics of a server', () => {
  it('show that ten thousand tokens asked the database for nothing [A4] [N4]', async (t) => {
    const { server, credential } = await administered(t)
    const token = () => requestToken(server, credential.client_id, credential.client_secret)
    assert.equal((await token()).status, 200)
    const before = await metricsOf(server)
    for (let round = 0; round < 200; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, token))
      for (const answer of answers) {
        assert.equal(answer.status, 200)
        await answer.arrayBuffer()
      }
    }
    const after = await metricsOf(server)
    assert.equal(issuedIn(after) - issuedIn(before), 10_000)
    for (const name of ['mintmark_storage_reads_total', 'mintmark_storage_writes_total']) {
      assert.equal(after.get(name), before.get(name), name)
    }
  })
})

function issuedIn(metrics: ReadonlyMap<string, number>): number {
  return metrics.get('mintmark_tokens_issued_total') ?? Number.NaN
}

async function metricsOf(server: ServingProcess): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${server.adminOrigin}/metrics`)
  const lines = (await response.text()).split('\n').filter((line) => /^mintmark/.test(line))
  return new Map(
    lines.map((line) => {
      const [name = '', value] = line.split(' ')
      return [name, Number(value)]
    }),
  )
}

interface Administered {
  readonly folder: WorkingFolder
  readonly server: ServingProcess
  readonly credential: { readonly client_id: string; readonly client_secret: string }
}

/** A server on an empty storage, and the first administrator that it made. */
async function administered(test: TestContext): Promise<Administered> {
  const folder = workingFolder(test)
  const server = await folder.serve(['--admin-port', '0'])
  const credential = server.document.administrator as Administered['credential']
  return { folder, server, credential }
}
