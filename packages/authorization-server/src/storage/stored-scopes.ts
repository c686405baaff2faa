/** Scope sets as they are stored: texts, of which clients share few. */
import { emptyScope, parseScope, type ScopeSet } from '@mintmark/protocol'
import { invariant } from '@mintmark/runtime'

/** Reads stored scope sets. Clients share few of them, so each text becomes one object. */
export function storedScopes(): (text: string) => ScopeSet {
  const known = new Map<string, ScopeSet>([['', emptyScope]])
  return (text) => {
    let scopes = known.get(text)
    if (scopes === undefined) {
      const parsed = parseScope(text)
      invariant(parsed.ok, 'we store only well-formed scope sets')
      scopes = parsed.value
      known.set(text, scopes)
    }
    return scopes
  }
}
