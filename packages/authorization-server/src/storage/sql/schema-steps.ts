/**
 * Bringing the tables of a database up to what this version needs, while servers of older versions go on beside it.
 *
 * Rules for whoever adds a step
 *  (1) A step that has been released is never edited; the next one is added below it.
 *  (2) A step expands: new tables, new columns that are nullable or have a default, new indexes. Nothing that an older
 *      version reads or writes is renamed, retyped, made narrower or removed.
 *  (3) Statements name their columns, so that those of a newer version do no harm. What an older version writes without
 *      the new columns has to make sense to the newer one.
 *  (4) Rows are converted by a `fill`, a batch at a time, never by one statement over the table.
 *  (5) What nothing reads any more is removed (contracted) by a step of a later version, when every version that reads
 *      it is out of support.
 *
 * Each step, and each batch of a fill, is a transaction of its own that no other writer runs beside: two servers that
 * start together take turns, and one that is stopped in the middle is continued by the next.
 */
import { run, type SqlDatabase, type SqlWork } from './sql-work.ts'

/** One step: statements that expand the schema, or one that converts rows. */
export type SchemaStep =
  | { readonly statements: readonly string[] }
  /**
   * Changes at most as many rows as its one `?` says, and none when all are converted. Rows that an older version
   * writes later stay as they are, so reading has to understand both.
   */
  | { readonly fill: string }

/** Where a database keeps the number of steps that it has seen. */
export interface SchemaLedger {
  seen(): SqlWork<number>
  record(steps: number): SqlWork<void>
}

/** Rows that are converted at a time: a few milliseconds, which writers wait. */
const FILL_ROWS = 500

/** Makes a step of statements that are separated by semicolons. */
export function expansion(text: string): SchemaStep {
  const statements = text.split(';').map((statement) => statement.trim())
  return { statements: statements.filter((statement) => statement !== '') }
}

/** Runs the steps that `database` has not seen. One that has seen more is of a newer version, and is left alone. */
export async function migrate(
  database: SqlDatabase,
  steps: readonly SchemaStep[],
  ledger: SchemaLedger,
): Promise<void> {
  for (;;) {
    const { isDone } = await database.transaction(() => nextStep(steps, ledger))
    if (isDone) return
  }
}

function* nextStep(
  steps: readonly SchemaStep[],
  ledger: SchemaLedger,
): SqlWork<{ readonly ok: true; readonly isDone: boolean }> {
  const seen = yield* ledger.seen()
  const step = steps[seen]
  if (step === undefined) return { ok: true, isDone: true }
  if (!(yield* isFinished(step))) return { ok: true, isDone: false }
  yield* ledger.record(seen + 1)
  return { ok: true, isDone: seen + 1 === steps.length }
}

function* isFinished(step: SchemaStep): SqlWork<boolean> {
  if ('fill' in step) return (yield* run(step.fill, FILL_ROWS)) === 0
  for (const statement of step.statements) yield* run(statement)
  return true
}
