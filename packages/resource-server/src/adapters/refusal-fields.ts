/** The header fields of an answer as most frameworks take them: one call for each name. */
import type { Refusal } from '../verdict.ts'

/** A field's name, and its values where it is sent more than once, as several challenges are. */
export type GroupedField = readonly [name: string, value: string | string[]]

/** The fields by name, in the order in which they first come. */
export function groupedFields({ headers }: Pick<Refusal, 'headers'>): readonly GroupedField[] {
  const grouped = new Map<string, string | string[]>()
  for (const [name, value] of headers) {
    const before = grouped.get(name)
    grouped.set(name, before === undefined ? value : [before, value].flat())
  }
  return [...grouped]
}
