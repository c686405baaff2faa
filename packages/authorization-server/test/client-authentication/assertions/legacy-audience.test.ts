import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '../../serving.ts'
import {
  asserter,
  lastRefusal,
  presentAssertion,
  registerAsserter,
  servingAsserter,
  someAssertion,
} from '../asserting.ts'

const legacyAudiences = {
  'the token endpoint': the.tokenEndpoint,
  'a list of the token endpoint': [the.tokenEndpoint],
  'issuer and token endpoint': [the.issuer, the.tokenEndpoint],
}

async function servingLegacy(settings: object) {
  const world = await servingAsserter({ id: 'strict-client' })
  const template = await world.server.registry.client('strict-client')
  await registerAsserter(world, { settings: { ...template?.settings, ...settings } })
  return world
}

for (const [name, aud] of Object.entries(legacyAudiences)) {
  test(`a client of the older way may name ${name}, and the observer hears of it [A6]`, async () => {
    await using world = await servingLegacy({ assertionAudience: 'legacy' })
    await presentAssertion(world, await someAssertion({ claims: { aud } }))
    assert.equal(lastRefusal(world), undefined)
    const event = world.events.find(({ type }) => type === 'legacy_assertion_audience')
    assert.deepEqual(event, { type: 'legacy_assertion_audience', clientId: asserter })
  })

  test(`in shadow mode ${name} goes through, and is told of [A6]`, async () => {
    await using world = await servingLegacy({ shadowed: ['assertion_audience'] })
    await presentAssertion(world, await someAssertion({ claims: { aud } }))
    assert.equal(lastRefusal(world), undefined)
    const event = world.events.find(({ type }) => type === 'refusal_shadowed')
    assert.deepEqual(event, {
      type: 'refusal_shadowed',
      endpoint: 'token',
      policy: 'assertion_audience',
      reason: 'assertion_audience_wrong',
      clientId: asserter,
    })
  })
}

test('nobody else may be among the audiences, in neither mode [A6]', async () => {
  for (const settings of [{ assertionAudience: 'legacy' }, { shadowed: ['assertion_audience'] }]) {
    await using world = await servingLegacy(settings)
    for (const aud of ['https://evil.example', [the.tokenEndpoint, 'https://evil.example'], []]) {
      await presentAssertion(world, await someAssertion({ claims: { aud } }))
      assert.equal(lastRefusal(world), 'assertion_audience_wrong')
    }
  }
})

test('a client of the older way may use the newer, of which nobody has to hear [A6]', async () => {
  await using world = await servingLegacy({ assertionAudience: 'legacy' })
  await presentAssertion(world, await someAssertion())
  assert.equal(lastRefusal(world), undefined)
  assert.ok(!world.events.some(({ type }) => type === 'legacy_assertion_audience'))
})
