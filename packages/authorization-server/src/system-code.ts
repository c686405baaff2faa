/** What the operating system, or a driver that follows its habit, calls a failure. */

/** The code of `error`, such as `EACCES` or `ECONNREFUSED`, if it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
