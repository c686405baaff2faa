/** Rotation as servers and operators see it. Keys are real; the clock is not. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { decodeUnverified } from '@mintmark/jwt'
import { eventually, FakeClock } from '@mintmark/testkit'
import {
  type AuthorizationServerEvent,
  type AuthorizationServerOptions,
  createAuthorizationServer,
  openKeyAdministration,
  type Storage,
  sqlite,
} from '../../src/index.ts'
import { keyStagingSecondsDefault, publishedKeysMax } from '../../src/limits.ts'
import { keyAfterlifeMs } from '../../src/signing-keys/key-schedule.ts'
import { obtainToken, type Serving, serving, the } from '../serving.ts'

const DAY = 86_400_000

async function publishedBy(server: { fetch: Serving['server']['fetch'] }): Promise<string[]> {
  const response = await server.fetch(new Request(the.jwksUri))
  const { keys } = (await response.json()) as { keys: { kid: string }[] }
  return keys.map(({ kid }) => kid).toSorted()
}

async function kidOfToken(world: Serving): Promise<string | undefined> {
  const token = decodeUnverified(await obtainToken(world))
  return token.ok ? (token.value.header as { kid?: string }).kid : undefined
}

test('a rotated key is published at once, signs an hour later, and the old one stays for its tokens [A8]', async () => {
  await using world = await serving()
  const [first] = await publishedBy(world.server)
  const rotated = await world.server.keys.rotate()
  assert.ok(rotated.ok)
  const { kid } = rotated.value.key
  assert.deepEqual(await publishedBy(world.server), [first, kid].toSorted())
  assert.equal(await kidOfToken(world), first)
  await world.clock.advance(keyStagingSecondsDefault * 1000 - 1)
  assert.equal(await kidOfToken(world), first)
  // By the clock alone: nothing is written, and the prepared client is forgotten.
  await world.clock.advance(2)
  assert.equal(await kidOfToken(world), kid)
  assert.ok(world.events.some(({ type }) => type === 'signing_keys_switched'))
  await world.clock.advance(keyAfterlifeMs - 2)
  assert.deepEqual(await publishedBy(world.server), [first, kid].toSorted())
  await world.clock.advance(2)
  assert.deepEqual(await publishedBy(world.server), [kid])
})

test('a key that signs at once is published at once, too [A8]', async () => {
  await using world = await serving()
  const rotated = await world.server.keys.rotate({ immediately: true })
  assert.ok(rotated.ok)
  await world.clock.advance(1)
  assert.equal(await kidOfToken(world), rotated.value.key.kid)
  assert.equal((await publishedBy(world.server)).length, 2)
})

test('another algorithm gets its first key by rotation, and an unknown one none [A8]', async () => {
  await using world = await serving()
  assert.ok((await world.server.keys.rotate({ algorithm: 'EdDSA' })).ok)
  assert.deepEqual(await world.server.keys.rotate({ algorithm: 'HS256' }), {
    ok: false,
    violation: 'algorithm_unknown',
    subject: 'HS256',
  })
  const keys = await world.server.keys.keys()
  assert.deepEqual(
    keys.map(({ algorithm, state }) => [algorithm, state]),
    [
      ['ES256', 'active'],
      ['EdDSA', 'active'],
    ],
  )
})

test('the JWK Set never grows beyond what verifiers read [A8]', async () => {
  await using world = await serving()
  for (let made = 1; made < publishedKeysMax; made++) {
    assert.ok((await world.server.keys.rotate({ immediately: true })).ok)
    await world.clock.advance(10)
  }
  const refused = await world.server.keys.rotate()
  assert.deepEqual([refused.ok, refused.ok || refused.violation], [false, 'too_many_keys'])
})

/** Several servers on one data folder and one clock. */
async function nodes(
  t: TestContext,
  count: number,
  keyRotation: NonNullable<AuthorizationServerOptions['keyRotation']>,
) {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-keys-'))
  const clock = new FakeClock()
  const events: AuthorizationServerEvent[] = []
  const observer = (event: AuthorizationServerEvent): void => void events.push(event)
  const open = () =>
    createAuthorizationServer({
      ...{ issuer: the.issuer, clock, observer, keyRotation },
      // Not polled on the clock that leaps through months: what changed is read when it is asked for.
      storage: sqlite(folder, { clock: new FakeClock() }),
    })
  const servers = await Promise.all(Array.from({ length: count }, open))
  t.after(async () => {
    for (const server of servers) await server.close()
    rmSync(folder, { recursive: true })
  })
  const of = (type: AuthorizationServerEvent['type']) => events.filter((one) => one.type === type)
  return { servers, clock, of, storage: sqlite(folder) }
}

test('several nodes that start together agree on one first key [A8] [A12]', async (t) => {
  const { servers } = await nodes(t, 3, 'manual')
  const sets = await Promise.all(servers.map(publishedBy))
  assert.equal(sets[0]?.length, 1)
  assert.deepEqual(sets[1], sets[0])
  assert.deepEqual(sets[2], sets[0])
})

test('three nodes rotate by themselves and make one key between them [A8] [A12]', async (t) => {
  const keyRotation = { everySeconds: 6 * 86_400, publishAheadSeconds: 86_400 }
  const { servers, clock, of } = await nodes(t, 3, keyRotation)
  await clock.advance(4.5 * DAY)
  assert.deepEqual(of('signing_key_announced'), [])
  await clock.advance(DAY)
  await eventually(async () => assert.equal(of('signing_key_announced').length, 1))
  for (const server of servers) {
    const keys = await server.keys.keys()
    assert.deepEqual(
      keys.map(({ state }) => state),
      ['active', 'next'],
    )
    assert.equal((await publishedBy(server)).length, 2)
  }
})

test('two operators who rotate at the same time get the same key [A8]', async (t) => {
  const { servers, storage } = await nodes(t, 2, 'manual')
  const command = await openKeyAdministration({ storage, clock: new FakeClock() })
  const outcomes = await Promise.all(
    [...servers.map((server) => server.keys), command].map((keys) => keys.rotate()),
  )
  await command.close()
  const kids = outcomes.map((outcome) => (outcome.ok ? outcome.value.key.kid : undefined))
  assert.equal(new Set(kids).size, 1)
  assert.equal(outcomes.filter((outcome) => outcome.ok && outcome.value.isNew).length, 1)
})

test('a retired key is deleted by itself, with an event, once nobody can miss it [A8] [A11]', async (t) => {
  const { servers, clock, of } = await nodes(t, 2, 'manual')
  const [server] = servers
  assert.ok(server)
  await server.keys.rotate({ immediately: true })
  await clock.advance(keyAfterlifeMs + DAY - 3_600_000)
  assert.equal((await server.keys.keys()).length, 2)
  await clock.advance(2 * 3_600_000)
  await eventually(() => assert.equal(of('signing_key_deleted').length, 1))
  assert.equal((await server.keys.keys()).length, 1)
})

test('a rotation that the database cannot take is tried again a minute later [A8]', async () => {
  let isFull = false
  const inMemory = sqlite(':memory:')
  const storage: Storage = {
    ...inMemory,
    async open() {
      const session = await inMemory.open()
      const full = () => Promise.reject(new Error('disk full'))
      return { ...session, apply: (...change) => (isFull ? full() : session.apply(...change)) }
    },
  }
  const clock = new FakeClock()
  const events: string[] = []
  const observer = ({ type }: AuthorizationServerEvent): void => void events.push(type)
  const server = await createAuthorizationServer({ issuer: the.issuer, storage, clock, observer })
  isFull = true
  await clock.advance(76 * DAY)
  await eventually(() => assert.ok(events.includes('signing_key_upkeep_failed')))
  assert.equal((await publishedBy(server)).length, 1)
  isFull = false
  await clock.advance(60_000)
  await eventually(() => assert.ok(events.includes('signing_key_announced')))
  assert.equal((await publishedBy(server)).length, 2)
  await server.close()
})

const unusable: readonly unknown[] = [
  'automatic',
  null,
  {},
  { everySeconds: 86_399, publishAheadSeconds: 600 },
  { everySeconds: 86_400, publishAheadSeconds: 599 },
  { everySeconds: 86_400, publishAheadSeconds: 86_401 },
  { everySeconds: 86_400.5, publishAheadSeconds: 600 },
  { everySeconds: Number.POSITIVE_INFINITY, publishAheadSeconds: 600 },
]

for (const keyRotation of unusable) {
  test(`keyRotation ${JSON.stringify(keyRotation)} is refused before anything is opened`, async () => {
    const storage = { ...sqlite(':memory:'), open: () => assert.fail('opened') }
    const options = { issuer: the.issuer, storage, keyRotation } as AuthorizationServerOptions
    await assert.rejects(createAuthorizationServer(options), TypeError)
  })
}
