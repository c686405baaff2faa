import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseScope, scopeOf } from '@mintmark/protocol'
import fc from 'fast-check'
import { decideAccess } from '../../src/policy/access-policy.ts'
import { type ClientSettings, plainClientSettings } from '../../src/registry/client-settings.ts'
import { registryOf, someClient, someResource } from '../registered.ts'

const id = 'https://api.example'
const everything = scopeOf(['a', 'b', 'c'])

/** What a client with all three scopes gets when it asks for `scope`. */
function decide(settings: Partial<ClientSettings>, scope?: string) {
  const client = someClient('client', {
    grants: [{ resource: id, scopes: everything, defaultScopes: undefined }],
    settings: { ...plainClientSettings, ...settings },
  })
  const registry = registryOf([someResource(id, 'a b c', { lifetimeSeconds: 600 })], [client])
  const registered = registry.client('client')
  assert(registered)
  const parsed = scope === undefined ? undefined : parseScope(scope)
  const request = { scope: parsed?.ok ? parsed.value : undefined, resources: [] }
  return decideAccess(registered, request, registry, 900)
}

function granted(settings: Partial<ClientSettings>, scope?: string) {
  const decision = decide(settings, scope)
  assert(decision.ok)
  const { scope: text, lifetimeSeconds, shadowed } = decision.grant
  return { scope: text.text, lifetimeSeconds, shadowed }
}

describe('the scope limit of a client', () => {
  it('refuses what is beyond it, and bounds what "*" and no scope mean [A3]', () => {
    const settings = { scopeMax: 'a b unknown' }
    assert.deepEqual(decide(settings, 'c'), { ok: false, reason: 'scope_exceeds_ceiling' })
    assert.deepEqual(decide(settings, 'a c'), { ok: false, reason: 'scope_exceeds_ceiling' })
    for (const scope of ['*', undefined, 'a b']) assert.equal(granted(settings, scope).scope, 'a b')
  })

  it('in shadow mode changes nothing, and tells what it would have changed [A3]', () => {
    const settings = { scopeMax: 'a', shadowed: ['scope_ceiling'] } as const
    assert.deepEqual(granted(settings, 'a').shadowed, [])
    for (const [scope, reason] of [
      ['a c', 'scope_exceeds_ceiling'],
      ['*', 'scope_narrowed'],
      [undefined, 'scope_narrowed'],
    ] as const) {
      const { scope: text, shadowed } = granted(settings, scope)
      assert.equal(text, scope === 'a c' ? 'a c' : 'a b c')
      assert.deepEqual(shadowed, [{ policy: 'scope_ceiling', reason }])
    }
  })

  it('in shadow mode never lets anybody beyond the grants [A3]', () => {
    const settings = { scopeMax: 'a d', shadowed: ['scope_ceiling'] } as const
    assert.deepEqual(decide(settings, 'd'), { ok: false, reason: 'scope_exceeds_ceiling' })
    assert.deepEqual(decide({ shadowed: ['scope_ceiling'] }, 'd'), {
      ok: false,
      reason: 'scope_exceeds_ceiling',
    })
  })

  it('that cannot be read grants nothing [A3]', () => {
    assert.equal(decide({ scopeMax: 'a  "b"' }).ok, false)
  })

  it('predicts in shadow mode exactly what it does when it is enforced [A3]', () => {
    const some = fc.subarray(['a', 'b', 'c'])
    const asked = fc.option(fc.subarray(['a', 'b', 'c', '*'], { minLength: 1 }), { nil: undefined })
    fc.assert(
      fc.property(some, asked, (limit, scope) => {
        const scopeMax = limit.length === 0 ? 'd' : limit.join(' ')
        const text = scope?.join(' ')
        const watched = granted({ scopeMax, shadowed: ['scope_ceiling'] }, text)
        const enforced = decide({ scopeMax }, text)
        const isSame = enforced.ok && enforced.grant.scope.text === watched.scope
        assert.equal(isSame, watched.shadowed.length === 0)
      }),
      { numRuns: 100 },
    )
  })
})

describe('the lifetime limit of a client', () => {
  it('shortens its tokens, and never lengthens them [A3]', () => {
    assert.equal(granted({ lifetimeSecondsMax: 60 }).lifetimeSeconds, 60)
    assert.equal(granted({ lifetimeSecondsMax: 6_000 }).lifetimeSeconds, 600)
  })

  it('in shadow mode leaves them as they are, and tells that it would not [A3]', () => {
    const shadowed = ['lifetime'] as const
    assert.deepEqual(granted({ lifetimeSecondsMax: 60, shadowed }), {
      scope: 'a b c',
      lifetimeSeconds: 600,
      shadowed: [{ policy: 'lifetime', reason: 'lifetime_shortened' }],
    })
    assert.deepEqual(granted({ lifetimeSecondsMax: 600, shadowed }).shadowed, [])
  })
})
