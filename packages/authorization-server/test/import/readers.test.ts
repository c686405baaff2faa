import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { hash as bcryptHash } from '@node-rs/bcrypt'
import fc from 'fast-check'
import { type ImportedRegistry, importSources, readExport } from '../../src/index.ts'
import { auth0Export, hydraExport, keycloakExport, oidcProviderExport } from './exports.ts'
import { defaultResource, read } from './import-world.ts'

/** The clients of an import as lines. */
function clientLines({ clients }: ImportedRegistry): readonly string[] {
  return clients.map(({ id, grants, authenticationMethods, secrets }) => {
    const granted = grants?.map(({ resource, scope, defaultScope }) =>
      [resource, scope, ...(defaultScope === undefined ? [] : [`by default ${defaultScope}`])].join(
        ' ',
      ),
    )
    return [id, granted?.join(', '), authenticationMethods?.join(' '), secrets?.length].join(' | ')
  })
}

const bySecret = 'client_secret_basic client_secret_post'

test('clients of Hydra keep their ids, scopes, audiences and lifetimes [A11] [N13]', async () => {
  const imported = read('hydra', hydraExport(await bcryptHash('x', { cost: 4 })))
  assert.deepEqual(clientLines(imported), [
    `orders-sync | https://orders.example orders:read orders:write | ${bySecret} | 1`,
    [
      'billing-sync',
      'https://orders.example bills:read offline_access, https://bills.example bills:read offline_access',
      ...[bySecret, 1],
    ].join(' | '),
  ])
  assert.deepEqual(
    imported.resources.map(({ id, scope, lifetimeSeconds }) => [id, scope, lifetimeSeconds]),
    [
      ['https://orders.example', 'orders:read orders:write bills:read offline_access', 5_400],
      ['https://bills.example', 'bills:read offline_access', 5_400],
    ],
  )
  assert.deepEqual(
    imported.clients.map((client) => [client.settings?.label, client.settings?.lifetimeSecondsMax]),
    [
      ['Orders sync', 1_800],
      [undefined, undefined],
    ],
  )
  assert.deepEqual(imported.skipped, [
    {
      id: 'web-shop',
      reason: 'it signs in people: client_credentials is not among its grant types',
    },
    { id: 'spa', reason: 'it is a public client' },
    { id: 'no-audience', reason: 'it has no audience; name a resource for such clients' },
  ])
})

test('clients of Keycloak get scopes from client scopes and roles, and audiences from mappers [A11] [N13]', () => {
  const imported = read('keycloak', keycloakExport)
  assert.deepEqual(clientLines(imported), [
    `warehouse | https://stock.example stock:read stock:write by default stock:read | ${bySecret} | 1`,
    `reports | urn:imported:stock-api view | ${bySecret} | 2`,
    `hidden | urn:imported:stock-api stock:read | ${bySecret} | 0`,
  ])
  assert.deepEqual(
    imported.clients.map((client) => client.disabled),
    [false, true, false],
  )
  assert.deepEqual(
    imported.resources.map(({ id, lifetimeSeconds }) => [id, lifetimeSeconds]),
    [
      ['https://stock.example', 600],
      ['urn:imported:stock-api', 300],
    ],
  )
  assert.deepEqual(
    imported.skipped.map(({ id }) => id),
    ['stock-api', 'shop-frontend', 'portal'],
  )
  assert.deepEqual(imported.notices, [
    'client hidden: the export has no secret of it; export with kc.sh',
    'audience "stock-api" is not a URI; here it is urn:imported:stock-api',
  ])
})

test('applications of Auth0 get what they are granted at its resource servers [A11] [N13]', () => {
  const imported = read('auth0', auth0Export)
  assert.deepEqual(clientLines(imported), [
    `a0Machine1 | https://orders.example/ read:orders | ${bySecret} | 1`,
  ])
  const [resource] = imported.resources
  assert.deepEqual(
    [resource?.scope, resource?.lifetimeSeconds, resource?.algorithm, resource?.settings?.label],
    ['read:orders write:orders', 86_400, 'RS256', 'Orders API'],
  )
  assert.deepEqual(imported.skipped, [
    { id: 'a0Shop', reason: 'it signs in people: client_credentials is not granted' },
    { id: 'a0Idle', reason: 'no API is granted to it' },
    { id: 'a0Keyed', reason: 'the export has no keys or certificates; register it with its own' },
  ])
  assert.deepEqual(imported.notices, [
    "client a0Machine1: its grant of Auth0's own management API is left out",
  ])
})

test('clients of oidc-provider keep their keys and go to the resource that was named [A11] [N13]', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const document = oidcProviderExport(publicKey.export({ format: 'jwk' }))
  const imported = read('oidc-provider', document, { defaultResource })
  assert.deepEqual(clientLines(imported), [
    `op-worker | ${defaultResource} jobs:run | ${bySecret} | 1`,
    `op-signer | ${defaultResource}  | private_key_jwt | 0`,
  ])
  const [, signer] = imported.clients
  assert.deepEqual(
    [
      signer?.settings?.keys?.kind,
      signer?.settings?.senderConstraint,
      signer?.settings?.assertionAudience,
    ],
    ['jwks', 'dpop', 'legacy'],
  )
  assert.deepEqual(
    imported.skipped.map(({ id }) => id),
    ['op-web', 'op-keyless'],
  )
  assert.deepEqual(read('oidc-provider', document).clients, [])
})

test('lists of one’s own are read from JSON and from CSV alike [A11]', () => {
  const csv = [
    'client_id,client_secret,scope,resource,label,disabled,lifetime_seconds',
    'csv-one,"csv, ""quoted"" secret",jobs:run,https://jobs.example,"One, two",false,60',
    '',
    'csv-two,,jobs:run,,,true,',
  ].join('\r\n')
  const fromCsv = read('csv', csv, { defaultResource })
  const fromJson = read(
    'json',
    [
      {
        ...{ client_id: 'csv-one', client_secret: 'csv, "quoted" secret', scope: 'jobs:run' },
        ...{ resource: 'https://jobs.example', label: 'One, two', lifetime_seconds: 60 },
      },
      { client_id: 'csv-two', scope: 'jobs:run', disabled: true },
    ],
    { defaultResource },
  )
  assert.deepEqual(fromCsv, fromJson)
  assert.equal(fromCsv.clients.length, 2)
  assert.equal(readExport('csv', 'a,b\n"never ends', { defaultResource }), undefined)
})

test('no export makes the readers throw, and nothing that cannot be registered comes out of them [A11]', () => {
  const member = fc.constantFrom(
    ...[
      'client_id',
      'clientId',
      'clients',
      'grant_types',
      'scope',
      'audience',
      'client_secret',
      'jwks',
    ],
    ...[
      'payload',
      'items',
      'clientGrants',
      'resourceServers',
      'identifier',
      'scopes',
      'attributes',
    ],
    ...[
      'serviceAccountsEnabled',
      'users',
      'protocolMappers',
      'config',
      'secret',
      '__proto__',
      'id',
    ],
  )
  const leaf = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'client_credentials',
      'https://a.example',
      '[',
      '{"a":',
      '$2b$10$x',
      true,
      0,
      null,
    ),
    fc.double(),
  )
  const { document } = documents(member, leaf)
  fc.assert(
    fc.property(document, fc.constantFrom(...importSources), (one, source) => {
      const imported = readExport(source, JSON.stringify(one) ?? '', { defaultResource })
      for (const client of imported?.clients ?? []) assert.ok(client.id.length <= 255)
    }),
    { numRuns: 200 },
  )
})

function documents(member: fc.Arbitrary<string>, leaf: fc.Arbitrary<unknown>) {
  return fc.letrec((tie) => ({
    document: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('document'), { maxLength: 4 }),
      fc.dictionary(member, tie('document'), { maxKeys: 6 }),
    ),
  }))
}
