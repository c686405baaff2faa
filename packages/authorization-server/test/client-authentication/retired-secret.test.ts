import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseIpAddress } from '@mintmark/limits'
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

test('behind a proxy the uses of a secret, retired or not, are from where the caller is [A2, N1, N2]', async () => {
  await using world = await serving('default', the.issuer, { trustedProxies: ['10.0.0.0/8'] })
  const send = (clientSecret: string) => {
    const headers = {
      authorization: basicOf(the.clientId, clientSecret),
      'x-forwarded-for': '198.51.100.9, 203.0.113.77',
    }
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const request = new Request(the.tokenEndpoint, { method: 'POST', body, headers })
    return world.server.fetch(request, { remoteAddress: '10.0.0.1' })
  }
  const [first] = (await world.server.registry.client(the.clientId))?.secrets ?? []
  assert.ok(first)
  assert.equal((await send(world.secret)).status, 200)
  await world.clock.advance(60_000)
  const reports = await world.server.registry.secrets(the.clientId)
  assert.equal(reports.ok && reports.value[0]?.lastUse?.network, '203.0.113.0/24')
  await world.server.registry.retireSecret(the.clientId, first.id, { force: true })
  assert.equal((await send(world.secret)).status, 401)
  await eventLoopTurns(2)
  const told = world.events.find((event) => event.type === 'retired_secret_presented')
  assert.equal(told?.network, '203.0.113.0/24')
})

test('of an address its network is told, however it is written [A2]', () => {
  const addresses = ['203.0.113.77', '::ffff:203.0.113.77', '2001:db8:1:2::3', 'socket']
  const networks = ['203.0.113.0/24', '203.0.113.0/24', '2001:db8:1::/48', 'unknown']
  assert.deepEqual(
    addresses.map((text) => networkOfAddress(parseIpAddress(text))),
    networks,
  )
})
