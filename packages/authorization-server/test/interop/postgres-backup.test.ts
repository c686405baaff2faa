/** Backups from one kind of database into the other and back. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startPostgresServer } from '@mintmark/testkit'
import { restoreBackup, type Storage, sqlite, writeBackup } from '../../src/index.ts'
import { postgres } from '../../src/postgres.ts'
import { tableCatalogue } from '../../src/storage/sql/table-catalogue.ts'
import { auditVerdict, contentOf, fillStorage } from '../backup/backup-world.ts'

const server = await startPostgresServer()
const folder = mkdtempSync(join(tmpdir(), 'mintmark-postgres-backup-'))
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

async function copy(from: Storage, to: Storage): Promise<void> {
  const pieces: string[] = []
  await writeBackup({ storage: from, write: (piece) => void pieces.push(piece) })
  const text = pieces.join('')
  await restoreBackup({ storage: to, lines: () => text.trimEnd().split('\n') })
}

test('a backup goes from SQLite to PostgreSQL and back, and nothing is different [A11]', async () => {
  const first = join(folder, 'first')
  const masterKeyFile = join(first, 'master.key')
  await fillStorage(sqlite(first), 2_300)
  const between = postgres(await server.createDatabase('between'), { masterKeyFile })
  await copy(sqlite(first), between)
  assert.deepEqual(await contentOf(between), await contentOf(sqlite(first)))
  assert.ok((await auditVerdict(between)).ok)
  const last = join(folder, 'last')
  mkdirSync(last)
  copyFileSync(masterKeyFile, join(last, 'master.key'))
  await copy(between, sqlite(last))
  assert.deepEqual(await contentOf(sqlite(last)), await contentOf(sqlite(first)))
  assert.ok((await auditVerdict(sqlite(last))).ok)
})

test('the catalogue of tables has every column of PostgreSQL, too [A11]', async () => {
  const url = await server.createDatabase('catalogue')
  await (await postgres(url, { masterKeyFile: join(folder, 'c.key') }).open()).close()
  const columns = await server.command(
    `select table_name || '.' || column_name from information_schema.columns
     where table_schema = 'public' and table_name not in ('replay', 'schema_steps')`,
    url,
  )
  const catalogued = tableCatalogue.flatMap(({ name, columns: all }) =>
    Object.keys(all).map((column) => `${name}.${column}`),
  )
  assert.deepEqual(columns.split('\n').sort(), catalogued.sort())
})
