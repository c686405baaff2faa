import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '@mintmark/runtime'
import { migrations, sqliteLedger } from '../../src/storage/sqlite/migrations.ts'
import { sqlite } from '../../src/storage/sqlite/sqlite.ts'
import { SqliteDatabase } from '../../src/storage/sqlite/sqlite-database.ts'
import { StorageError } from '../../src/storage/storage.ts'
import { hurriedClock } from '../hurried-clock.ts'
import { testSchema } from './schema-contract.ts'
import { testStorage } from './storage-contract.ts'

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'mintmark-storage-'))
}

testStorage('SQLite', async () => {
  const folder = join(temporaryFolder(), 'data')
  return {
    storage: sqlite(folder, { clock: hurriedClock }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  }
})

testSchema('SQLite', async () => {
  const folder = join(temporaryFolder(), 'data')
  const storage = sqlite(folder)
  await (await storage.open()).close()
  return {
    storage,
    openDatabase: async () =>
      new SqliteDatabase(join(folder, 'mintmark.db'), { clock: systemClock }),
    steps: migrations,
    ledger: sqliteLedger,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  }
})

test('SQLite keeps database and master key from other accounts', async () => {
  const folder = join(temporaryFolder(), 'data')
  await (await sqlite(folder).open()).close()
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of ['master.key', 'mintmark.db']) {
    assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
  }
  rmSync(folder, { recursive: true })
})

test('SQLite in memory needs no folder and starts empty each time', async () => {
  const session = await sqlite(':memory:').open()
  assert.deepEqual((await session.load()).clients, [])
  await session.close()
})

const unusable: readonly (readonly [title: string, prepare: (folder: string) => string])[] = [
  ['a path through a file', (folder) => join(fileIn(folder, 'file', 'x'), 'file', 'data')],
  ['a file instead of a folder', (folder) => join(fileIn(folder, 'file', 'x'), 'file')],
  [
    'a database of another program',
    (folder) => fileIn(folder, 'mintmark.db', 'not a database'.repeat(99)),
  ],
  ['a master key that is too short', (folder) => fileIn(folder, 'master.key', 'c2hvcnQ')],
]

for (const [title, prepare] of unusable) {
  test(`SQLite refuses ${title} with an error that names the place and no system text`, async () => {
    const folder = temporaryFolder()
    const path = prepare(folder)
    await assert.rejects(sqlite(path).open(), (error) => {
      assert.ok(error instanceof StorageError)
      assert.match(error.code, /^storage_(unavailable|damaged)$/)
      assert.ok(error.location.startsWith(folder))
      assert.equal(error.message.includes('\n'), false)
      return true
    })
    rmSync(folder, { recursive: true })
  })
}

test('SQLite leaves a master key that is already there as it is', async () => {
  const folder = temporaryFolder()
  chmodSync(folder, 0o700)
  const text = `${Buffer.alloc(32, 1).toString('base64url')}\n`
  writeFileSync(join(folder, 'master.key'), text)
  const session = await sqlite(folder).open()
  assert.deepEqual(Buffer.from(session.masterKey), Buffer.alloc(32, 1))
  assert.equal(readFileSync(join(folder, 'master.key'), 'utf8'), text)
  await session.close()
  rmSync(folder, { recursive: true })
})

/** Writes a file into `folder` and gives the folder back. */
function fileIn(folder: string, name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return folder
}
