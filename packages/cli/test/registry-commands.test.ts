import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { findSecret, the } from '@mintmark/testkit'
import { type EdgeScript, run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

const scope = 'applications:write decisions:read'
const createResource = ['resource', 'create', '--id', the.audience, '--scope', scope]
const createClient = ['client', 'create', '--id', the.clientId, '--scope', 'decisions:read']

/** Runs command lines one after the other in one fresh working folder. */
function shell(test: TestContext, files: Readonly<Record<string, string>> = {}) {
  const workingFolder = temporaryFolder(test, files)
  let seed = 0
  const step = (argv: readonly string[], script: EdgeScript = {}) => {
    seed += 1
    return run(argv, { ...script, workingFolder, seed })
  }
  return {
    workingFolder,
    step,
    json: async (argv: readonly string[]) => {
      const result = await step([...argv, '--json'])
      assert.equal(result.exitCode, 0, result.notices)
      return JSON.parse(result.output)
    },
  }
}

describe('mintmark resource', () => {
  it('creates a resource in a new data folder and lists it', async (t) => {
    const { json, workingFolder } = shell(t)
    const created = await json([...createResource, '--ttl', '900', '--alg', 'EdDSA'])
    assert.deepEqual(created, {
      id: the.audience,
      scope,
      ttl: 900,
      token_format: 'jwt',
      alg: 'EdDSA',
      settings: {
        label: null,
        sender_constraint: 'none',
        authorization_details_types: [],
        authorization_details_members: {},
      },
      created_at: '2026-11-23T12:00:00.000Z',
      version: created.version,
    })
    assert.match(created.version, /^[\w-]{22}$/)
    assert.deepEqual(await json(['resource', 'list']), { resources: [created] })
    assert.ok(existsSync(join(workingFolder, 'data')))
  })

  it('shows the same to a person', async (t) => {
    const { step } = shell(t)
    const { output } = await step(createResource)
    assert.match(output, /^resource https:\/\/api\.example created\n/)
    assert.match(output, /tokens {4}jwt, signed with ES256\n/)
    assert.match((await step(['resource', 'list'])).output, /^RESOURCE .*\nhttps:\/\/api\.example /)
  })

  const wrong: readonly (readonly [readonly string[], number, string])[] = [
    [['--id', the.audience], 2, 'setting_missing'],
    [['--scope', 'a'], 2, 'setting_missing'],
    [['--id', 'api', '--scope', 'a'], 2, 'resource_id_malformed'],
    [['--id', 'https://api.example/#x', '--scope', 'a'], 2, 'resource_id_malformed'],
    [['--id', 'urn:a', '--scope', 'a  b'], 2, 'scope_malformed'],
    [['--id', 'urn:a', '--scope', 'a"b'], 2, 'scope_malformed'],
    [['--id', 'urn:a', '--scope', ' '], 2, 'scope_missing'],
    [['--id', 'urn:a', '--scope', 'a', '--ttl', '15m'], 2, 'setting_malformed'],
    [['--id', 'urn:a', '--scope', 'a', '--ttl', '700000'], 2, 'setting_malformed'],
    [['--id', 'urn:a', '--scope', 'a', '--alg', 'HS256'], 2, 'setting_malformed'],
    [['--id', the.audience, '--scope', 'a'], 1, 'resource_exists'],
  ]
  for (const [flags, exitCode, code] of wrong) {
    it(`refuses ${JSON.stringify(flags)} as ${code}`, async (t) => {
      const { step } = shell(t)
      await step(createResource)
      const result = await step(['resource', 'create', ...flags, '--json'])
      assert.equal(JSON.parse(result.notices).error.code, code)
      assert.equal(result.exitCode, exitCode)
    })
  }
})

describe('mintmark client', () => {
  it('creates a client and shows its secret this once', async (t) => {
    const { json, step } = shell(t)
    await step(createResource)
    const created = await json(createClient)
    assert.equal(created.client_id, the.clientId)
    assert.match(created.client_secret, /^mm_live_/)
    assert.deepEqual(created.grants, [{ resource: the.audience, scope: 'decisions:read' }])
    assert.equal(created.secrets[0].id, created.secret_id)
    for (const argv of [
      ['client', 'list'],
      ['client', 'show', the.clientId],
    ]) {
      for (const flags of [[], ['--json']]) {
        const { output, notices } = await step([...argv, ...flags])
        // The public id is part of the secret's text; what follows it is not public.
        const hidden = created.client_secret.slice('mm_live_'.length + created.secret_id.length + 1)
        assert.equal(findSecret(output + notices, hidden), undefined)
        assert.ok(output.includes(the.clientId))
      }
    }
  })

  it('tells a person to keep the secret', async (t) => {
    const { step } = shell(t)
    await step(createResource)
    const { output, notices } = await step(createClient)
    assert.match(output, /client secret +mm_live_/)
    assert.equal(notices, 'mintmark: the client secret is not shown again; keep it now\n')
  })

  it('takes an existing secret from a file or a pipe, and does not show it [C10]', async (t) => {
    const { step } = shell(t, { secret: `${the.clientSecret}\n` })
    await step(createResource)
    const attempts = [
      await step([...createClient, '--secret-file', 'secret', '--json']),
      await step(['client', 'create', '--id', 'b', '--scope', scope, '--secret-file', '-'], {
        input: the.clientSecret,
      }),
    ]
    for (const { exitCode, output, notices } of attempts) {
      assert.equal(exitCode, 0)
      assert.equal(findSecret(output + notices, the.clientSecret), undefined)
    }
    assert.ok(!Object.hasOwn(JSON.parse(attempts[0]?.output ?? ''), 'client_secret'))
  })

  it('registers a resource server without scopes of its own', async (t) => {
    const { json } = shell(t)
    await json(createResource)
    const created = await json(['client', 'create', '--id', 'api', '--serves', the.audience])
    assert.deepEqual(created.serves, [the.audience])
    assert.deepEqual(created.grants, [])
  })

  it('narrows the ways in which a client authenticates', async (t) => {
    const { json } = shell(t)
    await json(createResource)
    const created = await json([...createClient, '--auth-method', 'client_secret_post'])
    assert.deepEqual(created.authentication_methods, ['client_secret_post'])
  })

  it('disables, enables and deletes a client, named by argument or by --id', async (t) => {
    const { json, step } = shell(t)
    await json(createResource)
    await json(createClient)
    assert.equal((await json(['client', 'disable', the.clientId])).disabled, true)
    assert.equal((await json(['client', 'enable', '--id', the.clientId])).disabled, false)
    assert.deepEqual(await json(['client', 'delete', the.clientId]), {
      client_id: the.clientId,
      deleted: true,
    })
    assert.deepEqual(await json(['client', 'list']), { clients: [] })
    assert.equal((await step(['client', 'list'])).output, 'no client is registered\n')
  })

  const wrong: readonly (readonly [readonly string[], number, string])[] = [
    [['create', '--id', 'a'], 2, 'setting_missing'],
    [['create', '--scope', scope], 2, 'setting_missing'],
    [['create', '--id', 'a b', '--scope', scope], 2, 'client_id_malformed'],
    [['create', '--id', 'a', '--scope', 'other'], 1, 'scope_unknown'],
    [['create', '--id', 'a', '--scope', scope, '--resource', 'urn:x'], 1, 'resource_unknown'],
    [['create', '--id', 'a', '--serves', 'urn:x'], 1, 'resource_unknown'],
    [['create', '--id', 'a', '--scope', scope, '--auth-method', 'none'], 2, 'setting_malformed'],
    [['create', '--id', 'a', '--scope', scope, '--secret-file', 'no'], 1, 'secret_unreadable'],
    [['create', '--id', 'a', '--scope', scope, '--secret-file', 'short'], 1, 'secret_length'],
    [['create', '--id', the.clientId, '--scope', scope], 1, 'client_exists'],
    [['show', 'nobody'], 1, 'client_unknown'],
    [['show'], 2, 'setting_missing'],
    [['disable', 'nobody'], 1, 'client_unknown'],
    [['enable', 'nobody'], 1, 'client_unknown'],
    [['delete', 'nobody'], 1, 'client_unknown'],
    [['list', '--data', 'elsewhere'], 1, 'data_folder_missing'],
    [['list', '--data', 'short'], 1, 'storage_unavailable'],
  ]
  for (const [words, exitCode, code] of wrong) {
    it(`refuses ${JSON.stringify(words)} as ${code}`, async (t) => {
      const { step } = shell(t, { short: 'abc' })
      await step(createResource)
      await step(createClient)
      const result = await step(['client', ...words, '--json'])
      assert.equal(JSON.parse(result.notices).error.code, code)
      assert.equal(result.exitCode, exitCode)
    })
  }

  it('does not make a data folder just to look into it', async (t) => {
    const { step, workingFolder } = shell(t)
    for (const argv of [['client', 'list'], ['resource', 'list'], createClient]) {
      assert.equal((await step(argv)).exitCode, 1)
    }
    assert.ok(!existsSync(join(workingFolder, 'data')))
  })

  it('takes the data folder from the environment and from the configuration file', async (t) => {
    const { step, workingFolder } = shell(t, { 'mintmark.config.json': '{"data": "by-file"}' })
    await step(createResource)
    await step(createResource, { variables: { MINTMARK_DATA: 'by-variable' } })
    await step([...createResource, '--data', 'by-flag'], { variables: { MINTMARK_DATA: 'unused' } })
    for (const name of ['by-file', 'by-variable', 'by-flag']) {
      assert.ok(existsSync(join(workingFolder, name)), name)
    }
    assert.ok(!existsSync(join(workingFolder, 'unused')))
  })
})
