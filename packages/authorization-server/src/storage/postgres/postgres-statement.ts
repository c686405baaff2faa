/** Statements and values in the form that PostgreSQL's driver wants. */
import pg from 'pg'
import type { SqlStatement } from '../sql/sql-work.ts'

/** Texts are constants of this program, so there are few. */
const numbered = new Map<string, string>()

/** A statement with `$1`, `$2`, ... in place of each `?`. */
export function numberedText(text: string): string {
  let known = numbered.get(text)
  if (known === undefined) {
    let count = 0
    known = text.replaceAll('?', () => {
      count += 1
      return `$${count}`
    })
    numbered.set(text, known)
  }
  return known
}

/** The statement for `query`. Unnamed, so that it also works through a pooler that shares connections. */
export function queryOf({ text, values }: SqlStatement): pg.QueryConfig {
  return { text: numberedText(text), values: [...values], types: columnTypes }
}

const BIGINT = 20
const BYTEA = 17
const hexOctets = pg.types.getTypeParser(BYTEA, 'text') as (text: string) => Uint8Array

/** A bigint as a number: what we store are instants and counts, far below 2^53. Octets as those of SQLite. */
const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') => {
    if (oid === BIGINT) return Number
    if (oid === BYTEA) return (text: string) => new Uint8Array(hexOctets(text))
    return pg.types.getTypeParser(oid, format)
  }) as typeof pg.types.getTypeParser,
}
