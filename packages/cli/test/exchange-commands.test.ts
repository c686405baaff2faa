import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { findSecret, the } from '@mintmark/testkit'
import { shell } from './shell.ts'

const registry = {
  mintmark_registry: 1,
  resources: [{ id: the.audience, scope: the.scope }],
  clients: [
    {
      id: the.clientId,
      scope: 'decisions:read',
      secrets: [{ label: 'one', file: 'a.secret' }, { environment: 'MINTMARK_SECRET_B' }],
    },
  ],
}
const files = { 'registry.json': JSON.stringify(registry), 'a.secret': 'secret in a file\n' }
const script = { variables: { MINTMARK_SECRET_B: 'secret in a variable' } }

describe('mintmark apply and export', () => {
  it('plans, applies in one go, and has nothing to do after that [A11] [N13]', async (t) => {
    const { step, json } = shell(t, files)
    const apply = ['apply', '--file', 'registry.json']
    const { output } = await step([...apply, '--plan'], script)
    assert.equal(
      output,
      [
        `+ create resource ${the.audience}`,
        `+ create client ${the.clientId}`,
        '2 would be created, 0 would be updated, 0 would be deleted\n',
      ].join('\n'),
    )
    assert.deepEqual((await json(['client', 'list'])).clients, [])
    const applied = await json(apply, script)
    assert.deepEqual([applied.applied, applied.steps.length], [true, 2])
    assert.equal((await step(apply, script)).output, 'nothing to do\n')
    const { secrets } = await json(['client', 'show', the.clientId])
    assert.equal(secrets.length, 2)
  })

  it('exports what apply understands, without secrets, or sealed into a file of the owner [A11]', async (t) => {
    const { step, json, workingFolder } = shell(t, files)
    await json(['apply', '--file', 'registry.json'], script)
    const { output } = await step(['export'])
    assert.deepEqual(JSON.parse(output), await json(['export']))
    assert.equal(output.includes('secrets'), false)
    await json(['export', '--with-secrets', '--out', 'whole.json'])
    const path = join(workingFolder, 'whole.json')
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(findSecret(readFileSync(path, 'utf8'), 'secret in a file'), undefined)
    assert.deepEqual((await json(['apply', '--file', 'whole.json', '--prune'])).steps, [])
    const empty = { ...script, input: '{"mintmark_registry": 1}' }
    const pruned = await json(['apply', '--file', '-', '--prune'], empty)
    assert.deepEqual(
      pruned.steps.map(({ action, id }: { action: string; id: string }) => `${action} ${id}`),
      [`delete ${the.clientId}`, `delete ${the.audience}`],
    )
    await json(['apply', '--file', 'whole.json'])
    assert.equal((await json(['client', 'show', the.clientId])).secrets.length, 2)
  })

  const wrong: readonly (readonly [readonly string[], string, number, string])[] = [
    [['--file', 'registry.json'], files['registry.json'], 2, 'secret_variable_missing'],
    [['--file', 'nowhere.json'], '', 1, 'file_unreadable'],
    [['--file', 'registry.json'], 'no JSON', 2, 'document_malformed'],
    [['--file', 'registry.json'], '{"mintmark_registry":1,"client":[]}', 2, 'document_malformed'],
    [['--file', 'registry.json'], '\ufffd'.repeat(3), 2, 'document_malformed'],
    [[], '', 2, 'setting_missing'],
  ]
  for (const [flags, text, exitCode, code] of wrong) {
    const shown = JSON.stringify(text).slice(0, 40)
    it(`refuses ${flags.join(' ')} with ${shown} as ${code}`, async (t) => {
      const { step, workingFolder } = shell(t, { ...files, 'registry.json': text })
      const result = await step(['apply', ...flags, '--json'])
      assert.equal(JSON.parse(result.notices).error.code, code)
      assert.equal(result.exitCode, exitCode)
      assert.ok(!existsSync(join(workingFolder, 'data')))
    })
  }
})

describe('mintmark import', () => {
  const clients = [
    {
      client_id: 'orders-sync',
      client_secret: 'hydra-generated-secret',
      grant_types: ['client_credentials'],
      scope: 'orders:read',
      audience: ['https://orders.example'],
    },
    { client_id: 'web', grant_types: ['authorization_code'] },
  ]

  it('takes over the clients of another program, tells what it leaves out, and does it once [A11] [N13]', async (t) => {
    const { step, json } = shell(t, { 'clients.json': JSON.stringify(clients) })
    const from = ['import', '--from', 'hydra', 'clients.json']
    const { output } = await step([...from, '--plan'])
    assert.match(output, /^ {2}skipped web: it signs in people/)
    assert.match(output, /\n\+ create client orders-sync\n2 would be created,/)
    const done = await json(from)
    assert.deepEqual([done.applied, done.steps.length, done.skipped.length], [true, 2, 1])
    assert.deepEqual((await json(from)).steps, [])
    const shown = await step(['client', 'show', 'orders-sync', '--json'])
    assert.equal(findSecret(output + shown.output, 'hydra-generated-secret'), undefined)
  })

  it('gives clients without an audience the resource that was named [A11]', async (t) => {
    const csv = 'client_id,client_secret,scope\none,a secret of its own,jobs:run\n'
    const { json } = shell(t, { 'clients.csv': csv })
    const from = ['import', '--from', 'csv', 'clients.csv']
    assert.equal((await json([...from, '--plan'])).skipped.length, 1)
    await json([...from, '--default-resource', 'https://jobs.example'])
    const { grants } = await json(['client', 'show', 'one'])
    assert.deepEqual(grants, [{ resource: 'https://jobs.example', scope: 'jobs:run' }])
  })

  it('does not take the export of another program for one without clients [A11] [X3]', async (t) => {
    const client = { client_id: 'a', grant_types: ['client_credentials'] }
    const { step } = shell(t, { 'clients.json': JSON.stringify([client]) })
    for (const program of ['keycloak', 'auth0']) {
      const result = await step(['import', '--from', program, 'clients.json', '--json'])
      assert.equal(result.exitCode, 1)
      assert.equal(JSON.parse(result.notices).error.code, 'export_empty')
    }
    assert.equal((await step(['import', '--from', 'hydra', 'clients.json'])).exitCode, 0)
  })

  it('refuses a file that is not an export, and a program that it does not know', async (t) => {
    const { step } = shell(t, { 'clients.json': 'not JSON' })
    for (const [program, exitCode, code] of [
      ['hydra', 1, 'export_malformed'],
      ['okta', 2, 'setting_malformed'],
    ] as const) {
      const result = await step(['import', '--from', program, 'clients.json', '--json'])
      assert.equal(JSON.parse(result.notices).error.code, code)
      assert.equal(result.exitCode, exitCode)
    }
  })
})

describe('mintmark resource and client list', () => {
  it('shows and deletes resources, and takes grants away only when told to [A3]', async (t) => {
    const { step, json } = shell(t, files)
    await json(['apply', '--file', 'registry.json'], script)
    assert.equal((await json(['resource', 'show', the.audience])).scope, the.scope)
    const narrower = ['resource', 'update', the.audience, '--scope', 'applications:write']
    for (const argv of [['resource', 'delete', the.audience], narrower]) {
      const refused = await step([...argv, '--json'])
      assert.match(JSON.parse(refused.notices).error.code, /^(?:resource|scope)_in_use$/)
      assert.equal(refused.exitCode, 1)
    }
    await json([...narrower, '--cascade'])
    await json(['resource', 'delete', the.audience, '--cascade'])
    assert.deepEqual((await json(['client', 'show', the.clientId])).grants, [])
    const gone = await step(['resource', 'show', the.audience, '--json'])
    assert.equal(JSON.parse(gone.notices).error.code, 'resource_unknown')
  })

  it('finds clients by what their id or label has in it [A13]', async (t) => {
    const { json } = shell(t, files)
    await json(['apply', '--file', 'registry.json'], script)
    await json(['client', 'create', '--id', 'b', '--scope', 'decisions:read', '--label', 'Bee'])
    const found = async (search: string) =>
      (await json(['client', 'list', '--search', search])).clients.length
    assert.deepEqual([await found('BEE'), await found('zzz')], [1, 0])
  })

  it('makes secrets whose text says that they are for tests', async (t) => {
    const { json } = shell(t, files)
    await json(['apply', '--file', 'registry.json'], script)
    const variables = { MINTMARK_SECRET_ENVIRONMENT: 'test' }
    const create = ['client', 'create', '--id', 'b', '--scope', 'decisions:read']
    assert.match((await json(create, { variables })).client_secret, /^mm_test_/)
  })
})
