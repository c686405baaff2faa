/**
 * Versions of what is registered, so that a change can be asked for only while nobody has made another meanwhile: the
 * entity tags of the admin API (RFC 9110 section 8.8.3).
 *
 * A version is a digest of everything that an operator sees: it is another one after each change, and the same on all
 * nodes. It is not stored, so that nothing has to be migrated for it.
 */
import { createHash } from 'node:crypto'
import { notRegistered, type Registered } from './registry-violation.ts'

/** When a change is made only if what it changes is still as it was read. */
export interface VersionCondition {
  /** Only while it has this version, or one of these. Default: whatever version it has. */
  readonly ifVersion?: string | readonly string[] | undefined
}

/** The version of what an operator sees: 22 characters of base64url. */
export function versionOf(view: object): string {
  return createHash('sha256').update(JSON.stringify(view, sorted)).digest('base64url').slice(0, 22)
}

/** What was just made and what is read later have the same members, in any order. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `version_outdated` unless `current` fulfils the condition. */
export function versionRefusal(
  { id, version }: { readonly id: string; readonly version: string },
  { ifVersion }: VersionCondition,
): Registered<never> | undefined {
  const wanted = typeof ifVersion === 'string' ? [ifVersion] : ifVersion
  const isFulfilled = wanted === undefined || wanted.includes(version)
  return isFulfilled ? undefined : notRegistered('version_outdated', id)
}
