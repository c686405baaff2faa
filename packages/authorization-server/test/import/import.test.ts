import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { findSecret } from '@mintmark/testkit'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import { value } from '../registry/registry-world.ts'
import {
  auth0Export,
  hydraExport,
  keycloakExport,
  oidcProviderExport,
  secretOf,
} from './exports.ts'
import { defaultResource, importWorld, read } from './import-world.ts'

test('imported clients authenticate unchanged with the id and the secret that they had [A2] [A11] [N13]', async () => {
  await using there = await importWorld()
  const bcrypt = await bcryptHash(secretOf['billing-sync'] ?? '', { cost: 4 })
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const imports = [
    read('hydra', hydraExport(bcrypt)),
    read('keycloak', keycloakExport),
    read('auth0', auth0Export),
    read('oidc-provider', oidcProviderExport(jwk), { defaultResource }),
  ]
  for (const imported of imports) assert.equal((await there.importInto(imported)).applied, true)
  for (const id of ['orders-sync', 'billing-sync', 'warehouse', 'a0Machine1', 'op-worker']) {
    assert.equal(await there.statusOf(id), 200, id)
    assert.equal(await there.statusOf(id, `${secretOf[id]}x`), 401, id)
  }
  assert.equal(await there.statusOf('reports'), 401, 'it was disabled there')
  await there.administration.registry.setClientDisabled('reports', false)
  assert.equal(await there.statusOf('reports'), 200)
  assert.equal(await there.statusOf('reports', 'the-secret-before-that'), 200)
  const kinds = async () => {
    const { clients } = await there.session.load()
    return new Set(clients.flatMap((client) => client.secrets.map((one) => one.verifier.kind)))
  }
  // Rehashing goes on behind the answer.
  for (let turn = 0; turn < 50 && (await kinds()).has('imported'); turn++)
    await there.session.load()
  assert.deepEqual(await kinds(), new Set(['keyed']))
  await there.administration.registry.setClientDisabled('reports', true)
  for (const imported of imports) {
    const again = await there.importInto(imported, true)
    assert.deepEqual(again.steps, [])
  }
})

test('a plan changes nothing, and what it says is done; a second import is empty [A11] [N13]', async () => {
  await using there = await importWorld()
  const imported = read('keycloak', keycloakExport)
  const plan = await there.importInto(imported, true)
  assert.deepEqual(
    plan.steps.map(({ action, kind, id }) => `${action} ${kind} ${id}`),
    [
      'create resource https://stock.example',
      'create resource urn:imported:stock-api',
      'create client warehouse',
      'create client reports',
      'create client hidden',
    ],
  )
  assert.deepEqual([plan.applied, (await there.session.load()).clients], [false, []])
  assert.deepEqual({ ...(await there.importInto(imported)), applied: false }, plan)
  assert.deepEqual((await there.importInto(imported)).steps, [])
})

test('an import tells what differs and changes only what the export says [A11] [N13]', async () => {
  await using there = await importWorld()
  const { registry } = there.administration
  await there.importInto(read('keycloak', keycloakExport))
  const settings = { label: 'renamed here', addresses: ['10.0.0.0/8'] }
  value(await registry.updateClient('warehouse', { settings }))
  value(await registry.setClientDisabled('hidden', true))
  const [secret] = (await registry.client('warehouse'))?.secrets ?? []
  value(await registry.retireSecret('warehouse', secret?.id ?? '', { force: true }))
  value(await registry.createClient({ id: 'ours', scope: 'view' }))
  const plan = await there.importInto(read('keycloak', keycloakExport))
  assert.deepEqual(
    plan.steps.map(({ id, details }) => [id, details]),
    [['warehouse', ['settings.label']]],
  )
  assert.deepEqual(plan.drift, [
    `client warehouse: secret ${secret?.id} is retired here and stays so`,
    'client hidden is disabled here and stays so',
    'client ours is registered here only',
  ])
  const client = await registry.client('warehouse')
  assert.deepEqual(
    [client?.settings.label, client?.settings.addresses],
    ['Warehouse', ['10.0.0.0/8']],
  )
  assert.equal(await there.statusOf('warehouse'), 401)
})

test('thousands of clients are imported in few transactions [A11] [N13]', async () => {
  await using there = await importWorld()
  const clients = Array.from({ length: 2_500 }, (_, at) => ({
    client_id: `client-${at}`,
    client_secret: `secret-number-${at}`,
    grant_types: ['client_credentials'],
    scope: 'a b',
    audience: ['https://api.example'],
  }))
  const imported = read('hydra', clients)
  const before = there.session.statistics().writes
  const plan = await there.importInto(imported)
  assert.equal(plan.steps.length, 2_501)
  // Three batches, and what else a server writes meanwhile.
  assert.ok(there.session.statistics().writes - before < 10)
  assert.equal(await there.statusOf('client-2499', 'secret-number-2499'), 200)
  assert.deepEqual((await there.importInto(imported, true)).steps, [])
})

test('what was imported shows no secret, in no record [A2] [A11]', async () => {
  await using there = await importWorld()
  await there.importInto(read('keycloak', keycloakExport))
  const records = await there.administration.audit.auditRecords()
  const shown = JSON.stringify([await there.session.load(), records.map((one) => one.detail)])
  assert.equal(findSecret(shown, secretOf.warehouse ?? ''), undefined)
  assert.equal(
    findSecret(JSON.stringify(read('keycloak', keycloakExport)), secretOf.warehouse ?? ''),
    undefined,
  )
})
