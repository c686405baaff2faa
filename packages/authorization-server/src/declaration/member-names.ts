/** Names of members: camelCase inside, snake_case in documents. */

/** `lifetimeSeconds` as a document has it: `lifetime_seconds`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `lifetime_seconds` as it is called inside. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** `value` with the names of all members, however deep, turned by `turn`. Members without a value are dropped. */
export function withMemberNames(value: unknown, turn: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => withMemberNames(one, turn))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [turn(name), withMemberNames(member, turn)]),
  )
}
