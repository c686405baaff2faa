/** What holds on every SQL database while this version and a next one, which only this file knows, run side by side. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  expansion,
  migrate,
  type SchemaLedger,
  type SchemaStep,
} from '../../src/storage/sql/schema-steps.ts'
import { rows, run, type SqlDatabase, type SqlWork } from '../../src/storage/sql/sql-work.ts'
import type { StorageSession } from '../../src/storage/storage.ts'
import type { StoredChange } from '../../src/storage/stored-change.ts'
import { someClient } from '../registered.ts'
import { clientCreated, make, opened, resourceCreated, type StoragePlace } from './storage-world.ts'

/** A place whose database can also be opened as such, as a next version would. */
export interface SchemaPlace extends StoragePlace {
  openDatabase(): Promise<SqlDatabase>
  readonly steps: readonly SchemaStep[]
  readonly ledger: SchemaLedger
}

const CLIENTS = 1_234

/** The next version keeps a region for each client, and a list of regions. */
const nextSteps: readonly SchemaStep[] = [
  expansion(`
    alter table clients add column region text;
    create table regions (name text primary key, note text not null default 'none');
    create index clients_by_region on clients (region);`),
  {
    fill: `update clients set region = 'eu'
           where id in (select id from clients where region is null order by id limit ?)`,
  },
  expansion("insert into regions (name) values ('eu'); insert into regions (name) values ('us')"),
]

interface RegionRow {
  readonly region: string | null
}

/** The next version reads what older ones write: no region is the first one. */
function* regionOf(id: string): SqlWork<string> {
  const [row] = yield* rows<RegionRow>('select region from clients where id = ?', id)
  return row?.region ?? 'eu'
}

function* moveTo(region: string, id: string): SqlWork<{ readonly ok: true }> {
  yield* run('update clients set region = ? where id = ?', region, id)
  return { ok: true }
}

function* emptyRegions(): SqlWork<number> {
  const found = yield* rows('select 1 as one from clients where region is null')
  return found.length
}

function created(id: string): StoredChange {
  return { type: 'client_created', client: someClient(id) }
}

async function fill(session: StorageSession): Promise<void> {
  await make(session, resourceCreated, clientCreated)
  await make(session, ...Array.from({ length: CLIENTS }, (_, at) => created(`old-${at}`)))
}

/** A database that fails for good after some transactions, as a process does that is killed. */
function killedAfter(transactions: number, database: SqlDatabase): SqlDatabase {
  let left = transactions
  return {
    transaction: async (work) => {
      if (left === 0) throw new Error('killed')
      left -= 1
      return await database.transaction(work)
    },
    note: (work) => database.note(work),
    snapshot: (work) => database.snapshot(work),
    watch: () => undefined,
    close: () => database.close(),
  }
}

/** Declares what holds for the databases of `makePlace`. */
export function testSchema(name: string, makePlace: () => Promise<SchemaPlace>): void {
  const it = (title: string, check: (place: SchemaPlace, next: SqlDatabase) => Promise<void>) =>
    test(`${name} ${title} [A11]`, async () => {
      const place = await makePlace()
      const next = await place.openDatabase()
      try {
        await check(place, next)
      } finally {
        await next.close()
        await place.remove()
      }
    })

  it('is brought up to a next version while this one reads and writes', async (place, next) => {
    const { storage, steps, ledger } = place
    await using session = await opened(storage)
    await fill(session)
    let isMigrated = false
    const migration = migrate(next, [...steps, ...nextSteps], ledger).then(() => {
      isMigrated = true
    })
    let count = 0
    do {
      assert.ok((await make(session, created(`meanwhile-${count}`))).ok)
      assert.ok((await make(session, { type: 'client_disabled', id: `old-${count}` })).ok)
      count += 1
      const { clients } = await session.readRegistry({ kind: 'ids', ids: ['meanwhile-0'] })
      assert.equal(clients.length, 1)
    } while (!isMigrated)
    await migration
    const state = await session.load()
    assert.equal(state.clients.length, 1 + CLIENTS + count)
    assert.equal(state.clients.filter(({ disabled }) => disabled).length, count)
    // Nothing of what was there before is left unconverted.
    assert.equal(await next.snapshot(() => regionOf('old-0')), 'eu')
    assert.ok((await next.snapshot(emptyRegions)) <= count)
  })

  it('serves both versions afterwards, and one that is started anew', async (place, next) => {
    const { storage, steps, ledger } = place
    {
      await using session = await opened(storage)
      await make(session, resourceCreated, clientCreated)
      await migrate(next, [...steps, ...nextSteps], ledger)
      await make(session, created('by-this-version'))
    }
    await using session = await opened(storage)
    assert.equal(await next.snapshot(() => regionOf('by-this-version')), 'eu')
    await next.transaction(() => moveTo('us', 'by-this-version'))
    const client = {
      ...someClient('by-this-version'),
      authenticationMethods: ['client_secret_post'] as const,
    }
    assert.ok((await make(session, { type: 'client_updated', client })).ok)
    // This version knows nothing of regions, and changes none.
    assert.equal(await next.snapshot(() => regionOf('by-this-version')), 'us')
    assert.ok((await make(session, { type: 'client_deleted', id: 'by-this-version' })).ok)
    assert.ok((await make(session, created('by-this-version'))).ok)
    assert.equal(await next.snapshot(() => regionOf('by-this-version')), 'eu')
  })

  it('continues a migration that was interrupted anywhere', async (place, next) => {
    const { storage, steps, ledger } = place
    await using session = await opened(storage)
    await fill(session)
    const all = [...steps, ...nextSteps]
    let attempts = 0
    for (let isDone = false; !isDone; attempts += 1) {
      // Each attempt gets a little further: what was done stays done.
      isDone = await migrate(killedAfter(1, next), all, ledger).then(
        () => true,
        () => false,
      )
      assert.equal((await session.load()).clients.length, 1 + CLIENTS)
    }
    // Expansion, three batches and an empty one, expansion.
    assert.equal(attempts, 6)
    assert.equal(await next.snapshot(emptyRegions), 0)
    assert.equal(await next.snapshot(() => ledger.seen()), all.length)
  })

  it('is migrated once by several nodes that start together', async (place, next) => {
    const { storage, steps, ledger } = place
    await using session = await opened(storage)
    await fill(session)
    const other = await place.openDatabase()
    const all = [...steps, ...nextSteps]
    await Promise.all([migrate(next, all, ledger), migrate(other, all, ledger)])
    await other.close()
    assert.equal(await next.snapshot(() => ledger.seen()), all.length)
    assert.equal((await next.snapshot(() => rows('select name from regions'))).length, 2)
  })
}
