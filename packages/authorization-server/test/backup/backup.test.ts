import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { verifyBackup } from '../../src/backup/backup-format.ts'
import { BackupError, restoreBackup, sqlite, writeBackup } from '../../src/index.ts'
import { tableCatalogue } from '../../src/storage/sql/table-catalogue.ts'
import { someClient } from '../registered.ts'
import { make } from '../storage/storage-world.ts'
import { auditVerdict, contentOf, fillStorage } from './backup-world.ts'

/** A data folder, and further ones with the same master key. */
function folders(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'mintmark-backup-'))
  t.after(() => rmSync(root, { recursive: true }))
  const first = join(root, 'first')
  let count = 0
  return {
    first,
    /** Empty but for the key. */
    another() {
      count += 1
      const folder = join(root, `another${count}`)
      mkdirSync(folder)
      copyFileSync(join(first, 'master.key'), join(folder, 'master.key'))
      return folder
    },
    root,
  }
}

async function backupOf(folder: string): Promise<string> {
  let text = ''
  await writeBackup({
    storage: sqlite(folder),
    write: (piece) => {
      text += piece
    },
  })
  return text
}

function restore(text: string, folder: string): Promise<void> {
  const lines = () => text.split('\n').filter((line) => line !== '')
  return restoreBackup({ storage: sqlite(folder), lines })
}

function refusedAs(code: BackupError['code']) {
  return (error: unknown): true => {
    assert.ok(error instanceof BackupError)
    assert.equal(error.code, code)
    return true
  }
}

test('a backup restores everything, and the audit trail verifies [A11]', async (t) => {
  const { first, another } = folders(t)
  await fillStorage(sqlite(first), 2_300)
  const second = another()
  await restore(await backupOf(first), second)
  assert.deepEqual(await contentOf(sqlite(second)), await contentOf(sqlite(first)))
  const verdict = await auditVerdict(sqlite(second))
  assert.ok(verdict.ok && verdict.vouchedSequence > 2_300)
  // It is a storage like any other.
  const session = await sqlite(second).open()
  assert.ok((await make(session, { type: 'client_created', client: someClient('new') })).ok)
  await session.close()
})

test('a backup has every table of the catalogue, and the catalogue every table [A11]', async (t) => {
  const { first } = folders(t)
  await fillStorage(sqlite(first), 0)
  const tables = new Set(
    (await backupOf(first))
      .split('\n')
      .flatMap((line) => /^{"table":"(\w+)"/.exec(line)?.[1] ?? []),
  )
  assert.deepEqual(
    [...tables],
    tableCatalogue.map(({ name }) => name),
  )
  const database = new DatabaseSync(join(first, 'mintmark.db'))
  const named = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => String(row.name))
      .sort()
  const names = named(
    "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'",
  )
  assert.deepEqual(names, tableCatalogue.map(({ name }) => name).sort())
  for (const { name, columns } of tableCatalogue) {
    const found = named(`select name from pragma_table_info('${name}')`)
    assert.deepEqual(found, Object.keys(columns).sort(), name)
  }
  database.close()
})

test('a backup contains no secret in a form that can be used [A11]', async (t) => {
  const { first } = folders(t)
  await fillStorage(sqlite(first), 0)
  const session = await sqlite(first).open()
  const key = Buffer.from(session.masterKey)
  await session.close()
  const text = await backupOf(first)
  for (const form of ['base64url', 'base64', 'hex'] as const) {
    assert.equal(text.includes(key.toString(form)), false)
  }
})

test('a backup is restored by whoever has its master key, and by nobody else [A11]', async (t) => {
  const { first, root } = folders(t)
  await fillStorage(sqlite(first), 0)
  const text = await backupOf(first)
  const keyless = join(root, 'keyless')
  await assert.rejects(restore(text, keyless), refusedAs('backup_of_other_key'))
  const other = join(root, 'other')
  await (await sqlite(other).open()).close()
  await assert.rejects(restore(text, other), refusedAs('backup_of_other_key'))
})

test('a backup is restored only where nothing is stored yet [A11]', async (t) => {
  const { first, another } = folders(t)
  await fillStorage(sqlite(first), 0)
  const text = await backupOf(first)
  await assert.rejects(restore(text, first), refusedAs('storage_not_empty'))
  const second = another()
  await restore(text, second)
  await assert.rejects(restore(text, second), refusedAs('storage_not_empty'))
})

test('a backup that was changed anywhere, or is not whole, restores nothing [A11]', async (t) => {
  const { first, another } = folders(t)
  await fillStorage(sqlite(first), 3)
  const text = await backupOf(first)
  const second = another()
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 2),
      fc.constantFrom('cut', 'drop', 'other'),
      async (at, how) => {
        const end = how === 'cut' ? '' : text.slice(at + 1)
        const changed =
          text.slice(0, at) + (how === 'other' ? (text[at] === 'x' ? 'y' : 'x') : '') + end
        await assert.rejects(restore(changed, second), BackupError)
      },
    ),
    { numRuns: 60 },
  )
  for (const line of ['x', '{}', '[]', 'null', '{"format":"mintmark-backup"}', '"']) {
    await assert.rejects(restore(`${line}\n${text}`, second), BackupError)
  }
  await restore(text, second)
})

test('what nobody signed is no backup where there is no master key to verify it by [A11]', () => {
  const head = { format: 'mintmark-backup', version: 1 }
  const forged = [JSON.stringify(head), '{"rows":0,"mac":""}']
  assert.throws(() => verifyBackup(forged, undefined), BackupError)
})

test('the last line of a backup counts to the letter [A11]', async (t) => {
  const { first, another } = folders(t)
  await fillStorage(sqlite(first), 1)
  const text = await backupOf(first)
  for (const changed of [
    text.replace(/"rows":\d+/, '"rows":1'),
    text.replace(/"\}\n$/, '="}\n'),
    text.replace('"rows":', '"rows": '),
  ]) {
    assert.notEqual(changed, text)
    await assert.rejects(restore(changed, another()), BackupError)
  }
})

test('a backup of a newer version is not restored by half [A11]', async (t) => {
  const { first, another } = folders(t)
  await fillStorage(sqlite(first), 0)
  const text = await backupOf(first)
  const newer = text.replace('"version":1', '"version":2')
  await assert.rejects(restore(newer, another()), refusedAs('backup_too_new'))
})

test('what the file system answers while a backup is written ends it', async (t) => {
  const { first } = folders(t)
  await fillStorage(sqlite(first), 0)
  const write = () => {
    throw new Error('disk full')
  }
  await assert.rejects(writeBackup({ storage: sqlite(first), write }), /disk full/)
  writeFileSync(join(first, 'still-usable'), '')
  await backupOf(first)
})
