/**
 * Scope (RFC 6749 section 3.3): what an access token permits, as a set of scope tokens.
 *
 * Invariants
 *  (1) The tokens of a {@link ScopeSet} follow the grammar, are unique and sorted by code unit.
 *  (2) So two sets are equal exactly when their texts are.
 */
import { scopeLengthMax, scopeTokensMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'

/** Why a text is not an acceptable scope. */
export type ScopeViolation = 'malformed_scope' | 'too_many_scopes' | 'scope_too_long'

/**
 * A set of scope tokens, immutable by its type; who hands one to the code of others freezes it and its tokens, which
 * costs more than parsing a short one. The package exports the type alone: sets come from {@link parseScope},
 * {@link scopeOf} and what combines them. The wildcard `*` is a token like any other here.
 */
export class ScopeSet {
  /** The tokens, unique and sorted by code unit. */
  readonly tokens: readonly string[]
  readonly #text: string

  private constructor(tokens: readonly string[], text: string) {
    this.tokens = tokens
    this.#text = text
  }

  /** For this file only: `tokens` must be well formed, unique and sorted, `text` their join. */
  static ofSorted(tokens: readonly string[], text: string = tokens.join(' ')): ScopeSet {
    return new ScopeSet(tokens, text)
  }

  /** The tokens joined by single spaces: the canonical text, empty for the empty set. */
  get text(): string {
    return this.#text
  }

  /** How many tokens there are. */
  get size(): number {
    return this.tokens.length
  }

  /** Tells whether `token` is in the set, by exact octets. */
  has(token: string): boolean {
    return this.tokens.includes(token)
  }

  toString(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }
}

/** The scope that permits nothing. It has no text on the wire: the parameter is left out. */
export const emptyScope: ScopeSet = ScopeSet.ofSorted(Object.freeze<string[]>([]))
Object.freeze(emptyScope)

/**
 * Parses a scope by the grammar of RFC 6749 section 3.3: at least one token, single spaces between
 * them.
 *
 * Order and repetition are not kept. Refuses other white space, leading and trailing spaces,
 * characters outside the grammar, more than 4,096 characters and more than 256 tokens (before
 * repetitions are dropped). Never throws.
 */
export function parseScope(text: string): Parsed<ScopeSet, ScopeViolation> {
  if (text.length > scopeLengthMax) return refused('scope_too_long')
  const tokens: string[] = []
  let isSorted = true
  let start = 0
  for (let at = 0; at <= text.length; at += 1) {
    const unit = at === text.length ? SPACE : text.charCodeAt(at)
    if (isTokenCharacter(unit)) continue
    if (unit !== SPACE || at === start) return refused('malformed_scope')
    if (tokens.length === scopeTokensMax) return refused('too_many_scopes')
    const token = text.slice(start, at)
    const previous = tokens.at(-1)
    if (previous !== undefined && previous >= token) isSorted = false
    tokens.push(token)
    start = at + 1
  }
  return accepted(isSorted ? ScopeSet.ofSorted(tokens, text) : sortedSet(tokens))
}

/**
 * The scope made of `tokens`, in any order and with any repetition.
 *
 * Throws a `RangeError` on a token outside the grammar, without repeating it. Puts no bound on
 * their number.
 */
export function scopeOf(tokens: Iterable<string>): ScopeSet {
  const list = [...tokens]
  if (!list.every(isScopeToken)) {
    throw new RangeError('a scope token is one or more of %x21, %x23-5B and %x5D-7E')
  }
  return sortedSet(list)
}

/**
 * Tells whether `granted` contains every scope token in `required` (RFC 6749 section 3.3).
 *
 * Comparison is by exact octets, so `read` never covers `Read`. The empty scope is covered by every
 * scope. The wildcard `*` is a registry matter and covers only itself here.
 */
export function covers(granted: ScopeSet, required: ScopeSet): boolean {
  let at = 0
  for (const token of required.tokens) {
    while (at < granted.size && (granted.tokens[at] as string) < token) at += 1
    if (granted.tokens[at] !== token) return false
  }
  return true
}

/** The tokens that are in `a`, in `b` or in both. */
export function union(a: ScopeSet, b: ScopeSet): ScopeSet {
  return sortedSet([...a.tokens, ...b.tokens])
}

/** The tokens that are in both `a` and `b`. */
export function intersection(a: ScopeSet, b: ScopeSet): ScopeSet {
  const members = new Set(b.tokens)
  return ScopeSet.ofSorted(a.tokens.filter((token) => members.has(token)))
}

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const TILDE = 0x7e

/** NQCHAR of RFC 6749 appendix A: printable ASCII without space, quote and backslash. */
function isTokenCharacter(unit: number): boolean {
  return unit > SPACE && unit <= TILDE && unit !== QUOTE && unit !== BACKSLASH
}

function isScopeToken(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (!isTokenCharacter(text.charCodeAt(at))) return false
  }
  return text !== ''
}

/** The default order of `sort` is by code unit; afterwards equal tokens are neighbours. */
function sortedSet(tokens: readonly string[]): ScopeSet {
  const sorted = tokens.toSorted()
  return ScopeSet.ofSorted(sorted.filter((token, at) => token !== sorted[at - 1]))
}
