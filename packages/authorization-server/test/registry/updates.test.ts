import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import type { ClientPatch, ResourcePatch } from '../../src/index.ts'
import { grantLines, otherApi, registryFixture, value, violation } from './registry-world.ts'

test('an update replaces the members that it names and leaves the others alone [A3]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const before = value(
    await registry.updateClient(the.clientId, {
      settings: { label: 'the partner', addresses: ['10.0.0.0/8'] },
    }),
  )
  const after = value(
    await registry.updateClient(the.clientId, {
      authenticationMethods: ['client_secret_post'],
      settings: { senderConstraint: 'dpop' },
    }),
  )
  assert.deepEqual(after, {
    ...{ ...before, version: after.version },
    authenticationMethods: ['client_secret_post'],
    settings: { ...before.settings, senderConstraint: 'dpop' },
  })
  assert.deepEqual(await registry.client(the.clientId), after)
})

test('null puts a member back to its default [A3]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  await registry.updateClient(the.clientId, {
    authenticationMethods: ['client_secret_post'],
    servesResources: [the.audience],
    settings: { label: 'x', addresses: ['10.0.0.0/8'], senderConstraint: 'dpop' },
  })
  const cleared: ClientPatch = {
    authenticationMethods: null,
    servesResources: null,
    settings: { label: null, addresses: null, senderConstraint: null },
  }
  const client = value(await registry.updateClient(the.clientId, cleared))
  assert.deepEqual(client.authenticationMethods, ['client_secret_basic', 'client_secret_post'])
  assert.deepEqual(client.servesResources, [])
  assert.deepEqual(
    [client.settings.label, client.settings.addresses, client.settings.senderConstraint],
    [undefined, [], 'none'],
  )
})

test('a new scope stays with the resources that the client has, where they own it [A3]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  value(await registry.createResource({ id: 'https://third.example', scope: the.scope }))
  const client = value(
    await registry.updateClient(the.clientId, { scope: 'decisions:read other:read' }),
  )
  assert.deepEqual(grantLines(client), [
    `${the.audience}: decisions:read`,
    `${otherApi}: other:read`,
  ])
})

test('a default scope is what a client gets at each resource when it names none [A3]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const patch = { defaultScope: 'decisions:read' }
  const client = value(await registry.updateClient(the.clientId, patch))
  assert.equal(client.grants[0]?.defaultScopes?.text, 'decisions:read')
  const narrower = { scope: 'applications:write' }
  assert.equal(
    violation(await registry.updateClient(the.clientId, narrower)),
    'default_scope_exceeds',
  )
  const without = { ...narrower, defaultScope: null }
  const last = value(await registry.updateClient(the.clientId, without))
  assert.equal(last.grants[0]?.defaultScopes, undefined)
})

test('grants can be given resource by resource [A3]', async () => {
  await using world = await registryFixture()
  const grants = [
    { resource: the.audience, scope: 'decisions:read' },
    { resource: otherApi, scope: 'other:read other:write', defaultScope: 'other:read' },
  ]
  const client = value(await world.registry.updateClient(the.clientId, { grants }))
  assert.deepEqual(grantLines(client), [
    `${the.audience}: decisions:read`,
    `${otherApi}: other:read other:write`,
  ])
  assert.deepEqual(
    client.grants.map((grant) => grant.defaultScopes?.text),
    [undefined, 'other:read'],
  )
})

test('the name in a certificate is one, of a kind that there is [A6]', async () => {
  await using world = await registryFixture()
  const named = { kind: 'san_dns', value: 'client.example' } as const
  const patch = { settings: { certificate: named } }
  const client = value(await world.registry.updateClient(the.clientId, patch))
  assert.deepEqual(client.settings.certificate, named)
  for (const certificate of [
    { kind: 'subject', value: 'CN=partner' },
    { kind: 'subject_dn', value: '' },
    { subject_dn: 'CN=partner', san_dns: 'client.example' },
    [named, { kind: 'san_uri', value: 'https://client.example' }],
  ]) {
    const wrong = { settings: { certificate } } as unknown as ClientPatch
    const refused = violation(await world.registry.updateClient(the.clientId, wrong))
    assert.equal(refused, 'certificate_malformed', JSON.stringify(certificate))
  }
})

const refusedPatches: readonly (readonly [ClientPatch, string])[] = [
  [{ scope: 'nobody:owns' }, 'scope_unknown'],
  [{ scope: 'a  b' }, 'scope_malformed'],
  [{ scope: '' }, 'scope_missing'],
  [{ resources: ['https://nowhere.example'] }, 'resource_unknown'],
  [{ scope: 'other:read', grants: [] }, 'scope_and_grants'],
  [{ grants: [{ resource: 'https://nowhere.example', scope: '' }] }, 'resource_unknown'],
  [{ grants: [{ resource: otherApi, scope: 'decisions:read' }] }, 'scope_unknown'],
  [{ grants: [1, 2].map(() => ({ resource: otherApi, scope: 'other:read' })) }, 'grant_repeated'],
  [
    { grants: [{ resource: otherApi, scope: 'other:read', defaultScope: 'other:write' }] },
    'default_scope_exceeds',
  ],
  [{ servesResources: ['https://nowhere.example'] }, 'resource_unknown'],
  [{ authenticationMethods: [] }, 'authentication_method_missing'],
  [{ authenticationMethods: ['none'] }, 'authentication_method_unknown'],
  [{ authenticationMethods: ['private_key_jwt'] }, 'method_needs_keys'],
  [{ authenticationMethods: ['self_signed_tls_client_auth'] }, 'method_needs_keys'],
  [{ authenticationMethods: ['tls_client_auth'] }, 'method_needs_certificate'],
  [{ authenticationMethods: ['federated_jwt'] }, 'method_needs_identity'],
  [{ authenticationMethods: ['spiffe_jwt'] }, 'method_needs_identity'],
  [{ settings: { defaultResource: otherApi } }, 'default_resource_not_granted'],
]

for (const [patch, expected] of refusedPatches) {
  test(`an update with ${JSON.stringify(patch)} is refused as ${expected} and changes nothing`, async () => {
    await using world = await registryFixture()
    const before = await world.registry.client(the.clientId)
    assert.equal(violation(await world.registry.updateClient(the.clientId, patch)), expected)
    assert.deepEqual(await world.registry.client(the.clientId), before)
  })
}

test('what is not there cannot be updated', async () => {
  await using world = await registryFixture()
  assert.equal(violation(await world.registry.updateClient('nobody', {})), 'client_unknown')
  assert.equal(violation(await world.registry.updateResource('urn:x', {})), 'resource_unknown')
  assert.equal(violation(await world.registry.deleteResource('urn:x')), 'resource_unknown')
})

test('a resource is updated member by member, and gets the signing key that it needs [A3]', async () => {
  await using world = await registryFixture()
  const { registry, session } = world
  const patch: ResourcePatch = {
    lifetimeSeconds: 60,
    algorithm: 'EdDSA',
    settings: { label: 'the API' },
  }
  const updated = value(await registry.updateResource(the.audience, patch))
  assert.deepEqual(
    [updated.lifetimeSeconds, updated.algorithm, updated.settings.label, updated.scopes.text],
    [60, 'EdDSA', 'the API', the.scope],
  )
  assert.ok((await session.load()).signingKeys.some((key) => key.algorithm === 'EdDSA'))
  const cleared = { lifetimeSeconds: null, algorithm: null, settings: { label: null } }
  const last = value(await registry.updateResource(the.audience, cleared))
  assert.deepEqual(
    [last.lifetimeSeconds, last.algorithm, last.settings.label],
    [undefined, 'ES256', undefined],
  )
  assert.equal(
    violation(await registry.updateResource(the.audience, { scope: '' })),
    'scope_missing',
  )
})

test('a scope that clients are granted goes only together with their grants [A3]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const patch = { scope: 'decisions:read' }
  assert.deepEqual(await registry.updateResource(the.audience, patch), {
    ...{ ok: false, violation: 'scope_in_use', subject: 'applications:write' },
  })
  value(await registry.updateResource(the.audience, patch, { cascade: true }))
  const client = await registry.client(the.clientId)
  assert.deepEqual(client && grantLines(client), [`${the.audience}: decisions:read`])
})

test('a resource that clients have to do with goes only together with their grants [A3]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  value(await registry.updateClient(the.clientId, { settings: { defaultResource: the.audience } }))
  assert.equal(violation(await registry.deleteResource(the.audience)), 'resource_in_use')
  value(await registry.deleteResource(the.audience, { cascade: true }))
  const client = await registry.client(the.clientId)
  assert.deepEqual([client?.grants, client?.settings.defaultResource], [[], undefined])
  assert.equal(await registry.resource(the.audience), undefined)
  value(await registry.deleteResource(otherApi))
})

test('two operators who change different things of one client at once both get what they asked for [A12]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  await Promise.all([
    registry.setClientDisabled(the.clientId, true),
    registry.updateClient(the.clientId, { settings: { label: 'one' } }),
    registry.updateClient(the.clientId, { settings: { addresses: ['10.0.0.1'] } }),
    registry.addSecret(the.clientId),
  ])
  const client = await registry.client(the.clientId)
  assert.deepEqual(
    [client?.disabled, client?.settings.label, client?.settings.addresses, client?.secrets.length],
    [true, 'one', ['10.0.0.1'], 2],
  )
})

test('clients are listed in pages, and found by id and label [A13]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  for (let at = 0; at < 25; at++) {
    const settings = { label: at % 2 === 0 ? 'Even Partner' : 'odd "partner"' }
    const id = `client-${String(at).padStart(2, '0')}`
    value(await registry.createClient({ id, scope: 'other:read', settings }))
  }
  const ids = async (query: Parameters<typeof registry.clients>[0]) =>
    (await registry.clients(query)).map((client) => client.id)
  assert.deepEqual(await ids({ limit: 2 }), ['client-00', 'client-01'])
  assert.deepEqual(await ids({ limit: 2, after: 'client-01' }), ['client-02', 'client-03'])
  assert.deepEqual(await ids({ search: 'CLIENT-1', limit: 3 }), [
    'client-10',
    'client-11',
    'client-12',
  ])
  assert.equal((await ids({ search: 'even' })).length, 13)
  assert.deepEqual(await ids({ search: 'odd "', limit: 1, after: 'client-03' }), ['client-05'])
  assert.deepEqual(await ids({ search: '%' }), [])
  assert.deepEqual(await ids({ search: 'senderConstraint' }), [])
  assert.equal((await ids({})).length, 26)
})

test('the audit trail says who changed what, and through what [A13]', async () => {
  await using world = await registryFixture()
  const { registry, session } = world
  await registry.updateClient(the.clientId, { settings: { label: 'x' } })
  const records = await session.auditRecords(0, 100)
  const last = records.at(-1)
  assert.deepEqual(
    [last?.action, last?.subjectId, last?.actor, last?.via],
    ['client_updated', the.clientId, 'library', 'library'],
  )
})
