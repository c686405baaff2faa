/**
 * What somebody who can read Redis learns: everything that is executed during the whole life of shared tokens, and
 * everything that is saved, is searched for every secret and for whom and what they are for.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dpop, privateKeyJwt } from '@mintmark/client'
import { eventually, findSecret, fixtureKeys, the } from '@mintmark/testkit'
import { sharedTokensWorld } from './shared-tokens-world.ts'

const keys = [{ id: 'k1', secret: Buffer.from('0123456789abcdefghijklmnopqrstuv') }]
const resource = 'https://decisions.example/v2'
const audience = 'urn:decisions:audience'

test('a dump of Redis tells no token, secret, client, scope or private key [C9]', async (t) => {
  const world = await sharedTokensWorld(t, { lifetimeSeconds: 3 })
  const { redis, api, counts, tokens } = world
  await redis.command('config', 'set', 'rdbcompression', 'no')
  const monitor = await redis.monitor()
  t.after(() => monitor.stop())

  // Cold, and shared.
  const members = [
    await world.join({ keys }, { resource, audience }),
    await world.join({ keys }, { resource, audience }),
  ] as const
  const [one, other] = members
  for (const { client } of members) await client.token()
  // Renewed.
  await eventually(async () => {
    await one.client.token()
    assert(counts.tokenRequests >= 2)
  })
  // Refused by the API, everywhere.
  const refused = (await one.client.token()).reveal()
  world.revoke(refused)
  assert.equal((await one.client.fetch(api)).status, 200)
  assert.notEqual((await other.client.token()).reveal(), refused)
  // Obtained and bound with private keys, and refused for good.
  const key = fixtureKeys.ES256
  const signing = await world.join({ keys }, { clientAuthentication: privateKeyJwt({ key }) })
  await signing.client.token()
  const bound = await world.join({ keys }, { senderBinding: dpop({ key: fixtureKeys.EdDSA }) })
  await bound.client.token()
  const broken = await world.join({ keys }, { scope: 'applications:write' })
  world.refuseClients(true)
  await assert.rejects(broken.client.token())
  await eventually(async () => {
    assert.notEqual(await redis.command('keys', 'mintmark:circuit:*'), '')
  })
  one.client.forget()

  await redis.command('save')
  const dump = readFileSync(join(redis.folder, 'dump.rdb'), 'latin1')
  const executed = monitor.text()
  for (const operation of ['acquire', 'write', 'retire', 'open', 'clear', 'written', 'retired']) {
    assert(executed.includes(operation), `the life of the tokens had no ${operation}`)
  }
  assert(dump.includes('mintmark:token:'))
  const secrets = {
    ...Object.fromEntries([...tokens.keys()].map((token, n) => [`token ${n}`, token])),
    'client secret': the.clientSecret,
    'client id': the.clientId,
    scope: the.scope,
    'other scope': 'applications:write',
    resource,
    audience,
    'private key': key.d ?? '',
    'DPoP key': fixtureKeys.EdDSA.d ?? '',
    'store key': keys[0]?.secret.toString('base64url') ?? '',
    'store key as it is': keys[0]?.secret.toString('latin1') ?? '',
  }
  for (const [what, secret] of Object.entries(secrets)) {
    assert.equal(findSecret(executed, secret), undefined, `${what} in what was executed`)
    assert.equal(findSecret(dump, secret), undefined, `${what} in what was saved`)
  }
})
