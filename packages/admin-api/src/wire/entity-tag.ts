/**
 * Entity tags (RFC 9110 section 8.8.3): the versions of what is registered, as they stand in header fields. All of ours
 * are strong, and each is its version between quotes.
 */

/** The tag of a version. Characters that no tag can have are left out: what they were part of is no version of ours. */
export function entityTag(version: string): string {
  return `"${version.replace(/[^\x21\x23-\x7e]/g, '')}"`
}

/** What a field like `If-Match` says. */
export type TagCondition =
  | { readonly kind: 'any' }
  /** Of the strong tags; a weak one never matches where strong comparison is asked for. */
  | {
      readonly kind: 'versions'
      readonly strong: readonly string[]
      readonly weak: readonly string[]
    }

/** Reads the value of `If-Match` or `If-None-Match`, at most 8,192 characters; `undefined` for what is neither. */
export function parseTagCondition(value: string): TagCondition | undefined {
  if (value.length > CONDITION_LENGTH_MAX) return undefined
  if (value.trim() === '*') return { kind: 'any' }
  if (!TAG_LIST.test(value)) return undefined
  const tags = [...value.matchAll(TAG)]
  const versions = (isWeak: boolean) =>
    tags.filter(([, weak]) => (weak !== undefined) === isWeak).map(([, , version = '']) => version)
  return { kind: 'versions', strong: versions(false), weak: versions(true) }
}

const CONDITION_LENGTH_MAX = 8_192
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g
/** Elements may be empty (RFC 9110 section 5.6.1); space has one place in the pattern, so that it is read in time. */
const TAG_LIST = new RegExp(
  '^[\\t ]*(?:TAG[\\t ]*)?(?:,[\\t ]*(?:TAG[\\t ]*)?)*$'.replaceAll('TAG', TAG.source),
)
