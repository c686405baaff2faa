import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { seededRandom } from '@mintmark/testkit'
import { CredentialMemory } from '../../src/client-authentication/recognised-credentials.ts'
import { MemoryRegistry } from '../../src/registry/registry-snapshot.ts'
import { someClient, someSecret } from '../registered.ts'
import { basicOf, type Serving, serving, the } from '../serving.ts'

const basic = basicOf(the.clientId, 'a secret')

function remembering() {
  const registry = new MemoryRegistry()
  const secret = someSecret('s1', new Uint8Array(32))
  const record = someClient(the.clientId, { secrets: [secret] })
  registry.replace({ clients: [record], resources: [] })
  const memory = new CredentialMemory(seededRandom(1), () => registry)
  const client = registry.client(the.clientId)
  assert.ok(client !== undefined)
  memory.remember(basic, { client, secret })
  return { registry, record, secret, memory, client }
}

describe('remembered credentials', () => {
  it('are recognised, and no others [A6]', () => {
    const { memory, client, secret } = remembering()
    assert.deepEqual(memory.recognise(basic), { client, secret })
    for (const other of [`${basic} `, basic.toLowerCase(), basic.slice(0, -1), '', 'Basic ']) {
      assert.equal(memory.recognise(other), undefined)
    }
  })

  it('are forgotten when anything about their client changes [A6]', () => {
    const { registry, record, memory } = remembering()
    registry.merge({
      ...{ sequence: 1, clients: [record], deletedClients: [], resources: undefined },
      ...{ signingKeys: undefined, epochs: [], revocations: [] },
    })
    assert.equal(memory.recognise(basic), undefined)
  })

  it('are forgotten with their client [A6]', () => {
    const { registry, memory } = remembering()
    registry.replace({ clients: [], resources: [] })
    assert.equal(memory.recognise(basic), undefined)
  })

  it('are not kept when they are longer than any of ours [A10]', () => {
    const { memory, client, secret } = remembering()
    const long = `Basic ${'A'.repeat(600)}`
    memory.remember(long, { client, secret })
    assert.equal(memory.recognise(long), undefined)
  })
})

const form = { grant_type: 'client_credentials' }

async function statusOf(world: Serving, authorization: string, more = {}): Promise<number> {
  return (await world.post('/oauth/token', { ...form, ...more }, { authorization })).status
}

test('a secret that was just used is refused from the moment at which it expires [A6]', async () => {
  await using world = await serving()
  const [secret] = (await world.server.registry.client(the.clientId))?.secrets ?? []
  assert.ok(secret !== undefined)
  const expiresAt = new Date(world.clock.wallMs() + 60_000).toISOString()
  await world.server.registry.updateSecret(the.clientId, secret.id, { expiresAt })
  assert.deepEqual(
    [await statusOf(world, world.basic), await statusOf(world, world.basic)],
    [200, 200],
  )
  await world.clock.advance(60_000)
  assert.equal(await statusOf(world, world.basic), 401)
})

test('a client that was just served is refused when it is disabled, and served again later [A6]', async () => {
  await using world = await serving()
  assert.deepEqual(
    [await statusOf(world, world.basic), await statusOf(world, world.basic)],
    [200, 200],
  )
  await world.server.registry.setClientDisabled(the.clientId, true)
  assert.equal(await statusOf(world, world.basic), 401)
  await world.server.registry.setClientDisabled(the.clientId, false)
  assert.equal(await statusOf(world, world.basic), 200)
})

test('credentials that were right are refused beside those of another client or method [A6]', async () => {
  await using world = await serving()
  assert.equal(await statusOf(world, world.basic), 200)
  assert.equal(await statusOf(world, world.basic, { client_id: the.clientId }), 200)
  assert.equal(await statusOf(world, world.basic, { client_id: 'somebody-else' }), 400)
  assert.equal(await statusOf(world, world.basic, { client_secret: world.secret }), 400)
  assert.equal(await statusOf(world, world.basic, { client_assertion: 'x' }), 400)
})
