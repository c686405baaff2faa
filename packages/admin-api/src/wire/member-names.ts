/**
 * Between the names of this code and those of the wire: `lifetimeSecondsMax` is `lifetime_seconds_max` there, as in
 * everything else of OAuth. Values that only strings, numbers, lists and plain objects are made of; a secret is a value
 * of another kind and never gets here.
 */

/** For answers: names of the wire, and `null` for what is absent, so that a reader sees every member. */
export function answerMembers(value: unknown): unknown {
  return renamed(value, snakeCase, (member) => (member === undefined ? null : member))
}

/** For requests: names of the wire; what is absent stays away, and `null` stays what it is. */
export function requestMembers(value: unknown): unknown {
  return renamed(value, snakeCase, (member) => member)
}

/** From an answer, or from a request in which `null` and absence are the same. */
export function membersWithoutNull(value: unknown): unknown {
  return renamed(value, camelCase, (member) => (member === null ? undefined : member))
}

/** From a request in which `null` means to take something away. */
export function membersWithNull(value: unknown): unknown {
  return renamed(value, camelCase, (member) => member)
}

function renamed(
  value: unknown,
  name: (member: string) => string,
  absence: (member: unknown) => unknown,
): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, name, absence))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [
      name(member),
      verbatim.has(member) ? content : renamed(absence(content), name, absence),
    ]),
  )
}

/** What is in these has names that are not ours. */
const verbatim: ReadonlySet<string> = new Set([
  'authorizationDetailsMembers',
  'authorization_details_members',
])

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
