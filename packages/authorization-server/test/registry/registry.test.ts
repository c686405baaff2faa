import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { redact } from '@mintmark/protocol'
import { FakeClock, findSecret, the } from '@mintmark/testkit'
import {
  type ClientDraft,
  createAuthorizationServer,
  describeRegistryViolation,
  openRegistry,
  type Registry,
  type RegistryViolation,
  type ResourceDraft,
  sqlite,
} from '../../src/index.ts'

const api: ResourceDraft = { id: the.audience, scope: the.scope }
const partner: ClientDraft = { id: the.clientId, scope: the.scope }

async function registryWith(...resources: readonly ResourceDraft[]): Promise<Registry> {
  const registry = await openRegistry({ storage: sqlite(':memory:'), clock: new FakeClock() })
  for (const resource of resources) assert.ok((await registry.createResource(resource)).ok)
  return registry
}

test('a resource is listed as it was registered, with its defaults [A3]', async () => {
  const registry = await registryWith(api)
  assert.deepEqual(
    (await registry.resources()).map(({ scopes, settings, version: _, ...rest }) => ({
      ...rest,
      scope: scopes.text,
    })),
    [
      {
        id: the.audience,
        scope: the.scope,
        lifetimeSeconds: undefined,
        tokenFormat: 'jwt',
        algorithm: 'ES256',
        createdAt: '2026-11-23T12:00:00.000Z',
      },
    ],
  )
  await registry.close()
})

test('a client gets the resource that owns its scopes, and a secret that is shown once [A2]', async () => {
  const registry = await registryWith(api)
  const created = await registry.createClient(partner)
  assert.ok(created.ok)
  const { client, clientSecret, secretId } = created.value
  assert.deepEqual(
    client.grants.map(({ resource, scopes }) => [resource, scopes.text]),
    [[the.audience, the.scope]],
  )
  assert.deepEqual(client.authenticationMethods, ['client_secret_basic', 'client_secret_post'])
  assert.deepEqual(
    client.secrets.map(({ id }) => id),
    [secretId],
  )
  const listed = JSON.stringify([await registry.clients(), await registry.client(the.clientId)])
  assert.equal(findSecret(listed, clientSecret?.reveal() ?? ''), undefined)
  await registry.close()
})

test('a secret that is brought along is kept as it is [A2]', async () => {
  const registry = await registryWith(api)
  const clientSecret = redact('client secret', 'a secret of long ago: äöü'.replace(/[äöü]/g, 'x'))
  const created = await registry.createClient({ ...partner, clientSecret })
  assert.equal(created.ok && created.value.clientSecret?.reveal(), clientSecret.reveal())
  await registry.close()
})

const refusedResources: readonly (readonly [ResourceDraft, RegistryViolation])[] = [
  [{ ...api, id: 'api' }, 'resource_id_malformed'],
  [{ ...api, id: 'https://api.example#x' }, 'resource_id_malformed'],
  [{ ...api, id: 'https://api.exämple' }, 'resource_id_malformed'],
  [{ ...api, id: '' }, 'resource_id_malformed'],
  [{ ...api, scope: '' }, 'scope_missing'],
  [{ ...api, scope: '   ' }, 'scope_missing'],
  [{ ...api, scope: 'a  b' }, 'scope_malformed'],
  [{ ...api, scope: 'a "b"' }, 'scope_malformed'],
  [{ ...api, scope: 'read *' }, 'scope_malformed'],
  [{ ...api, lifetimeSeconds: 0 }, 'lifetime_out_of_range'],
  [{ ...api, lifetimeSeconds: 1.5 }, 'lifetime_out_of_range'],
  [{ ...api, lifetimeSeconds: Number.NaN }, 'lifetime_out_of_range'],
  [{ ...api, lifetimeSeconds: 604_801 }, 'lifetime_out_of_range'],
  [{ ...api, algorithm: 'none' }, 'algorithm_unknown'],
  [{ ...api, algorithm: 'HS256' }, 'algorithm_unknown'],
  [{ ...api, algorithm: 'es256' }, 'algorithm_unknown'],
]

for (const [draft, violation] of refusedResources) {
  test(`a resource with ${JSON.stringify(draft)} is refused as ${violation}`, async () => {
    const registry = await registryWith()
    const created = await registry.createResource(draft)
    assert.equal(!created.ok && created.violation, violation)
    assert.deepEqual(await registry.resources(), [])
    await registry.close()
  })
}

const other: ResourceDraft = { id: 'https://other.example', scope: 'decisions:read other:read' }

const refusedClients: readonly (readonly [ClientDraft, RegistryViolation, string])[] = [
  [{ ...partner, id: '' }, 'client_id_malformed', ''],
  [{ ...partner, id: 'a b' }, 'client_id_malformed', 'a b'],
  [{ ...partner, id: 'a"b' }, 'client_id_malformed', 'a"b'],
  [{ ...partner, id: 'x'.repeat(256) }, 'client_id_malformed', 'x'.repeat(256)],
  [{ ...partner, scope: '' }, 'scope_missing', ''],
  [{ ...partner, scope: 'admin' }, 'scope_unknown', 'admin'],
  [{ ...partner, scope: 'decisions:read' }, 'scope_ambiguous', 'decisions:read'],
  [{ ...partner, scope: 'other:read', resources: [the.audience] }, 'scope_unknown', 'other:read'],
  [
    { ...partner, resources: ['https://nowhere.example'] },
    'resource_unknown',
    'https://nowhere.example',
  ],
  [
    { ...partner, servesResources: ['https://nowhere.example'] },
    'resource_unknown',
    'https://nowhere.example',
  ],
  [
    { ...partner, resources: [the.audience], authenticationMethods: ['none'] },
    'authentication_method_unknown',
    'none',
  ],
  [
    { ...partner, resources: [the.audience], clientSecret: redact('client secret', 'short') },
    'secret_length',
    '',
  ],
  [
    {
      ...partner,
      resources: [the.audience],
      clientSecret: redact('client secret', 'x'.repeat(513)),
    },
    'secret_length',
    '',
  ],
  [
    {
      ...partner,
      resources: [the.audience],
      clientSecret: redact('client secret', 'tab\tseparated'),
    },
    'secret_alphabet',
    '',
  ],
]

for (const [draft, violation, subject] of refusedClients) {
  const shown = JSON.stringify(draft).slice(0, 120)
  test(`a client with ${shown} is refused as ${violation}`, async () => {
    const registry = await registryWith(api, other)
    assert.deepEqual(await registry.createClient(draft), { ok: false, violation, subject })
    assert.deepEqual(await registry.clients(), [])
    await registry.close()
  })
}

test('a scope that two resources own goes to the ones that are named', async () => {
  const registry = await registryWith(api, other)
  const resources = [the.audience, other.id]
  const created = await registry.createClient({ id: 'both', scope: 'decisions:read', resources })
  assert.ok(created.ok)
  assert.deepEqual(
    created.value.client.grants.map(({ resource }) => resource).sort(),
    [...resources].sort(),
  )
  await registry.close()
})

test('an identifier that is taken is refused, and what it names stays', async () => {
  const registry = await registryWith(api)
  await registry.createClient(partner)
  assert.deepEqual(await registry.createResource(api), {
    ok: false,
    violation: 'resource_exists',
    subject: api.id,
  })
  assert.deepEqual(await registry.createClient(partner), {
    ok: false,
    violation: 'client_exists',
    subject: partner.id,
  })
  await registry.close()
})

test('a client that is not there cannot be disabled or deleted', async () => {
  const registry = await registryWith()
  const unknown = { ok: false, violation: 'client_unknown', subject: 'nobody' }
  assert.deepEqual(await registry.setClientDisabled('nobody', true), unknown)
  assert.deepEqual(await registry.deleteClient('nobody'), unknown)
  assert.equal(await registry.client('nobody'), undefined)
  await registry.close()
})

test('every violation is described in one line that names its subject', () => {
  const violations = [
    ...refusedResources.map(([, violation]) => violation),
    ...refusedClients.map(([, violation]) => violation),
  ]
  for (const violation of new Set(violations)) {
    const line = describeRegistryViolation(violation, 'SUBJECT')
    assert.equal(line.includes('\n'), false)
    assert.ok(line.length > 20 && line.length < 200)
  }
})

test('a running server notices within a second what another process changes [A12]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-registry-'))
  const clock = new FakeClock()
  const server = await createAuthorizationServer({
    issuer: the.issuer,
    storage: sqlite(folder, { clock }),
    clock,
  })
  const registry = await openRegistry({ storage: sqlite(folder) })
  await registry.createResource({ ...api, algorithm: 'EdDSA' })
  const created = await registry.createClient(partner)
  assert.ok(created.ok)
  const authorization = `Basic ${btoa(`${partner.id}:${created.value.clientSecret?.reveal()}`)}`
  const status = async (): Promise<number> => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const request = new Request(the.tokenEndpoint, {
      method: 'POST',
      body,
      headers: { authorization },
    })
    return (await server.fetch(request)).status
  }
  assert.equal(await status(), 401)
  await clock.advance(1_000)
  assert.equal(await status(), 200)
  await registry.setClientDisabled(partner.id, true)
  await clock.advance(1_000)
  assert.equal(await status(), 401)
  await registry.setClientDisabled(partner.id, false)
  await clock.advance(1_000)
  assert.equal(await status(), 200)
  await registry.deleteClient(partner.id)
  await clock.advance(1_000)
  assert.equal(await status(), 401)
  await registry.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

test('neither client secrets nor private keys can be read from the files of a data folder [A2] [A8]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-registry-'))
  const registry = await openRegistry({ storage: sqlite(folder) })
  await registry.createResource(api)
  const clientSecret = redact('client secret', 'correct horse battery staple')
  await registry.createClient({ ...partner, clientSecret })
  await registry.close()
  const octets = readFileSync(join(folder, 'mintmark.db')).toString('latin1')
  assert.equal(findSecret(octets, clientSecret?.reveal() ?? ''), undefined)
  assert.equal(octets.includes('"d"'), false)
  assert.ok(octets.includes(the.clientId), 'the file is the database')
  rmSync(folder, { recursive: true })
})
