/** What happens to the storage when its PostgreSQL server is killed, paused, far away or not ours. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { systemClock } from '@mintmark/runtime'
import { eventually, type PostgresServer, startPostgresServer } from '@mintmark/testkit'
import { StorageError } from '../../src/index.ts'
import { postgres } from '../../src/postgres.ts'
import { clientCreated, make, opened, resourceCreated } from '../storage/storage-world.ts'

const server = await startPostgresServer()
const folder = mkdtempSync(join(tmpdir(), 'mintmark-postgres-trouble-'))
const masterKeyFile = join(folder, 'master.key')
let count = 0
let url = ''

beforeEach(async () => {
  count += 1
  url = await server.createDatabase(`trouble${count}`)
})

after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** A `StorageError` of that code whose text tells where and what to do, and nothing secret. */
function storageError(code: string, text: RegExp) {
  return (error: unknown): true => {
    assert.ok(error instanceof StorageError)
    assert.equal(error.code, code)
    assert.match(error.message, text)
    assert.equal(JSON.stringify([error, error.message, error.stack]).includes('tops3cret'), false)
    assert.equal(error.cause, undefined)
    return true
  }
}

async function assertAllFail(answers: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(answers)) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof StorageError)
  }
}

describe('PostgreSQL as storage', () => {
  test('shows a change to every other node within a second [A12]', async () => {
    await using writer = await opened(postgres(url, { masterKeyFile }))
    const seenAfterMs: number[] = []
    const readers = await Promise.all([1, 2, 3].map(() => opened(postgres(url, { masterKeyFile }))))
    await make(writer, resourceCreated, clientCreated)
    for (const reader of readers) await reader.changesSince(0)
    for (let round = 0; round < 5; round += 1) {
      const expected = 3 + round
      const startedAtMs = systemClock.monotonicMs()
      const seen = readers.map(
        (reader) =>
          new Promise<void>((resolve) => {
            const look = async () => {
              if (((await reader.changesSince(0))?.sequence ?? 0) < expected) return
              seenAfterMs.push(systemClock.monotonicMs() - startedAtMs)
              resolve()
            }
            reader.watch(() => void look())
          }),
      )
      await make(writer, { type: 'setting_changed', name: 'round', value: String(round) })
      await Promise.all(seen)
    }
    // The median: a machine that is busy may hold up one of them. Without notifications most would take seconds.
    const inOrder = seenAfterMs.toSorted((a, b) => a - b)
    const median = inOrder[Math.floor(inOrder.length / 2)] ?? 0
    assert.ok(median < 1000, `seen after ${inOrder.map(Math.round).join(', ')} ms`)
    for (const reader of readers) await reader.close()
  })

  test('fails while the server is gone, and goes on by itself afterwards [A11]', async () => {
    await using session = await opened(postgres(url, { masterKeyFile }))
    let told = 0
    session.watch(() => {
      told += 1
    })
    await make(session, resourceCreated)
    await server.kill()
    const before = told
    await assert.rejects(make(session, clientCreated), storageError('storage_unavailable', /127/))
    await assert.rejects(session.load(), StorageError)
    await eventually(() => assert.ok(told > before))
    await server.restart()
    await eventually(async () => assert.ok((await make(session, clientCreated)).ok))
    assert.equal((await session.load()).sequence, 2)
    // It hears of changes again, too.
    const heard = told
    await eventually(() => assert.ok(told > heard))
  })

  test('makes a change whole or not at all when the connection is lost in its middle [A11]', async () => {
    await using session = await opened(postgres(url, { masterKeyFile }))
    await make(session, resourceCreated)
    // The change waits for this lock after it has written the client.
    const lock = server.command(
      'begin; lock table grants in exclusive mode; select pg_sleep(600)',
      url,
    )
    const locked = assert.rejects(lock)
    await eventually(async () => assert.equal(await locksHeld(server, url), '1'))
    const change = assert.rejects(make(session, clientCreated), StorageError)
    await eventually(async () => assert.notEqual(await locksHeld(server, url), '1'))
    await server.kill()
    await Promise.all([change, locked])
    await server.restart()
    const state = await session.load()
    assert.deepEqual([state.clients, state.sequence], [[], 1])
    assert.ok((await make(session, clientCreated)).ok)
  })

  test('gives up on a server that does not answer, and finds it again [A11]', async () => {
    const impatient = { masterKeyFile, statementMsMax: 500 }
    await using session = await opened(postgres(url, impatient))
    await make(session, resourceCreated)
    server.pause()
    try {
      const asked = [make(session, clientCreated), session.load(), session.setting('a')]
      await assertAllFail(asked)
    } finally {
      server.resume()
    }
    await eventually(async () => assert.ok((await session.load()).sequence > 0))
    // The change that was given up may have been made all the same, or not; in either case whole.
    const { clients, sequence } = await session.load()
    assert.equal(clients.length, sequence - 1)
  })

  test('can be closed while the server does not answer [A12]', async () => {
    const session = await postgres(url, { masterKeyFile }).open()
    let told = 0
    session.watch(() => {
      told += 1
    })
    await eventually(() => assert.ok(told > 0))
    server.pause()
    try {
      // One that is under way, and connections that nobody uses.
      const load = assertAllFail([session.load()])
      await session.close()
      await load
    } finally {
      server.resume()
    }
  })

  test('lets readers go on while a writer of another node is stuck, and writers after a time [A11]', async () => {
    await using session = await opened(postgres(url, { masterKeyFile, statementMsMax: 300 }))
    await make(session, resourceCreated)
    const stuck = server.command('begin; lock table settings; select pg_sleep(600)', url)
    const ended = assert.rejects(stuck)
    const busy = storageError('storage_unavailable', /busy.*\(55P03\)/)
    await eventually(() => assert.rejects(session.setting('a'), busy))
    const changes = [0, 1, 2, 3, 4].map((at) =>
      make(session, { type: 'setting_changed', name: `s${at}`, value: '' }),
    )
    const failed = assertAllFail(changes)
    assert.equal((await session.load()).sequence, 1)
    await failed
    await server.command(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()`,
    )
    await ended
    assert.ok((await make(session, clientCreated)).ok)
  })

  test('numbers the changes of several nodes without gaps, in the order of their commits [A11]', async () => {
    const sessions = await Promise.all(
      [1, 2, 3, 4].map(() => opened(postgres(url, { masterKeyFile }))),
    )
    const outcomes = await Promise.all(
      Array.from({ length: 80 }, (_, at) =>
        sessions[at % 4]?.apply([{ type: 'setting_changed', name: `s${at}`, value: 'x' }], {
          actor: 'operator:test',
          via: 'library',
          atWallMs: at,
        }),
      ),
    )
    const numbers = outcomes.map((outcome) => (outcome?.ok ? outcome.sequence : 0))
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 80 }, (_, at) => at + 1),
    )
    const records = await sessions[0]?.auditRecords(0, 100)
    assert.deepEqual(
      records?.map(({ previousHash }) => Buffer.from(previousHash).toString('hex')).slice(1),
      records?.map(({ hash }) => Buffer.from(hash).toString('hex')).slice(0, -1),
    )
    for (const session of sessions) await session.close()
  })

  test('gives each of two databases its own clients under one master key', async () => {
    const other = await server.createDatabase(`other${count}`)
    await using one = await opened(postgres(url, { masterKeyFile }))
    await using two = await opened(postgres(other, { masterKeyFile }))
    await make(one, resourceCreated)
    assert.equal((await two.load()).sequence, 0)
    assert.deepEqual(one.masterKey, two.masterKey)
  })

  test('tells a node whose master key is another or missing, and leaves its file as it was [A11]', async () => {
    await (await postgres(url, { masterKeyFile }).open()).close()
    const other = join(folder, 'other.key')
    writeFileSync(other, `${Buffer.alloc(32, 1).toString('base64url')}\n`)
    const opensWith = (file: string) => postgres(url, { masterKeyFile: file }).open()
    await assert.rejects(opensWith(other), storageError('master_key_wrong', /replace it/))
    assert.equal(readFileSync(other, 'utf8').length, 44)
    const missing = join(folder, 'missing.key')
    await assert.rejects(opensWith(missing), storageError('master_key_missing', /copy it/))
    assert.equal(existsSync(missing), false)
  })

  test('lets one of two nodes that start with keys of their own win, and tells the other', async () => {
    const files = ['a.key', 'b.key'].map((name) => join(folder, name))
    const starts = files.map((file) => postgres(url, { masterKeyFile: file }).open())
    const outcomes = await Promise.allSettled(starts)
    const started = outcomes.filter(({ status }) => status === 'fulfilled')
    assert.equal(started.length, 1)
    assert.equal(files.filter((file) => existsSync(file)).length, 1)
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') await outcome.value.close()
      else assert.match(outcome.reason.code, /^master_key_/)
    }
  })

  test('says what is wrong with an address, and nothing of its credentials', async () => {
    const at = (text: string) => postgres(text, { masterKeyFile }).open()
    const nobody = url.replace('postgres@', 'postgres:tops3cret@').replace(/:\d+\//, ':1/')
    await assert.rejects(at(nobody), storageError('storage_unavailable', /127\.0\.0\.1:1\/.*check/))
    const account = url.replace('postgres@', 'nobody:tops3cret@')
    await assert.rejects(at(account), storageError('storage_unavailable', /account.*\(28000\)/))
    const database = `${url.replace('postgres@', 'postgres:tops3cret@')}x`
    await assert.rejects(at(database), storageError('storage_unavailable', /create.*\(3D000\)/))
    const certificate = `${url}?sslrootcert=/nowhere/tops3cret.pem`
    await assert.rejects(at(certificate), storageError('storage_unavailable', /\(ENOENT\)/))
    for (const text of ['mysql://a:tops3cret@b/c', 'tops3cret', '']) {
      assert.throws(() => at(text), storageError('storage_unavailable', /postgres:\/\/account/))
    }
  })
})

/** How many exclusive locks on `grants` are held or waited for. */
function locksHeld(of: PostgresServer, database: string): Promise<string> {
  return of.command(
    "select count(*) from pg_locks where relation = 'grants'::regclass and mode like '%Exclusive%'",
    database,
  )
}
