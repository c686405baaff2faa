import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { publicJwkOf, serialiseJwkSet } from '@mintmark/jwt'
import { fixtureKeys, the } from '@mintmark/testkit'
import { run } from './scripted-edge.ts'
import { temporaryFolder } from './temporary-folder.ts'

const jwks = serialiseJwkSet([publicJwkOf(fixtureKeys.ES256)])

/** A working folder with a resource in it, and command lines one after the other. */
async function registered(test: TestContext) {
  const workingFolder = temporaryFolder(test, { 'partner.jwks': jwks })
  let seed = 0
  const step = (...argv: string[]) => {
    seed += 1
    return run(argv, { workingFolder, seed })
  }
  const json = async (...argv: string[]) => {
    const result = await step(...argv, '--json')
    assert.equal(result.exitCode, 0, result.notices)
    return JSON.parse(result.output)
  }
  const resource = ['--id', the.audience, '--scope', the.scope]
  return { step, json, resource: await json('resource', 'create', ...resource) }
}

const everyClientFlag = [
  ...['--label', 'the partner', '--default-scope', 'decisions:read'],
  ...['--default-resource', the.audience, '--lifetime-max', '300', '--scope-max', the.scope],
  ...['--address', '203.0.113.0/24', '--address', '2001:db8::/32', '--quota', 'daily=10000/86400'],
  ...['--sender-constraint', 'dpop', '--details-type', 'decision', '--exchanges-tokens'],
  ...['--shadow', 'quotas', '--jwks', 'partner.jwks', '--assertion-audience', 'legacy'],
  '--federated-identity',
  'kind=kubernetes issuer=https://k8s.example subject=system:serviceaccount:prod:orders',
  ...['--certificate', 'subject_dn=CN=partner,O=Example'],
]

const everySetting = {
  label: 'the partner',
  default_resource: the.audience,
  lifetime_seconds_max: 300,
  scope_max: the.scope,
  addresses: ['203.0.113.0/24', '2001:db8::/32'],
  quotas: [{ name: 'daily', tokens: 10_000, window_seconds: 86_400 }],
  sender_constraint: 'dpop',
  authorization_details_types: ['decision'],
  exchanges_tokens: true,
  shadowed: ['quotas'],
  keys: { kind: 'jwks', jwks },
  assertion_audience: 'legacy',
  federated_identities: [
    {
      kind: 'kubernetes',
      issuer: 'https://k8s.example',
      subject: 'system:serviceaccount:prod:orders',
    },
  ],
  certificate: { kind: 'subject_dn', value: 'CN=partner,O=Example' },
}

const plainSettings = {
  label: null,
  default_resource: null,
  lifetime_seconds_max: null,
  scope_max: null,
  addresses: [],
  quotas: [],
  sender_constraint: 'none',
  authorization_details_types: [],
  exchanges_tokens: false,
  shadowed: [],
  keys: null,
  assertion_audience: 'strict',
  federated_identities: [],
  certificate: null,
}

describe('the settings of a client', () => {
  it('have a flag each when it is created, and are shown [A3] [A6] [A7] [A13]', async (t) => {
    const { json, step } = await registered(t)
    const client = ['client', 'create', '--id', the.clientId, '--scope', the.scope]
    const created = await json(...client, ...everyClientFlag, '--auth-method', 'private_key_jwt')
    assert.deepEqual(created.settings, everySetting)
    assert.equal(created.grants[0].default_scope, 'decisions:read')
    assert.deepEqual(created.authentication_methods, ['private_key_jwt'])
    const { output } = await step('client', 'show', the.clientId)
    for (const line of [
      /quotas +\[\{"name":"daily"/,
      /keys +a JWK Set\n/,
      /by default decisions/,
    ]) {
      assert.match(output, line)
    }
  })

  it('are changed by the flags that are given, and others stay [A13]', async (t) => {
    const { json } = await registered(t)
    await json('client', 'create', '--id', the.clientId, '--scope', 'decisions:read')
    const before = await json('client', 'update', the.clientId, ...everyClientFlag)
    assert.deepEqual(before.settings, everySetting)
    const after = await json('client', 'update', '--id', the.clientId, '--lifetime-max', '60')
    assert.deepEqual(after.settings, { ...everySetting, lifetime_seconds_max: 60 })
    assert.deepEqual(after.grants, before.grants)
  })

  it('go back to their defaults by --reset [A13]', async (t) => {
    const { json } = await registered(t)
    const client = ['client', 'create', '--id', the.clientId, '--scope', the.scope]
    await json(...client, ...everyClientFlag)
    const flags = everyClientFlag.filter((text) => text.startsWith('--'))
    const resets = [...new Set(flags)].flatMap((flag) => ['--reset', flag.slice(2)])
    const after = await json('client', 'update', the.clientId, ...resets)
    assert.deepEqual(after.settings, plainSettings)
    assert.equal(after.grants[0].default_scope, undefined)
  })

  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['--quota', 'daily=many/86400'], 'setting_malformed'],
    [['--quota', 'daily=0/86400'], 'quota_malformed'],
    [['--certificate', 'CN=partner'], 'setting_malformed'],
    [['--federated-identity', 'kind=oidc subject=x'], 'setting_malformed'],
    [
      ['--federated-identity', 'kind=oidc issuer=http://x subject=y'],
      'federated_identity_malformed',
    ],
    [['--address', 'nowhere'], 'address_malformed'],
    [['--jwks', 'partner.jwks', '--jwks-uri', 'https://x.example/'], 'setting_malformed'],
    [['--jwks', 'missing.jwks'], 'keys_unreadable'],
    [['--auth-method', 'tls_client_auth'], 'method_needs_certificate'],
    [['--reset', 'id'], 'setting_malformed'],
    [['--reset', 'constructor'], 'setting_malformed'],
  ]
  for (const [flags, code] of wrong) {
    it(`are refused as ${code}: ${flags.join(' ')}`, async (t) => {
      const { json, step } = await registered(t)
      await json('client', 'create', '--id', the.clientId, '--scope', the.scope)
      const { notices } = await step('client', 'update', the.clientId, ...flags, '--json')
      assert.equal(JSON.parse(notices).error.code, code)
      const { settings } = await json('client', 'show', the.clientId)
      assert.deepEqual(settings, plainSettings)
    })
  }
})

describe('a version', () => {
  it('is shown, and keeps changes from whoever looked at another one [A13]', async (t) => {
    const { json, step } = await registered(t)
    await json('client', 'create', '--id', the.clientId, '--scope', the.scope)
    for (const [kind, id] of [
      ['client', the.clientId],
      ['resource', the.audience],
    ] as const) {
      const { version } = await json(kind, 'show', id)
      assert.match((await step(kind, 'show', id)).output, new RegExp(`version +${version}\\n`))
      const label = ['--label', 'one', '--if-version', version]
      const updated = await json(kind, 'update', id, ...label)
      assert.notEqual(updated.version, version)
      for (const verb of [
        ['update', id, '--label', 'two'],
        ['delete', id],
      ]) {
        const refused = await step(kind, ...verb, '--if-version', version, '--json')
        assert.equal(refused.exitCode, 1)
        assert.equal(JSON.parse(refused.notices).error.code, 'version_outdated')
      }
      assert.deepEqual(await json(kind, 'show', id), updated)
      await json(kind, 'delete', id, '--if-version', updated.version)
    }
  })
})

describe('the settings of a resource', () => {
  it('have a flag each, are changed by those that are given, and reset [A3] [A7] [A13]', async (t) => {
    const { json, resource } = await registered(t)
    assert.deepEqual(resource.settings, {
      label: null,
      sender_constraint: 'none',
      authorization_details_types: [],
      authorization_details_members: {},
    })
    const flags = ['--label', 'decisions', '--sender-constraint', 'certificate']
    const details = ['--details-type', 'decision', '--details-members', 'decision=amount currency']
    const updated = await json('resource', 'update', the.audience, ...flags, ...details)
    assert.deepEqual(updated.settings, {
      label: 'decisions',
      sender_constraint: 'certificate',
      authorization_details_types: ['decision'],
      authorization_details_members: { decision: ['amount', 'currency'] },
    })
    assert.equal(updated.scope, resource.scope)
    const resets = ['label', 'sender-constraint', 'details-type', 'details-members']
    const back = resets.flatMap((flag) => ['--reset', flag])
    assert.deepEqual(await json('resource', 'update', the.audience, ...back), resource)
    const shorter = await json('resource', 'update', '--id', the.audience, '--ttl', '60')
    assert.equal(shorter.ttl, 60)
  })
})
