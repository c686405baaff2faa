/** The provider for Kafka, with the real kafkajs and a broker that can do no more than authenticate. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import { type KafkaOauthBearerOptions, kafkaOauthBearerProvider } from '@mintmark/client/kafka'
import { FakeClock, jsonResponse } from '@mintmark/testkit'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { type KafkaBrokerOptions, startKafkaBroker } from './kafka-broker.ts'
import { errorOf, secretIn, tokenService } from './token-service.ts'

async function kafkaWorld(
  t: TestContext,
  broker: KafkaBrokerOptions = {},
  options: KafkaOauthBearerOptions = {},
) {
  const service = await tokenService(t)
  const { address, initialResponses, close } = await startKafkaBroker(broker)
  const admins: Admin[] = []
  t.after(async () => {
    for (const admin of admins) await admin.disconnect()
    await close()
  })
  const logs: unknown[] = []
  const oauthBearerProvider = kafkaOauthBearerProvider(service.client, options)
  const kafka = new Kafka({
    brokers: [address],
    sasl: { mechanism: 'oauthbearer', oauthBearerProvider },
    retry: { retries: 0 },
    logLevel: logLevel.DEBUG,
    logCreator: () => (entry) => logs.push(entry),
  })
  const connect = async () => {
    const admin = kafka.admin()
    admins.push(admin)
    await admin.connect()
    return admin
  }
  return { ...service, connect, initialResponses, logs, oauthBearerProvider }
}

test('authenticates with the token, one for all connections [C14]', async (t) => {
  const world = await kafkaWorld(t)
  const [admin] = await Promise.all([world.connect(), world.connect(), world.connect()])
  const expected = `n,,\u0001auth=Bearer ${world.tokenEndpoint.token(1)}\u0001\u0001`
  assert.deepEqual(world.initialResponses, [expected, expected, expected])
  const { brokers } = await admin.describeCluster()
  assert.equal(brokers.length, 1)
  assert.equal(world.tokenEndpoint.requestCount, 1)
  assert.equal(secretIn(world.logs, world), undefined)
})

test('sends the extensions along [C14]', async (t) => {
  const extensions = { logicalCluster: 'lkc-1', identityPoolId: 'pool-2' }
  const { connect, initialResponses } = await kafkaWorld(t, {}, { extensions })
  await connect()
  const [initialResponse = ''] = initialResponses
  assert.match(
    initialResponse,
    /\u0001logicalCluster=lkc-1\u0001identityPoolId=pool-2\u0001\u0001$/,
  )
})

test('authenticates again with the token of the time when the session ends [C14]', async (t) => {
  const world = await kafkaWorld(t, { sessionLifetimeMs: 1 })
  const admin = await world.connect()
  await admin.describeCluster()
  world.client.forget()
  await admin.describeCluster()
  const tokens = [1, 2].map((number) => world.tokenEndpoint.token(number))
  const carried = (token: string) => world.initialResponses.filter((text) => text.includes(token))
  for (const token of tokens) assert(carried(token).length > 0)
  assert(world.initialResponses.at(-1)?.includes(tokens[1] as string))
  assert.equal(world.tokenEndpoint.requestCount, 2)
})

test('tells no secret when the broker refuses the token, in errors and in logs [C14] [C10]', async (t) => {
  const world = await kafkaWorld(t, { judge: () => 'invalid credentials' })
  const error = await errorOf(world.connect())
  assert(error instanceof Error)
  assert.match(error.message, /invalid credentials/)
  assert.equal(secretIn(error, world), undefined)
  assert.equal(secretIn(world.logs, world), undefined)
  assert(world.logs.length > 0)
  assert.equal(world.tokenEndpoint.requestCount, 1)
})

test('connects to nothing without a token, and says why [C14] [C10]', async (t) => {
  const world = await kafkaWorld(t)
  world.tokenEndpoint.fail(() => jsonResponse({ error: 'invalid_client' }, { status: 401 }))
  const error = await errorOf(world.connect())
  assert(error instanceof TokenAcquisitionError)
  assert.equal(error.code, 'client_refused')
  assert.equal(secretIn(error, world), undefined)
  assert.equal(secretIn(world.logs, world), undefined)
  assert.deepEqual(world.initialResponses, [])
})

test('gives what other clients want: principal, end of the lifetime and extensions [C14]', async (t) => {
  const world = await kafkaWorld(
    t,
    {},
    { principal: 'books', extensions: { logicalCluster: 'lkc-1' } },
  )
  const { lifetime, ...rest } = await world.oauthBearerProvider()
  assert.deepEqual(rest, {
    value: world.tokenEndpoint.token(1),
    principal: 'books',
    extensions: { logicalCluster: 'lkc-1' },
  })
  assert.equal(lifetime, (await world.client.token()).expiresAt.getTime())
})

test('renews a token first that ends too soon to authenticate with [C14] [C2]', async (t) => {
  const clock = new FakeClock()
  const { client, tokenEndpoint } = await tokenService(t, { clock }, { expiresInSeconds: 120 })
  const tokenWith = async (options: KafkaOauthBearerOptions = {}) =>
    (await kafkaOauthBearerProvider(client, options)()).value
  assert.equal(await tokenWith(), tokenEndpoint.token(1))
  await clock.advance(70_000)
  assert.equal(await tokenWith({ minTtlSeconds: 10 }), tokenEndpoint.token(1))
  assert.equal(await tokenWith(), tokenEndpoint.token(2))
  await assert.rejects(tokenWith({ minTtlSeconds: -1 }), RangeError)
})
