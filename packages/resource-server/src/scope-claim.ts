/**
 * The `scope` claim of verified tokens (RFC 9068 section 2.2.3). Scopes are few and tokens are many, so tokens with
 * the same scope share one set: remembered verdicts stay small and close together. Applications see it, so it is
 * frozen: what one of them did to it would count for every token with that scope.
 */
import { emptyScope, parseScope, type ScopeSet } from '@mintmark/protocol'
import { scopesRememberedMax } from './limits.ts'

/**
 * Returns a function that reads the claim. Absent and empty are the empty scope, because some issuers write the one
 * for the other; `undefined` is its answer to a text that breaks the grammar of RFC 6749 section 3.3.
 */
export function createScopeReader(): (claim: string | undefined) => ScopeSet | undefined {
  const remembered = new Map<string, ScopeSet>()
  return (claim) => {
    if (claim === undefined || claim === '') return emptyScope
    const known = remembered.get(claim)
    if (known !== undefined) return known
    const parsed = parseScope(claim)
    if (!parsed.ok) return undefined
    Object.freeze(parsed.value.tokens)
    Object.freeze(parsed.value)
    if (remembered.size < scopesRememberedMax) remembered.set(claim, parsed.value)
    return parsed.value
  }
}
