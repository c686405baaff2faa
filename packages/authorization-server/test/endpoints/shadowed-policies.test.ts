import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basicOf, registerClient, serving, type TokenAnswer, the } from '../serving.ts'

test('policies in shadow mode tell of every token that they would have changed [A3]', async () => {
  await using world = await serving()
  const settings = {
    lifetimeSecondsMax: 60,
    scopeMax: 'decisions:read',
    shadowed: ['lifetime', 'scope_ceiling'],
  } as const
  const secret = await registerClient(world.server, { id: 'watched', scope: the.scope, settings })
  const headers = { authorization: basicOf('watched', secret.reveal()) }
  for (let count = 1; count <= 2; count++) {
    const response = await world.post('/oauth/token', { grant_type: 'client_credentials' }, headers)
    const { scope, expires_in } = (await response.json()) as TokenAnswer
    assert.deepEqual({ scope, expires_in }, { scope: the.scope, expires_in: 600 })
    const told = world.events.filter((event) => event.type === 'refusal_shadowed')
    const clientId = 'watched'
    const common = { type: 'refusal_shadowed', endpoint: 'token', clientId } as const
    assert.deepEqual(told.slice(-2), [
      { ...common, policy: 'scope_ceiling', reason: 'scope_narrowed' },
      { ...common, policy: 'lifetime', reason: 'lifetime_shortened' },
    ])
    assert.equal(told.length, 2 * count)
  }
})
