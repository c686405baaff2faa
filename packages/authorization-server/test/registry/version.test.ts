import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import { otherApi, registryFixture, value, violation } from './registry-world.ts'

test('each change of a client makes another version, and reading makes none [A13]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const versionNow = async () => (await registry.client(the.clientId))?.version
  const seen = [await versionNow()]
  const changes = [
    () =>
      registry.updateClient(the.clientId, {
        scope: 'other:write other:read decisions:read applications:write',
        authenticationMethods: ['client_secret_post', 'client_secret_basic'],
        servesResources: [the.audience, otherApi],
      }),
    () =>
      registry.updateClient(the.clientId, {
        settings: {
          quotas: [{ name: 'b', tokens: 1, windowSeconds: 60 }],
          certificate: { value: 'partner.example', kind: 'san_dns' },
        },
      }),
    () => registry.setClientDisabled(the.clientId, true),
  ]
  for (const change of changes) {
    const { version } = value(await change())
    assert.equal(version, await versionNow(), 'as told')
    assert.equal(version, await versionNow(), 'as before')
    seen.push(version)
  }
  value(await registry.addSecret(the.clientId))
  seen.push(await versionNow())
  assert.equal(new Set(seen).size, 5)
  const [listed] = await registry.clients()
  assert.equal(listed?.version, seen.at(-1))
})

test('each change of a resource makes another version, and reading makes none [A13]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const versionNow = async () => (await registry.resource(otherApi))?.version
  const first = await versionNow()
  const settings = {
    authorizationDetailsTypes: ['b', 'a'],
    authorizationDetailsMembers: { b: ['x'], a: ['y'] },
  }
  const { version } = value(await registry.updateResource(otherApi, { settings }))
  assert.notEqual(version, first)
  assert.equal(version, await versionNow())
  const back = { authorizationDetailsTypes: null, authorizationDetailsMembers: null }
  assert.equal(value(await registry.updateResource(otherApi, { settings: back })).version, first)
})

test('a change that is for another version changes nothing [A13]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const client = await registry.client(the.clientId)
  const resource = await registry.resource(otherApi)
  assert.ok(client && resource)
  value(await registry.updateClient(the.clientId, { settings: { label: 'first' } }))
  value(await registry.updateResource(otherApi, { lifetimeSeconds: 60 }))
  const before = [await registry.client(the.clientId), await registry.resource(otherApi)]
  const refused = [
    await registry.updateClient(the.clientId, { scope: the.scope }, { ifVersion: client.version }),
    await registry.deleteClient(the.clientId, { ifVersion: [client.version, 'x'] }),
    await registry.deleteClient(the.clientId, { ifVersion: [] }),
    await registry.deleteClient(the.clientId, { ifVersion: `${before[0]?.version} x` }),
    await registry.updateResource(otherApi, { scope: 'a' }, { ifVersion: resource.version }),
    await registry.deleteResource(otherApi, { ifVersion: resource.version }),
  ]
  assert.deepEqual(
    refused.map(violation),
    refused.map(() => 'version_outdated'),
  )
  assert.deepEqual(before, [await registry.client(the.clientId), await registry.resource(otherApi)])
  const ifVersion = ['x', before[0]?.version ?? '']
  value(await registry.deleteClient(the.clientId, { ifVersion }))
  value(await registry.deleteResource(otherApi, { ifVersion: before[1]?.version }))
  assert.equal(
    violation(await registry.updateClient(the.clientId, {}, { ifVersion })),
    'client_unknown',
  )
})

test('of changes at once that are for one version one is made [A13]', async () => {
  await using world = await registryFixture()
  const { registry } = world
  const ifVersion = (await registry.client(the.clientId))?.version
  const labels = ['a', 'b', 'c', 'd', 'e']
  const results = await Promise.all(
    labels.map((label) =>
      registry.updateClient(the.clientId, { settings: { label } }, { ifVersion }),
    ),
  )
  const made = results.filter((result) => result.ok)
  assert.equal(made.length, 1)
  const [winner] = made
  const client = await registry.client(the.clientId)
  assert.equal(winner?.ok && winner.value.version, client?.version)
})
