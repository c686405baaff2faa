/**
 * The `scope` member of a JSON answer, as token responses and introspection responses have it.
 */
import { type JsonObject, member } from './json-object.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { parseScope, type ScopeSet } from './scope.ts'

/**
 * Reads the member `scope` of a JSON answer. Not sent and empty text both give `undefined`;
 * anything that is not text in the grammar of RFC 6749 section 3.3 is refused. Never throws.
 */
export function readScopeMember(body: JsonObject): Parsed<ScopeSet | undefined, 'malformed_scope'> {
  const text = member(body, 'scope')
  if (text === undefined || text === '') return accepted(undefined)
  if (typeof text !== 'string') return refused('malformed_scope')
  const scope = parseScope(text)
  return scope.ok ? scope : refused('malformed_scope')
}
