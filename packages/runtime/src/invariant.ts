/** Assertions for our own mistakes. What the world or a caller does wrong is a typed error or a refusal instead. */

/** A statement about our own code turned out false. Nothing inside Mintmark catches it but the outermost edge. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

/** Throws {@link InvariantViolation} with `statement` unless `condition` holds. */
export function invariant(condition: unknown, statement: string): asserts condition {
  if (!condition) throw new InvariantViolation(statement)
}
