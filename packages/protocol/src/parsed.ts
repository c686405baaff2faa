/**
 * The answer of every parser in Mintmark: a value, or the name of the rule that was broken. A
 * parser throws on nothing that came from outside; what its caller does with a violation is the
 * caller's decision.
 */

/**
 * Either what was parsed, or the one rule that was broken first. Carries no text from the input.
 */
export type Parsed<Value, Violation extends string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly violation: Violation }

/** The outcome of a parse that broke no rule. */
export function accepted<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

/** The outcome of a parse that broke `violation`. */
export function refused<Violation extends string>(
  violation: Violation,
): { readonly ok: false; readonly violation: Violation } {
  return { ok: false, violation }
}
