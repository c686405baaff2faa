/** A whole server whose database goes away and comes back, on a clock that the test moves. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventually, FakeClock, the } from '@mintmark/testkit'
import {
  type AuthorizationServer,
  type AuthorizationServerEvent,
  createAuthorizationServer,
  openRegistry,
  type Storage,
  StorageError,
  type StorageSession,
  sqlite,
} from '../../src/index.ts'
import { basicOf, registerClient } from '../serving.ts'

/** A storage that a test can take away: everything that needs the database fails then. */
class RemovableStorage implements Storage {
  isAway = false
  readonly #storage: Storage

  constructor(folder: string, clock: FakeClock) {
    this.#storage = sqlite(folder, { clock })
  }

  async open(): Promise<StorageSession> {
    this.#require()
    const session = await this.#storage.open()
    const guarded = <Parameters extends readonly unknown[], Answer>(
      ask: (...parameters: Parameters) => Promise<Answer>,
    ) => {
      return async (...parameters: Parameters): Promise<Answer> => {
        this.#require()
        return ask(...parameters)
      }
    }
    return {
      ...session,
      load: guarded(session.load),
      changesSince: guarded(session.changesSince),
      apply: guarded(session.apply),
    }
  }

  masterKey(): Promise<Uint8Array | undefined> {
    return this.#storage.masterKey()
  }

  #require(): void {
    if (this.isAway) throw new StorageError('storage_unavailable', 'db', 'away', 'ECONNREFUSED')
  }
}

interface World {
  readonly folder: string
  readonly clock: FakeClock
  readonly storage: RemovableStorage
  readonly events: AuthorizationServerEvent[]
  start(graceSeconds?: number): Promise<AuthorizationServer>
  tell(type: AuthorizationServerEvent['type']): number
}

function outage(t: TestContext): World {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-outage-'))
  // What the server writes last may come in between.
  t.after(() => rmSync(folder, { recursive: true, maxRetries: 5 }))
  const clock = new FakeClock()
  const storage = new RemovableStorage(folder, clock)
  const events: AuthorizationServerEvent[] = []
  return {
    ...{ folder, clock, storage, events },
    async start(graceSeconds = 3_600) {
      const server = await createAuthorizationServer({
        issuer: the.issuer,
        ...{ storage, clock },
        keyRotation: 'manual',
        snapshot: { file: join(folder, 'snapshot'), graceSeconds },
        observer: (event) => void events.push(event),
      })
      t.after(() => server.close())
      return server
    },
    tell: (type) => events.filter((event) => event.type === type).length,
  }
}

async function register(server: AuthorizationServer): Promise<string> {
  await server.registry.createResource({ id: the.audience, scope: the.scope })
  const secret = await registerClient(server, { id: the.clientId, scope: the.scope })
  return basicOf(the.clientId, secret.reveal())
}

function ask(server: AuthorizationServer, basic: string): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic }
  return server.fetch(new Request(the.tokenEndpoint, { method: 'POST', body, headers }))
}

/** The next look at the database. */
async function notice(server: AuthorizationServer, storage: RemovableStorage): Promise<void> {
  const outcome = server.keys.keys()
  if (storage.isAway) await assert.rejects(outcome, StorageError)
  else await outcome
}

test('a server goes on for the grace, answers 503 afterwards, and recovers with its database [A12]', async (t) => {
  const { clock, storage, events, start, tell } = outage(t)
  const server = await start()
  const basic = await register(server)
  storage.isAway = true
  await notice(server, storage)
  assert.equal((await ask(server, basic)).status, 200)
  assert.equal(server.ready(), true)
  await clock.advance(3_599_000)
  assert.equal((await ask(server, basic)).status, 200)
  assert.equal(server.report().registry.staleSeconds, 3_599)
  await clock.advance(1_000)
  const refused = await ask(server, basic)
  assert.equal(refused.status, 503)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal(server.ready(), false)
  assert.deepEqual(
    [tell('serving_stale'), tell('grace_exceeded'), tell('serving_current')],
    [1, 1, 0],
  )
  storage.isAway = false
  await clock.advance(2_000)
  await eventually(() => assert.equal(server.ready(), true))
  assert.equal((await ask(server, basic)).status, 200)
  assert.equal(server.report().registry.staleSeconds, 0)
  const current = events.find((event) => event.type === 'serving_current')
  assert.ok(current?.type === 'serving_current' && current.staleSeconds >= 3_600)
})

test('a server that starts without its database serves what it knew, and refuses whom it refused [A12]', async (t) => {
  const { folder, clock, storage, start, tell } = outage(t)
  const before = await start()
  const basic = await register(before)
  const other = await registerClient(before, { id: 'other', scope: the.scope })
  await before.registry.setClientDisabled('other', true)
  await before.close()
  storage.isAway = true
  await clock.advance(600_000)
  const server = await start()
  assert.equal(server.ready(), true)
  assert.equal((await ask(server, basic)).status, 200)
  assert.equal((await ask(server, basicOf('other', other.reveal()))).status, 401)
  assert.equal(server.report().registry.staleSeconds, 600)
  await assert.rejects(server.registry.setClientDisabled(the.clientId, true), StorageError)
  const jwks = await server.fetch(new Request(`${the.issuer}/oauth/jwks`))
  assert.equal(((await jwks.json()) as { keys: unknown[] }).keys.length, 1)
  // Somebody else enables a client meanwhile; it counts as soon as the database is back.
  const elsewhere = await openRegistry({ storage: sqlite(folder, { clock }), clock })
  await elsewhere.setClientDisabled('other', false)
  await elsewhere.close()
  assert.equal((await ask(server, basicOf('other', other.reveal()))).status, 401)
  storage.isAway = false
  await clock.advance(5_000)
  await eventually(() => assert.equal(tell('serving_current'), 1))
  assert.equal((await ask(server, basicOf('other', other.reveal()))).status, 200)
  assert.ok((await server.registry.setClientDisabled(the.clientId, true)).ok)
  assert.equal((await ask(server, basic)).status, 401)
})

test('a revocation fails with 503 while the database is away [A12]', async (t) => {
  const { storage, start } = outage(t)
  const server = await start()
  const basic = await register(server)
  const { access_token: token } = (await (await ask(server, basic)).json()) as Record<
    string,
    string
  >
  storage.isAway = true
  await notice(server, storage)
  const body = new URLSearchParams({ token: token ?? '' })
  const headers = { authorization: basic }
  const request = new Request(`${the.issuer}/oauth/revoke`, { method: 'POST', body, headers })
  assert.equal((await server.fetch(request)).status, 503)
})

test('a server does not start from a snapshot that is older than the grace, or without one [A12]', async (t) => {
  const { folder, clock, storage, start } = outage(t)
  await (await start()).close()
  storage.isAway = true
  await clock.advance(3_600_001)
  await assert.rejects(start(), StorageError)
  rmSync(join(folder, 'snapshot'))
  await assert.rejects(start(604_800), StorageError)
})

test('a snapshot is written soon after a change, and from time to time without one [A12]', async (t) => {
  const { folder, clock, storage, start } = outage(t)
  const server = await start()
  const file = join(folder, 'snapshot')
  await clock.advance(250)
  await eventually(() => assert.ok(existsSync(file)))
  rmSync(file)
  const basic = await register(server)
  await clock.advance(2_600)
  await eventually(() => assert.ok(existsSync(file)))
  // Then again and again, so that a start much later is within the grace.
  for (let round = 0; round < 8; round += 1) {
    rmSync(file)
    await eventually(async () => {
      await clock.advance(60_000)
      assert.ok(existsSync(file))
    })
  }
  await server.close()
  storage.isAway = true
  const next = await start()
  assert.equal((await ask(next, basic)).status, 200)
})

test('a snapshot that cannot be written is told, and disturbs nothing [A12]', async (t) => {
  const { folder, clock, storage, events } = outage(t)
  const server = await createAuthorizationServer({
    issuer: the.issuer,
    ...{ storage, clock },
    snapshot: { file: join(folder, 'mintmark.db', 'snapshot') },
    observer: (event) => void events.push(event),
  })
  await clock.advance(250)
  await eventually(() =>
    assert.ok(events.some((event) => event.type === 'snapshot_failed' && event.systemCode)),
  )
  assert.equal(server.ready(), true)
  await server.close()
})

for (const snapshot of [
  { file: '' },
  { graceSeconds: -1 },
  { graceSeconds: 1.5 },
  { fil: 'x' },
  7,
]) {
  test(`snapshot ${JSON.stringify(snapshot)} is refused before anything is opened`, async () => {
    const storage = { ...sqlite(':memory:'), open: () => assert.fail('opened') }
    const options = { issuer: the.issuer, storage, snapshot: snapshot as never }
    await assert.rejects(createAuthorizationServer(options), TypeError)
  })
}
