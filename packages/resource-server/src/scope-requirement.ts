/**
 * What a route asks of a token's scope (RFC 6749 section 3.3), and the decision whether a granted scope meets it.
 */
import { parseScope, type ScopeSet } from '@mintmark/protocol'
import { scopePoliciesMax } from './limits.ts'
import type { VerifiedClaims } from './verdict.ts'

/**
 * Decides by itself whether the scope is enough. Must answer `true` or `false`, synchronously: anything else,
 * a promise above all, is a `TypeError`, so that a forgotten `await` never admits.
 */
export type ScopePredicate<Claims = VerifiedClaims> = (scope: ScopeSet, claims: Claims) => boolean

/**
 * The scope a request needs: `'a b'` for all of them, `{ any: 'a b' }` for at least one, or a predicate.
 * Tokens are compared octet by octet; there is no wildcard and no hierarchy.
 */
export type ScopeRequirement<Claims = VerifiedClaims> =
  | string
  | { readonly any: string }
  | ScopePredicate<Claims>

/** A requirement that was checked and is ready to be applied. */
export interface ScopePolicy<Claims = VerifiedClaims> {
  /** The scope to name in an `insufficient_scope` challenge; `undefined` for a predicate, which names none. */
  readonly required: ScopeSet | undefined
  permits(scope: ScopeSet, claims: Claims): boolean
}

/**
 * Returns a function from requirements to policies that remembers the textual ones, so that a route's requirement
 * is parsed once however often it is written out as a fresh object.
 *
 * The returned function throws `TypeError` for anything that is not a requirement, the empty scope included:
 * a configuration value that went missing must not open a route.
 */
export function createScopePolicies<Claims = VerifiedClaims>(): (
  requirement: ScopeRequirement<Claims>,
) => ScopePolicy<Claims> {
  const all = new Map<string, ScopePolicy<unknown>>()
  const any = new Map<string, ScopePolicy<unknown>>()
  return (requirement) => {
    if (typeof requirement === 'string') return remembered(all, requirement, allOf)
    if (typeof requirement === 'function') return byPredicate(requirement)
    if (typeof requirement?.any === 'string') return remembered(any, requirement.any, anyOf)
    throw new TypeError('scope: expected a string, { any: string } or a function')
  }
}

function remembered(
  known: Map<string, ScopePolicy<unknown>>,
  text: string,
  create: (required: ScopeSet) => ScopePolicy<unknown>,
): ScopePolicy<unknown> {
  const found = known.get(text)
  if (found !== undefined) return found
  const policy = create(requiredScope(text))
  if (known.size < scopePoliciesMax) known.set(text, policy)
  return policy
}

function requiredScope(text: string): ScopeSet {
  const parsed = parseScope(text)
  if (parsed.ok) return parsed.value
  throw new TypeError('scope: expected scope tokens separated by single spaces')
}

function allOf(required: ScopeSet): ScopePolicy<unknown> {
  return { required, permits: (scope) => required.tokens.every((token) => scope.has(token)) }
}

function anyOf(required: ScopeSet): ScopePolicy<unknown> {
  return { required, permits: (scope) => required.tokens.some((token) => scope.has(token)) }
}

function byPredicate<Claims>(predicate: ScopePredicate<Claims>): ScopePolicy<Claims> {
  return {
    required: undefined,
    permits(scope, claims) {
      const permitted: unknown = predicate(scope, claims)
      if (typeof permitted === 'boolean') return permitted
      throw new TypeError('scope: the predicate must return true or false')
    },
  }
}
