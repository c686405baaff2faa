/**
 * A backup as lines of JSON, whatever database it came from and goes to.
 *
 *   {"format":"mintmark-backup","version":1,"created_at_ms":...,"master_key_check":"..."}
 *   {"table":"clients","columns":["id",...]}          the lines after it are rows of that table
 *   ["partner-a",...]                                 octets are base64url
 *   {"rows":...,"mac":"..."}                          HMAC-SHA-256 over all octets before this line
 *
 * Invariants
 *  (1) Nothing in it opens without the master key, which is not in it: secrets are digests or sealed, keys are sealed.
 *  (2) A line is used only after the authentication code of the whole was verified under the master key.
 */
import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '../signing-keys/key-sealing.ts'
import { masterKeyCheckOf } from '../storage/sql/master-key-check.ts'
import { tableCatalogue } from '../storage/sql/table-catalogue.ts'
import type { TableRows } from '../storage/storage.ts'
import { BackupError } from './backup-error.ts'

const FORMAT = 'mintmark-backup'
const VERSION = 1

/** Writes the lines of one backup. */
export class BackupWriter {
  readonly #write: (text: string) => void
  readonly #mac: Hmac
  #table: string | undefined
  #rows = 0

  /** `write` is given the text piece by piece, each of whole lines. */
  constructor(masterKey: Uint8Array, createdAtWallMs: number, write: (text: string) => void) {
    this.#write = write
    this.#mac = macOf(masterKey)
    const check = masterKeyCheckOf(masterKey)
    this.#put([
      { format: FORMAT, version: VERSION, created_at_ms: createdAtWallMs, master_key_check: check },
    ])
  }

  /** Adds rows; all rows of a table come one after the other. */
  add({ table, columns, rows }: TableRows): void {
    const heading = table === this.#table ? [] : [{ table, columns }]
    this.#table = table
    this.#rows += rows.length
    this.#put([...heading, ...rows.map((row) => row.map(writable))])
  }

  /** Ends the backup, and tells how many rows it has. */
  end(): number {
    this.#write(`${closingLine(this.#rows, this.#mac)}\n`)
    return this.#rows
  }

  #put(lines: readonly object[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    this.#mac.update(text, 'utf8')
    this.#write(text)
  }
}

function macOf(masterKey: Uint8Array): Hmac {
  return createHmac('sha256', deriveKey(masterKey, 'backup'))
}

/** The last line, without its end. */
function closingLine(rows: number, mac: Hmac): string {
  return JSON.stringify({ rows, mac: mac.digest('base64url') })
}

type Value = TableRows['rows'][number][number]

function writable(value: Value): null | number | string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : value
}

/**
 * Goes through all lines and verifies that they are a whole backup that was made under `masterKey`.
 *
 * @throws BackupError otherwise.
 */
export function verifyBackup(lines: Iterable<string>, masterKey: Uint8Array | undefined): void {
  const mac = masterKey && macOf(masterKey)
  let rows = 0
  let previous: string | undefined
  for (const line of lines) {
    if (previous === undefined) checkHead(line, masterKey)
    else mac?.update(`${previous}\n`, 'utf8')
    // Rows are arrays, and nothing else is.
    if (line.startsWith('[')) rows += 1
    previous = line
  }
  if (previous === undefined) throw new BackupError('backup_malformed')
  if (mac === undefined) throw new BackupError('backup_of_other_key')
  // As it was written, to the letter: the number of rows and the spelling of the code are not part of what it covers.
  const expected = Buffer.from(closingLine(rows, mac))
  const found = Buffer.from(previous)
  const isWhole = found.length === expected.length && timingSafeEqual(found, expected)
  if (!isWhole) throw new BackupError('backup_damaged')
}

function checkHead(line: string, masterKey: Uint8Array | undefined): void {
  const head = parsed(line) as Readonly<Record<string, unknown>> | undefined
  if (head?.format !== FORMAT) throw new BackupError('backup_malformed')
  if (head.version !== VERSION) throw new BackupError('backup_too_new')
  const check = masterKey && masterKeyCheckOf(masterKey)
  if (head.master_key_check !== check || check === undefined) {
    throw new BackupError('backup_of_other_key')
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Rows that are handed on at a time. */
const PAGE_ROWS = 1_000

/**
 * The rows in the lines of a backup that {@link verifyBackup} has verified.
 *
 * @throws BackupError `backup_too_new` for a table or a column that this version does not know: what it means is not
 *   known either.
 */
export function* rowsOf(lines: Iterable<string>): Generator<TableRows> {
  let heading: Heading | undefined
  let rows: Value[][] = []
  for (const line of lines) {
    const value = JSON.parse(line) as readonly Value[] | Readonly<Record<string, unknown>>
    if (Array.isArray(value) && heading !== undefined) {
      rows.push(rowFrom(value, heading))
      if (rows.length < PAGE_ROWS) continue
    }
    if (heading !== undefined && rows.length > 0) yield { ...heading, rows }
    rows = []
    if ('table' in value) heading = headingFrom(value as unknown as Heading)
  }
}

type Heading = Pick<TableRows, 'table' | 'columns'>

function headingFrom({ table, columns }: Heading): Heading {
  const known = tableCatalogue.find(({ name }) => name === table)
  const isKnown = known !== undefined && columns.every((column) => column in known.columns)
  if (!isKnown) throw new BackupError('backup_too_new')
  return { table, columns }
}

function rowFrom(values: readonly Value[], { table, columns }: Heading): Value[] {
  const kinds = tableCatalogue.find(({ name }) => name === table)?.columns
  return values.map((value, at) =>
    kinds?.[columns[at] ?? ''] === 'octets' && typeof value === 'string'
      ? new Uint8Array(Buffer.from(value, 'base64url'))
      : value,
  )
}
