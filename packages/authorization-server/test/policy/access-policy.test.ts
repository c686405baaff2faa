import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers, parseScope, type ScopeSet, scopeOf } from '@mintmark/protocol'
import fc from 'fast-check'
import { type AccessRequest, decideAccess } from '../../src/policy/access-policy.ts'
import { plainClientSettings } from '../../src/registry/client-settings.ts'
import type { RegistrySnapshot } from '../../src/registry/registry-snapshot.ts'
import { registryOf, someClient, someResource } from '../registered.ts'

const A = 'https://a.example'
const B = 'https://b.example'
const C = 'https://c.example'

/** A client with these ceilings, among resources A (read write), B (send), C (read, RS256, 60 s). */
function registryWith(grants: Readonly<Record<string, string>>): RegistrySnapshot {
  const resources = [
    someResource(A, 'read write', { lifetimeSeconds: 300 }),
    someResource(B, 'send', { lifetimeSeconds: 120 }),
    someResource(C, 'list read', { algorithm: 'RS256', lifetimeSeconds: 60 }),
  ]
  const ceilings = Object.entries(grants).map(([id, scope]) => ({
    resource: id,
    scopes: scope === '' ? scopeOf([]) : scopeOf(scope.split(' ')),
    defaultScopes: undefined,
  }))
  return registryOf(resources, [someClient('client', { grants: ceilings })])
}

function decide(registry: RegistrySnapshot, request: AccessRequest) {
  const client = registry.client('client')
  assert.ok(client !== undefined)
  return decideAccess(client, request, registry, 900)
}

function scope(text: string): ScopeSet {
  const parsed = parseScope(text)
  assert.ok(parsed.ok)
  return parsed.value
}

interface Row {
  readonly title: string
  readonly grants: Readonly<Record<string, string>>
  readonly scope?: string
  readonly resources?: readonly string[]
  readonly expected:
    | { scope: string; audience: readonly string[]; lifetimeSeconds: number }
    | string
}

const rows: readonly Row[] = [
  {
    title: 'gives the whole ceiling when nothing is named',
    grants: { [A]: 'read write' },
    expected: { scope: 'read write', audience: [A], lifetimeSeconds: 300 },
  },
  {
    title: 'gives the whole ceiling for the wildcard',
    grants: { [A]: 'read' },
    scope: '*',
    expected: { scope: 'read', audience: [A], lifetimeSeconds: 300 },
  },
  {
    title: 'gives exactly the scope that is asked for',
    grants: { [A]: 'read write' },
    scope: 'write',
    expected: { scope: 'write', audience: [A], lifetimeSeconds: 300 },
  },
  {
    title: 'refuses a scope beyond the ceiling, also beside one within it',
    grants: { [A]: 'read' },
    scope: 'read write',
    expected: 'scope_exceeds_ceiling',
  },
  {
    title: 'compares scopes by exact octets',
    grants: { [A]: 'read' },
    scope: 'Read',
    expected: 'scope_exceeds_ceiling',
  },
  {
    title: 'refuses a resource that the client has no grant for, although it exists',
    grants: { [A]: 'read' },
    resources: [B],
    expected: 'resource_not_granted',
  },
  {
    title: 'refuses a resource that differs by a slash',
    grants: { [A]: 'read' },
    resources: [`${A}/`],
    expected: 'resource_not_granted',
  },
  {
    title: 'narrows to the named resource',
    grants: { [A]: 'read write', [B]: 'send' },
    resources: [B],
    expected: { scope: 'send', audience: [B], lifetimeSeconds: 120 },
  },
  {
    title: 'refuses at a named resource what the client may do elsewhere only',
    grants: { [A]: 'read write', [B]: 'send' },
    scope: 'send',
    resources: [A],
    expected: 'scope_exceeds_ceiling',
  },
  {
    title: 'leaves a resource out of the audience when none of its scopes is asked for',
    grants: { [A]: 'read', [B]: 'send' },
    scope: 'send',
    expected: { scope: 'send', audience: [B], lifetimeSeconds: 120 },
  },
  {
    title:
      'gives one token for two resources when no scope of it means both, for the shorter lifetime',
    grants: { [A]: 'read', [B]: 'send' },
    expected: { scope: 'read send', audience: [A, B], lifetimeSeconds: 120 },
  },
  {
    title: 'refuses one token for two resources that own the same scope',
    grants: { [A]: 'read', [C]: 'read' },
    expected: 'resource_ambiguous',
  },
  {
    title: 'refuses one token for two resources that want different algorithms',
    grants: { [A]: 'write', [C]: 'list' },
    expected: 'resource_ambiguous',
  },
  {
    title: 'gives each of two such resources its own token when it is named',
    grants: { [A]: 'read', [C]: 'read' },
    resources: [C],
    expected: { scope: 'read', audience: [C], lifetimeSeconds: 60 },
  },
  {
    title: 'counts a resource that is named twice once',
    grants: { [A]: 'read' },
    resources: [A, A],
    expected: { scope: 'read', audience: [A], lifetimeSeconds: 300 },
  },
  { title: 'refuses a client without any scope', grants: { [A]: '' }, expected: 'nothing_granted' },
  { title: 'refuses a client without any grant', grants: {}, expected: 'nothing_granted' },
  {
    title: 'refuses the wildcard for a client without any grant',
    grants: {},
    scope: '*',
    expected: 'nothing_granted',
  },
]

for (const row of rows) {
  test(`${row.title} [A3]`, () => {
    const request = {
      scope: row.scope === undefined ? undefined : scope(row.scope),
      resources: row.resources ?? [],
    }
    const decision = decide(registryWith(row.grants), request)
    if (typeof row.expected === 'string') {
      assert.deepEqual(decision, { ok: false, reason: row.expected })
    } else {
      assert.ok(decision.ok)
      const { scope: granted, audience, lifetimeSeconds } = decision.grant
      assert.deepEqual(
        { scope: granted.text, audience: [...audience].sort(), lifetimeSeconds },
        row.expected,
      )
    }
  })
}

test('takes the default lifetime where the resource sets none', () => {
  const grants = [{ resource: A, scopes: scope('read'), defaultScopes: undefined }]
  const registry = registryOf([someResource(A, 'read')], [someClient('client', { grants })])
  const decision = decide(registry, { scope: undefined, resources: [] })
  assert.equal(decision.ok && decision.grant.lifetimeSeconds, 900)
})

test('never grants more than the ceiling, nor an audience without a grant, whatever is asked', () => {
  const tokens = fc.subarray(['read', 'write', 'send', 'list', '*', 'admin'], { minLength: 1 })
  const ceilings = fc.record({
    [A]: fc.subarray(['read', 'write'], { minLength: 1 }),
    [B]: fc.constant(['send']),
  })
  fc.assert(
    fc.property(ceilings, tokens, fc.subarray([A, B, C]), (ceiling, asked, resources) => {
      const grants = Object.fromEntries(
        Object.entries(ceiling).map(([id, list]) => [id, list.join(' ')]),
      )
      const registry = registryWith(grants)
      const decision = decide(registry, { scope: scopeOf(asked), resources })
      if (!decision.ok) return
      const client = registry.client('client')
      assert.ok(client !== undefined)
      assert.ok(covers(client.ceiling, decision.grant.scope))
      assert.ok(decision.grant.audience.length > 0)
      assert.ok(decision.grant.audience.every((id) => client.grants.has(id)))
      assert.ok(
        resources.length === 0 || decision.grant.audience.every((id) => resources.includes(id)),
      )
    }),
  )
})

const defaults: readonly (readonly [string, Partial<AccessRequest>, string, string])[] = [
  ['gives the defaults where no scope is named', {}, 'read send', `${A} ${B}`],
  ['gives the defaults of the resource that is named', { resources: [A] }, 'read', A],
  ['gives more than the defaults when asked', { scope: scope('write') }, 'write', A],
  [
    'gives the whole ceiling for the wildcard',
    { scope: scope('*') },
    'read send write',
    `${A} ${B}`,
  ],
]

for (const [title, request, granted, audience] of defaults) {
  test(`${title}, with default scopes [A3]`, () => {
    const grants = [
      { resource: A, scopes: scope('read write'), defaultScopes: scope('read') },
      { resource: B, scopes: scope('send'), defaultScopes: undefined },
    ]
    const resources = [someResource(A, 'read write'), someResource(B, 'send')]
    const registry = registryOf(resources, [someClient('client', { grants })])
    const decision = decide(registry, { scope: undefined, resources: [], ...request })
    assert.ok(decision.ok)
    assert.deepEqual(
      [decision.grant.scope.text, decision.grant.audience.join(' ')],
      [granted, audience],
    )
  })
}

test('a request that says nothing is for the default resource, and one that says something is not [A3]', () => {
  const grants = [
    { resource: A, scopes: scope('read'), defaultScopes: undefined },
    { resource: B, scopes: scope('send'), defaultScopes: undefined },
  ]
  const settings = { ...plainClientSettings, defaultResource: B, lifetimeSecondsMax: 60 }
  const resources = [someResource(A, 'read'), someResource(B, 'send')]
  const registry = registryOf(resources, [someClient('client', { grants, settings })])
  const nothing = decide(registry, { scope: undefined, resources: [] })
  assert.deepEqual(nothing.ok && [nothing.grant.audience, nothing.grant.lifetimeSeconds], [[B], 60])
  const named = decide(registry, { scope: scope('read'), resources: [] })
  assert.deepEqual(named.ok && named.grant.audience, [A])
})
