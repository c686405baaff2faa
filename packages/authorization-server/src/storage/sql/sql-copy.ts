/** Reading all rows of a database in one consistent snapshot, and writing them into an empty one. */
import type { CopyOutcome, TableRows } from '../storage.ts'
import { masterKeyCheckSetting } from './master-key-check.ts'
import { rows, run, type SqlValue, type SqlWork } from './sql-work.ts'
import { type CataloguedTable, tableCatalogue } from './table-catalogue.ts'

/** Rows that are read by one statement, and written by one. */
const ROWS_READ = 1_000
const ROWS_WRITTEN = 50

/** Gives every row to `take`, table by table in the order of the catalogue, a page at a time. */
export function* readTables(take: (page: TableRows) => void): SqlWork<void> {
  for (const table of tableCatalogue) {
    let last: readonly SqlValue[] | undefined
    do {
      const found = yield* readPage(table, last)
      if (found.length > 0) take({ table: table.name, columns: columnsOf(table), rows: found })
      last = found.length < ROWS_READ ? undefined : keyOf(found.at(-1) ?? [], table)
    } while (last !== undefined)
  }
}

function columnsOf(table: CataloguedTable): readonly string[] {
  return Object.keys(table.columns)
}

function* readPage(
  table: CataloguedTable,
  last: readonly SqlValue[] | undefined,
): SqlWork<readonly (readonly SqlValue[])[]> {
  const columns = columnsOf(table)
  const key = table.key.join(', ')
  const after =
    last === undefined ? '' : `where (${key}) > (${table.key.map(() => '?').join(', ')})`
  const found = yield* rows<Readonly<Record<string, SqlValue>>>(
    `select ${columns.join(', ')} from ${table.name} ${after} order by ${key} limit ?`,
    ...(last ?? []),
    ROWS_READ,
  )
  return found.map((row) => columns.map((column) => row[column] ?? null))
}

function keyOf(row: readonly SqlValue[], table: CataloguedTable): readonly SqlValue[] {
  const columns = columnsOf(table)
  return table.key.map((column) => row[columns.indexOf(column)] ?? null)
}

/** Writes the pages that `next` gives until there are no more; nothing unless the database is empty. */
export function* writeTables(next: () => TableRows | undefined): SqlWork<CopyOutcome> {
  if (yield* hasRows()) return { ok: false, violation: 'not_empty' }
  for (let page = next(); page !== undefined; page = next()) {
    for (let at = 0; at < page.rows.length; at += ROWS_WRITTEN) {
      yield* insertRows({ ...page, rows: page.rows.slice(at, at + ROWS_WRITTEN) })
    }
  }
  return { ok: true }
}

/** What a new database has by itself does not count. */
function* hasRows(): SqlWork<boolean> {
  for (const { name } of tableCatalogue) {
    const isSettings = name === 'settings'
    const found = yield* rows(
      `select 1 as one from ${name} ${isSettings ? 'where name <> ?' : ''} limit 1`,
      ...(isSettings ? [masterKeyCheckSetting] : []),
    )
    if (found.length > 0) return true
  }
  return false
}

function* insertRows({ table, columns, rows: some }: TableRows): SqlWork<void> {
  const places = `(${columns.map(() => '?').join(', ')})`
  // The check of the master key is there already; it is the same, or this would not have begun.
  yield* run(
    `insert into ${table} (${columns.join(', ')}) values ${some.map(() => places).join(', ')}
     on conflict do nothing`,
    ...some.flat(),
  )
}
