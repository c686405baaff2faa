/** Changes to some members of a thing: `undefined` keeps a member as it is, `null` puts back its default. */

/** Members to replace. */
export type Patch<Members> = {
  readonly [Name in keyof Members]?: Members[Name] | null | undefined
}

/**
 * `current` with the members of `patch` replaced. Members that `current` does not have are taken over too: whoever
 * checks the result says that they are unknown.
 */
export function patched<Members extends object>(
  current: Members,
  patch: Patch<Members>,
  defaults: Members,
): Members {
  const result = { ...current } as Record<string, unknown>
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue
    result[name] = value === null ? defaults[name as keyof Members] : value
  }
  return result as Members
}
