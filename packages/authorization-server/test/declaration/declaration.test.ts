import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { findSecret, the } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  type DeclarationOptions,
  openAdministration,
  readDeclaration,
  type SecretLookUp,
  type StorageSession,
  sqlite,
  writeDeclaration,
} from '../../src/index.ts'
import { otherApi, value, violation } from '../registry/registry-world.ts'

const fromFiles: SecretLookUp = async (reference) =>
  redact(
    'client secret',
    `secret of ${reference.kind === 'file' ? reference.path : reference.variable}`,
  )

async function world() {
  const memory = sqlite(':memory:')
  const session: StorageSession = await memory.open()
  const administration = await openAdministration({
    storage: { ...memory, open: async () => session },
  })
  const declare = async (document: object, more: Partial<DeclarationOptions> = {}) => {
    const declared = value(await readDeclaration(JSON.stringify(document), fromFiles))
    return administration.declarations.declare(declared, { mode: 'replace', ...more })
  }
  const apply = async (document: object, more?: Partial<DeclarationOptions>) =>
    value(await declare(document, more)).steps.map(({ action, kind, id, details }) =>
      [action, kind, id, ...details].join(' '),
    )
  const exported = async (withSecrets = false) =>
    writeDeclaration(await administration.declarations.exportRegistry({ withSecrets }))
  const { registry } = administration
  const close = () => administration.close()
  return {
    ...{ administration, registry, session, declare, apply, exported },
    [Symbol.asyncDispose]: close,
  }
}

const document = {
  mintmark_registry: 1,
  resources: [
    { id: the.audience, scope: the.scope, lifetime_seconds: 600, settings: { label: 'the API' } },
    { id: otherApi, scope: 'other:read other:write', token_format: 'opaque', algorithm: 'EdDSA' },
  ],
  clients: [
    {
      id: 'partner-a',
      grants: [
        { resource: the.audience, scope: the.scope, default_scope: 'decisions:read' },
        { resource: otherApi, scope: 'other:read' },
      ],
      settings: {
        label: 'Partner A',
        addresses: ['10.0.0.0/8'],
        quotas: [{ name: 'daily', tokens: 1_000, window_seconds: 86_400 }],
        default_resource: otherApi,
      },
      secrets: [
        { label: 'current', file: 'a.secret' },
        { environment: 'OLD_A', expires_at: '2027-01-31T00:00:00.000Z' },
      ],
    },
    {
      id: 'the-api',
      serves_resources: [the.audience],
      authentication_methods: ['client_secret_post'],
    },
    { id: 'idle', scope: 'other:write', disabled: true },
  ],
}

test('what is declared is made, line by line, and the plan after it is empty [A11] [N13]', async () => {
  await using there = await world()
  const lines = [
    `create resource ${the.audience}`,
    `create resource ${otherApi}`,
    'create client partner-a',
    'create client the-api',
    'create client idle',
  ]
  assert.deepEqual(await there.apply(document, { planOnly: true }), lines)
  assert.deepEqual((await there.session.load()).clients, [])
  assert.deepEqual(await there.apply(document), lines)
  assert.deepEqual(await there.apply(document), [])
  const client = await there.registry.client('partner-a')
  assert.deepEqual(
    client?.secrets.map(({ label, expiresAt }) => [label, expiresAt]).toSorted(),
    [
      ['current', undefined],
      [undefined, '2027-01-31T00:00:00.000Z'],
    ].toSorted(),
  )
  const records = await there.administration.audit.auditRecords()
  assert.equal(
    new Set(records.filter((one) => one.via === 'library').map((one) => one.atWallMs)).size,
    1,
  )
})

test('a member that is no longer declared goes back to its default, and what changed is named [A11]', async () => {
  await using there = await world()
  await there.apply(document)
  const [api, other] = document.resources
  const [partner, , idle] = document.clients
  const changed = {
    ...document,
    resources: [{ ...api, lifetime_seconds: 60, settings: {} }, other],
    clients: [
      {
        ...partner,
        settings: { label: 'Partner A' },
        secrets: [{ label: 'old one', environment: 'OLD_A' }],
      },
      { ...idle, disabled: false, authentication_methods: ['client_secret_basic'] },
    ],
  }
  const [, current] = (await there.registry.client('partner-a'))?.secrets ?? []
  const steps = await there.apply(changed)
  assert.deepEqual(
    steps.map((line) => line.replace(/secret \w{10}/, 'secret ID')),
    [
      `update resource ${the.audience} lifetime_seconds settings.label`,
      'update client partner-a settings.default_resource settings.addresses settings.quotas secret ID changed',
      'update client idle disabled authentication_methods',
    ],
  )
  assert.ok(await there.registry.client('the-api'), 'without prune nothing is deleted')
  const pruned = await there.apply(changed, { prune: true })
  assert.equal(pruned.length, 2)
  assert.match(pruned[0] ?? '', /^update client partner-a secret \w+ retired$/)
  assert.equal(pruned[1], 'delete client the-api')
  assert.ok(current)
})

test('a resource that is pruned must not leave grants behind, and neither must a scope [A3] [A11]', async () => {
  await using there = await world()
  await there.apply(document)
  const [api] = document.resources
  const [, server] = document.clients
  const without = { mintmark_registry: 1, resources: [api], clients: [server] }
  assert.equal(violation(await there.declare({ ...without, resources: [] })), undefined)
  const onlyResources = { mintmark_registry: 1, resources: [{ ...api, scope: 'decisions:read' }] }
  assert.equal(violation(await there.declare(onlyResources)), 'scope_in_use')
  assert.deepEqual(await there.apply(without, { prune: true }), [
    'delete client idle',
    'delete client partner-a',
    `delete resource ${otherApi}`,
  ])
  assert.deepEqual(
    (await there.session.load()).resources.map(({ id }) => id),
    [the.audience],
  )
})

test('one mistake in a declaration refuses the whole [A11]', async () => {
  await using there = await world()
  const wrong: readonly (readonly [object, string])[] = [
    [{ id: 'x', scope: 'nobody:owns' }, 'scope_unknown'],
    [{ id: 'partner-a', scope: 'other:read' }, 'declared_twice'],
    [
      { id: 'x', scope: 'other:read', settings: { addresses: ['10.0.0.1/8'] } },
      'address_malformed',
    ],
    [{ id: 'x', scope: 'other:read', settings: { adresses: [] } }, 'setting_unknown'],
    [{ id: 'x', scope: 'other:read', secrets: [{ hash: '$1$unknown' }] }, 'secret_hash_unknown'],
    [{ id: 'x', scope: 'other:read', secrets: [{ id: 'abc', sealed: 'AAAA' }] }, 'secret_not_ours'],
  ]
  for (const [client, expected] of wrong) {
    const clients = [...document.clients, client]
    assert.equal(violation(await there.declare({ ...document, clients })), expected)
  }
  assert.deepEqual((await there.session.load()).clients, [])
})

test('what is exported changes nothing when it is applied, and shows no secret [A11]', async () => {
  await using there = await world()
  await there.apply(document)
  const exported = (await there.exported()) as typeof document
  assert.deepEqual(await there.apply(exported, { prune: true }), [])
  assert.equal(JSON.stringify(exported).includes('secrets'), false)
  const withSecrets = await there.exported(true)
  assert.deepEqual(await there.apply(withSecrets, { prune: true }), [])
  assert.equal(findSecret(JSON.stringify(withSecrets), 'secret of a.secret'), undefined)
  const { clients } = await there.session.load()
  for (const { verifier } of clients.flatMap((client) => client.secrets)) {
    const digest = verifier.kind === 'keyed' ? Buffer.from(verifier.digest).toString('base64') : ''
    assert.equal(JSON.stringify(withSecrets).includes(digest), false)
  }
})

test('an export with secrets brings them back where the master key is, and nowhere else [A11]', async () => {
  await using there = await world()
  await there.apply(document)
  const before = await there.session.load()
  const exported = await there.exported(true)
  await there.registry.deleteClient('partner-a')
  assert.deepEqual(await there.apply(exported), ['create client partner-a'])
  const after = await there.session.load()
  const secretsOf = (state: typeof before) =>
    state.clients
      .flatMap((client) => client.secrets)
      .map(({ id, verifier, createdAtWallMs }) => [id, verifier.kind, createdAtWallMs])
  assert.deepEqual(secretsOf(after).toSorted(), secretsOf(before).toSorted())
  await using elsewhere = await world()
  assert.equal(violation(await elsewhere.declare(exported)), 'secret_not_ours')
})

const malformed: readonly (readonly [string, string])[] = [
  ['', 'the document'],
  ['[]', 'the document'],
  ['{}', 'mintmark_registry'],
  ['{"mintmark_registry":2}', 'mintmark_registry'],
  ['{"mintmark_registry":1,"client":[]}', 'client'],
  ['{"mintmark_registry":1,"clients":{}}', 'clients'],
  ['{"mintmark_registry":1,"clients":[1]}', 'clients'],
  ['{"mintmark_registry":1,"clients":[{}]}', 'clients[0].id'],
  ['{"mintmark_registry":1,"clients":[{"id":1}]}', 'clients[0].id'],
  ['{"mintmark_registry":1,"clients":[{"id":"a","adresses":[]}]}', 'clients[0].adresses'],
  ['{"mintmark_registry":1,"clients":[{"id":"a","grants":[{"resource":1}]}]}', 'clients[0].grants'],
  ['{"mintmark_registry":1,"clients":[{"id":"a","secrets":[{}]}]}', 'clients[0].secrets[0]'],
  [
    '{"mintmark_registry":1,"clients":[{"id":"a","secrets":[{"secret":"x"}]}]}',
    'clients[0].secrets[0].secret',
  ],
  [
    '{"mintmark_registry":1,"clients":[{"id":"a","secrets":[{"file":"a","hash":"b"}]}]}',
    'clients[0].secrets[0]',
  ],
  ['{"mintmark_registry":1,"resources":[{"id":"a"}]}', 'resources[0].scope'],
  ['{"mintmark_registry":1,"mintmark_registry":1}', 'the document'],
]

for (const [text, place] of malformed) {
  test(`the declaration ${text} is refused at ${place}`, async () => {
    assert.deepEqual(await readDeclaration(text, fromFiles), {
      ...{ ok: false, violation: 'document_malformed', subject: place },
    })
  })
}

test('no document makes the reader throw', async () => {
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().map((one) => `{"mintmark_registry":1,"clients":[${one}]}`),
  )
  await fc.assert(
    fc.asyncProperty(text, async (one) => void (await readDeclaration(one, fromFiles))),
    { numRuns: 200 },
  )
})
