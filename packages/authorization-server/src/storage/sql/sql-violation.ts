/** Why a change cannot be made, told by how many rows a statement changed. */

/** An identifier is taken, or what the change is about is not there. */
export type Violation = 'exists' | 'missing'

/** After an update or a deletion. */
export function missing(changes: number): Violation | undefined {
  return changes === 0 ? 'missing' : undefined
}

/** After an insertion that leaves a row of the same identifier alone. */
export function exists(changes: number): Violation | undefined {
  return changes === 0 ? 'exists' : undefined
}
