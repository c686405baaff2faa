import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeclaredRegistry } from '../../src/index.ts'
import { serving, the } from '../serving.ts'

test('who administers the server is told of and not pruned, whatever is declared [A11] [A13]', async () => {
  await using world = await serving()
  const { registry, declarations } = world.server.administration({ actor: 'test', via: 'library' })
  await registry.createResource({ id: 'urn:mintmark:admin', scope: 'admin:read' })
  await registry.createClient({ id: 'root', scope: 'admin:read' })
  const declared: DeclaredRegistry = {
    resources: [{ id: the.audience, scope: the.scope }],
    clients: [{ id: 'declared', scope: the.scope }],
  }
  const pruning = { mode: 'replace', prune: true } as const
  const done = await declarations.declare(declared, pruning)
  assert.ok(done.ok)
  const deleted = done.value.steps.filter(({ action }) => action === 'delete').map(({ id }) => id)
  assert.deepEqual(deleted, [the.clientId, 'https://other.example'])
  assert.deepEqual(done.value.drift, ['client root is registered here only'])
  const again = await declarations.declare(declared, pruning)
  assert.deepEqual(again.ok && again.value.steps, [])
  assert.deepEqual(
    (await registry.clients()).map(({ id }) => id),
    ['declared', 'root'],
  )
  assert.ok(await registry.resource('urn:mintmark:admin'))
})

test('who administers the server is changed by being declared [A11]', async () => {
  await using world = await serving()
  const { registry, declarations } = world.server.administration({ actor: 'test', via: 'library' })
  await registry.createResource({ id: 'urn:mintmark:admin', scope: 'admin:read admin:write' })
  await registry.createClient({ id: 'root', scope: 'admin:read admin:write' })
  const exported = await declarations.exportRegistry()
  const clients = exported.clients.map((client) =>
    client.id === 'root' ? { ...client, disabled: true } : client,
  )
  const done = await declarations.declare({ ...exported, clients }, { mode: 'replace' })
  assert.deepEqual(done.ok && done.value.steps.map(({ id }) => id), ['root'])
  assert.equal((await registry.client('root'))?.disabled, true)
})
