import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Administration } from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import { systemTransport, type Transport } from '@mintmark/runtime'
import { jsonResponse, the } from '@mintmark/testkit'
import { createHttpAdministration } from '../src/remote.ts'
import { type AdminWorld, adminWorld } from './admin-world.ts'

describe('administration over HTTP', () => {
  it('sees what administration of the storage sees [A13]', async () => {
    await using world = await adminWorld()
    const { local, remote } = await bothOf(world)
    const resource = await remote.registry.createResource({
      ...{ id: the.audience, scope: the.scope, lifetimeSeconds: 600, algorithm: 'EdDSA' },
      settings: {
        ...{ label: 'API', authorizationDetailsTypes: ['payment'] },
        authorizationDetailsMembers: { payment: ['creditorName'] },
      },
    })
    assert.equal(resource.ok, true)
    const created = await remote.registry.createClient({
      ...{ id: 'partner a/b?'.replaceAll(' ', '-'), scope: the.scope, defaultScope: '' },
      clientSecret: redact('client secret', 'brought-along-secret'),
      settings: {
        ...{ label: 'Partner', lifetimeSecondsMax: 60, addresses: ['10.0.0.0/8'] },
        quotas: [{ name: 'day', tokens: 5, windowSeconds: 60 }],
        keys: { kind: 'jwks_uri', jwksUri: 'https://partner.example/jwks' },
        federatedIdentities: [
          {
            ...{ kind: 'oidc', issuer: 'https://ci.example', subject: 'repo:a' },
            ...{ audience: undefined, jwksUri: undefined },
          },
        ],
        certificate: { kind: 'san_dns', value: 'partner.example' },
      },
    })
    assert.ok(created.ok, JSON.stringify(created))
    assert.equal(created.value.clientSecret?.reveal(), 'brought-along-secret')
    const { id } = created.value.client
    const added = await remote.registry.addSecret(id, { label: 'next' })
    assert.ok(added.ok)
    const reads: readonly ((of: Administration) => Promise<unknown>)[] = [
      ({ registry }) => registry.resources(),
      ({ registry }) => registry.resource(the.audience),
      ({ registry }) => registry.resource('https://nobody.example'),
      ({ registry }) => registry.clients(),
      ({ registry }) => registry.clients({ limit: 1, after: 'mintmark-admin', search: 'PART' }),
      ({ registry }) => registry.client(id),
      ({ registry }) => registry.client('nobody'),
      ({ registry }) => registry.secrets(id),
      ({ keys }) => keys.keys(),
      ({ audit }) => audit.auditRecords({ after: 1, limit: 3 }),
      ({ audit }) => audit.auditRecords({ clientId: id }),
      ({ audit }) => audit.verifyAudit(),
    ]
    for (const read of reads) assert.deepEqual(await read(remote), await read(local))
  })

  it('changes what administration of the storage changes, and is refused what that is refused [A13]', async () => {
    await using world = await adminWorld()
    const { remote } = await bothOf(world)
    const { registry } = remote
    await registry.createResource({ id: the.audience, scope: the.scope })
    await registry.createClient({ id: 'a', scope: the.scope })
    const updated = await registry.updateClient('a', { settings: { label: 'A' } })
    assert.equal(updated.ok && updated.value.settings.label, 'A')
    const cleared = await registry.updateClient('a', { settings: { label: null } })
    assert.equal(cleared.ok && cleared.value.settings.label, undefined)
    const refused = [
      await registry.createClient({ id: 'a', scope: the.scope }),
      await registry.createClient({ id: 'b', scope: 'unknown' }),
      await registry.deleteResource(the.audience),
      await registry.setClientDisabled('nobody', true),
      await registry.retireSecret('a', 'nothing'),
      await remote.keys.compromise('nothing'),
      await remote.tokens.revokeTokensOf('nobody'),
    ]
    assert.deepEqual(
      refused.map((result) => !result.ok && [result.violation, result.subject]),
      [
        ['client_exists', 'a'],
        ['scope_unknown', 'unknown'],
        ['resource_in_use', the.audience],
        ['client_unknown', 'nobody'],
        ['secret_unknown', 'nothing'],
        ['key_unknown', 'nothing'],
        ['client_unknown', 'nobody'],
      ],
    )
    assert.equal((await registry.deleteResource(the.audience, { cascade: true })).ok, true)
    assert.equal((await registry.deleteClient('a')).ok, true)
    assert.equal((await remote.keys.rotate({ algorithm: 'EdDSA' })).ok, true)
    const token = redact('access token', await world.token())
    assert.equal((await remote.tokens.introspectToken(token))?.client_id, 'mintmark-admin')
    assert.equal(await remote.tokens.revokeToken(token), true)
    assert.equal(await remote.tokens.introspectToken(token), undefined)
  })

  it('declares, imports and exports what administration of the storage does [A11] [A13]', async () => {
    await using world = await adminWorld()
    const { local, remote } = await bothOf(world)
    const secret = redact('client secret', 'declared-secret')
    const value = { kind: 'plain', secret } as const
    const declared = {
      resources: [{ id: the.audience, scope: the.scope }],
      clients: [
        {
          ...{ id: 'a', scope: the.scope, disabled: false },
          secrets: [{ label: 'one', expiresAt: undefined, value }],
        },
      ],
    }
    const options = { mode: 'merge', planOnly: true } as const
    const planned = await local.declarations.declare(declared, options)
    assert.deepEqual(await remote.declarations.declare(declared, options), planned)
    const done = await remote.declarations.declare(declared, { mode: 'merge' })
    assert.ok(done.ok && planned.ok)
    assert.deepEqual(done.value, { ...planned.value, applied: true })
    const again = await remote.declarations.declare(declared, { mode: 'merge' })
    assert.deepEqual(again.ok && again.value.steps, [])
    const exported = await remote.declarations.exportRegistry({ withSecrets: true })
    const restored = await remote.declarations.declare(exported, { mode: 'replace', prune: true })
    assert.deepEqual(restored.ok && restored.value.steps, [])
    assert.equal((await remote.declarations.exportRegistry()).clients[0]?.secrets, undefined)
    const wrong = { ...declared, clients: [{ id: 'b', scope: 'nobody:owns' }] }
    const refused = await remote.declarations.declare(wrong, { mode: 'merge' })
    assert.equal(!refused.ok && refused.violation, 'scope_unknown')
  })

  it('reads no file and no variable for whoever declares a registry [A13]', async () => {
    await using world = await adminWorld()
    const clients = [{ id: 'a', secrets: [{ file: '/etc/hostname' }] }]
    const declaration = { mintmark_registry: 1, clients }
    const path = '/admin/v1/registry/declare'
    const response = await world.call('POST', path, { mode: 'replace', declaration })
    assert.equal(response.status, 422)
    assert.match(await response.text(), /clients\[0\]\.secrets\[0\]/)
  })

  const failing: readonly (readonly [title: string, transport: Transport, code: string])[] = [
    ['nobody answers', () => Promise.reject(new TypeError('refused')), 'admin_unreachable'],
    ['401', answering(401), 'admin_token_refused'],
    ['403', answering(403), 'admin_scope_missing'],
    ['503', answering(503), 'admin_unavailable'],
    ['400', answering(400), 'admin_request_refused'],
    ['404 without a word', answering(404), 'admin_answer_not_understood'],
    ['500', answering(500), 'admin_answer_not_understood'],
    ['a redirect', answering(302), 'admin_answer_not_understood'],
    ['something else', answering(200, { hidden: 1 }), 'admin_answer_not_understood'],
    ['no JSON', async () => new Response('<html>hidden'), 'admin_answer_not_understood'],
  ]
  for (const [title, transport, code] of failing) {
    it(`says ${code} for ${title}, and repeats nothing of it`, async () => {
      const remote = createHttpAdministration({
        ...{ url: 'https://admin.example', transport, token: async () => 'hidden-token' },
      })
      for (const call of [
        () => remote.registry.resources(),
        () => remote.registry.setClientDisabled('a', true),
      ]) {
        await assert.rejects(call(), (error) => {
          assert.ok(error instanceof Error)
          assert.equal((error as { readonly code?: string }).code, code)
          assert.doesNotMatch(`${error.message} ${error.stack}`, /hidden/)
          return true
        })
      }
    })
  }
})

async function bothOf(world: AdminWorld) {
  const token = await world.token()
  const remote = createHttpAdministration({
    ...{ url: world.origin, transport: systemTransport, token: async () => token },
  })
  return { local: world.server.administration({ actor: 'test', via: 'library' }), remote }
}

function answering(status: number, body: object = {}): Transport {
  return async () => jsonResponse(body, { status })
}
