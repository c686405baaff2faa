import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopTurns } from '@mintmark/testkit'
import { networkOfAddress } from '../../src/http/network-of-address.ts'
import { basicOf, serving, the } from '../serving.ts'

test('a retired secret that is still used is told to the observer, and to nobody else [A2, N1]', async () => {
  await using world = await serving()
  const [first] = (await world.server.registry.client(the.clientId))?.secrets ?? []
  assert.ok(first)
  await world.server.registry.retireSecret(the.clientId, first.id, { force: true })
  const form = { grant_type: 'client_credentials' }
  const retired = await world.post('/oauth/token', form, { authorization: world.basic })
  const wrong = await world.post('/oauth/token', form, {
    authorization: basicOf(the.clientId, 'wrong'),
  })
  const seen = async (response: Response) => {
    const { error_uri: _, ...body } = (await response.json()) as Record<string, string>
    return [response.status, [...response.headers], body]
  }
  assert.deepEqual(await seen(retired), await seen(wrong))
  await eventLoopTurns(2)
  const event = world.events.find(({ type }) => type === 'retired_secret_presented')
  assert.deepEqual(event, {
    type: 'retired_secret_presented',
    clientId: the.clientId,
    secretId: first.id,
    network: 'unknown',
  })
})

test('of an address its network is told, however it is written [A2]', () => {
  const networks = ['203.0.113.77', '::ffff:203.0.113.77', '2001:db8:1:2::3', undefined, 'socket']
  assert.deepEqual(networks.map(networkOfAddress), [
    '203.0.113.0/24',
    '203.0.113.0/24',
    '2001:db8:1::/48',
    'unknown',
    'unknown',
  ])
})
