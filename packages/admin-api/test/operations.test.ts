/**
 * Every operation of the OpenAPI document, called against a real server: requests and answers are held against the
 * document by another library than the one that made it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { the } from '@mintmark/testkit'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { bootstrapClientId } from '../src/index.ts'
import { operations } from '../src/wire/operations.ts'
import { type AdminWorld, adminWorld } from './admin-world.ts'

interface Step {
  readonly operation: keyof typeof operations
  readonly path: string
  readonly body?: object
  readonly status?: number
}

type Json = Readonly<Record<string, unknown>>

describe('every operation', () => {
  it('takes what the document says, and answers what it says [A13]', async () => {
    await using world = await adminWorld()
    const document = await openApiOf(world)
    const called = new Set<string>()
    const run = async (step: Step): Promise<Json> => {
      called.add(step.operation)
      return await checkedCall(world, document, step)
    }
    await walk(world, run)
    assert.deepEqual([...called].toSorted(), Object.keys(operations).toSorted())
  })
})

async function walk(world: AdminWorld, run: (step: Step) => Promise<Json>): Promise<void> {
  const resource = encodeURIComponent(the.audience)
  await run({ operation: 'status', path: '/status' })
  await run({
    ...{ operation: 'createResource', path: '/resources', status: 201 },
    body: { id: the.audience, scope: the.scope, lifetime_seconds: 600, settings: { label: 'API' } },
  })
  await run({ operation: 'listResources', path: '/resources' })
  await run({ operation: 'readResource', path: `/resources/${resource}` })
  await run({
    ...{ operation: 'updateResource', path: `/resources/${resource}` },
    body: { lifetime_seconds: null, settings: { label: null } },
  })
  const created = await run({
    ...{ operation: 'createClient', path: '/clients', status: 201 },
    body: {
      id: 'partner/a',
      scope: the.scope,
      settings: {
        label: 'Partner',
        addresses: ['10.0.0.0/8'],
        quotas: [{ name: 'day', tokens: 10, window_seconds: 86_400 }],
      },
    },
  })
  assert.match(String(created.client_secret), /^mm_/)
  const client = '/clients/partner%2Fa'
  await run({ operation: 'listClients', path: '/clients?limit=1&search=p' })
  await run({ operation: 'readClient', path: client })
  await run({ operation: 'updateClient', path: client, body: { settings: { quotas: null } } })
  const added = await run({
    ...{ operation: 'addSecret', path: `${client}/secrets`, status: 201 },
    body: { label: 'next', expires_at: '2099-01-01T00:00:00Z' },
  })
  const { id: secretId } = added.secret as { readonly id: string }
  await run({ operation: 'listSecrets', path: `${client}/secrets` })
  const secret = `${client}/secrets/${secretId}`
  await run({ operation: 'updateSecret', path: secret, body: { label: null } })
  await run({ operation: 'retireSecret', path: `${secret}/retire`, body: { force: true } })
  await run({ operation: 'deleteSecret', path: secret })
  await tokensAndTrail(world, run)
  const exported = await run({ operation: 'exportRegistry', path: '/registry' })
  await run({ operation: 'exportRegistryWithSecrets', path: '/registry/export' })
  const declared = { mode: 'replace', plan_only: true, declaration: exported }
  const plan = await run({
    ...{ operation: 'declareRegistry', path: '/registry/declare', body: declared },
  })
  assert.deepEqual(plan, { applied: false, steps: [], drift: [] })
  await run({ operation: 'disableClient', path: `${client}/disable` })
  await run({ operation: 'enableClient', path: `${client}/enable` })
  await run({ operation: 'revokeClientTokens', path: `${client}/revoke-tokens` })
  await run({ operation: 'deleteClient', path: client })
  await run({ operation: 'deleteResource', path: `/resources/${resource}?cascade=true` })
  const rotated = await run({ operation: 'rotateKey', path: '/keys/rotate', body: {} })
  const { kid } = rotated.key as { readonly kid: string }
  await run({ operation: 'listKeys', path: '/keys' })
  await run({ operation: 'compromiseKey', path: `/keys/${kid}/compromise` })
}

async function tokensAndTrail(
  world: AdminWorld,
  run: (step: Step) => Promise<Json>,
): Promise<void> {
  const token = await world.token('admin:read')
  const look = {
    operation: 'introspectToken',
    path: '/tokens/introspect',
    body: { token },
  } as const
  assert.equal((await run(look)).client_id, bootstrapClientId)
  const revoke = { operation: 'revokeToken', path: '/tokens/revoke', body: { token } } as const
  assert.deepEqual(await run(revoke), { revoked: true })
  assert.deepEqual(await run(look), { active: false })
  assert.deepEqual(await run(revoke), { revoked: false })
  const page = await run({ operation: 'listAuditRecords', path: '/audit?after=0&limit=2' })
  assert.equal((page.records as readonly unknown[]).length, 2)
  assert.equal(page.next, 2)
  const signed = await run({ operation: 'signCheckpoint', path: '/audit/checkpoint' })
  const verify = { operation: 'verifyAudit', path: '/audit/verify' } as const
  const verdict = await run({ ...verify, body: { checkpoint: signed.checkpoint } })
  assert.equal(verdict.ok, true)
  const refused = await world.server.fetch(new Request(the.tokenEndpoint))
  const { error_uri } = (await refused.json()) as { readonly error_uri: string }
  const reference = encodeURIComponent(error_uri)
  const explained = await run({ operation: 'explainRefusal', path: `/refusals/${reference}` })
  assert.equal(explained.reason, 'method_not_allowed')
  const discipline = await run({ operation: 'cacheDiscipline', path: '/cache-discipline?limit=5' })
  assert.equal((discipline.clients as readonly unknown[]).length, 1)
}

interface Media {
  readonly content?: { readonly 'application/json'?: { readonly schema: object } }
}

interface DocumentedOperation {
  readonly operationId: string
  readonly requestBody?: Media
  readonly responses: Readonly<Record<string, Media>>
}

type OpenApi = Readonly<Record<string, DocumentedOperation>>

async function openApiOf(world: AdminWorld): Promise<OpenApi> {
  const response = await world.get('/admin/openapi.json')
  const { paths } = (await response.json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  }
  const all = Object.values(paths).flatMap((methods) => Object.values(methods))
  return Object.fromEntries(all.map((one) => [one.operationId, one]))
}

async function checkedCall(
  world: AdminWorld,
  document: OpenApi,
  { operation, path, body, status = 200 }: Step,
): Promise<Json> {
  const documented = document[operation]
  assert.ok(documented, operation)
  if (body !== undefined) conforms(body, documented.requestBody, `${operation} request`)
  const response = await world.call(operations[operation].method, `/admin/v1${path}`, body)
  const answer = (await response.json()) as Json
  assert.equal(response.status, status, `${operation}: ${JSON.stringify(answer)}`)
  conforms(answer, documented.responses[status], `${operation} answer`)
  return answer
}

/** One for all: each has to compile what the schemas are written in, and keeps what it has compiled. */
const ajv = new Ajv2020({ strict: false, validateFormats: false })

function conforms(value: unknown, media: Media | undefined, what: string): void {
  const schema = media?.content?.['application/json']?.schema
  assert.ok(schema, `${what} has a schema`)
  const check = ajv.compile(schema)
  assert.ok(check(value), `${what}: ${ajv.errorsText(check.errors)}`)
}
