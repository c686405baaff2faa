/**
 * Secrets that cannot be printed by accident (requirement C10).
 *
 * Invariants
 *  (1) The raw text lives in a private field: no enumeration, no copy, no serialisation reaches it.
 *  (2) `reveal()` is the only way out, so that every use of a raw secret is found by searching for
 *      its name.
 *  (3) Every conversion to text gives `[redacted KIND]`, whatever the host does to print things.
 */

/**
 * A secret text of a named kind.
 *
 * Prints as `[redacted KIND]` in string conversion, templates, JSON and the inspectors of Node, Bun
 * and Deno. Does not protect memory: the text is an ordinary string of the engine. Comparing two of
 * them structurally (`deepEqual`) does not look at the text either.
 */
export class Redacted<Kind extends string> {
  /** What is hidden, in words. Printed, so never secret itself. */
  readonly kind: Kind
  readonly #value: string

  constructor(kind: Kind, value: string) {
    this.kind = kind
    this.#value = value
  }

  /** The raw text. Whoever calls this is responsible for where it goes. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return `[redacted ${this.kind}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  [Symbol.for('Deno.customInspect')](): string {
    return this.toString()
  }
}

/** A client secret (RFC 6749 section 2.3.1). */
export type ClientSecret = Redacted<'client secret'>

/** An access token as the text that is sent (RFC 6749 section 1.4). */
export type AccessTokenValue = Redacted<'access token'>

/** Hides `value`, which is of the given kind, from everything that prints. */
export function redact<Kind extends string>(kind: Kind, value: string): Redacted<Kind> {
  return new Redacted(kind, value)
}
