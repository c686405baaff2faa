/**
 * Says in words what the operating system answered about a file, from its error code and nothing
 * else.
 */

const systemWords: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EACCES', 'may not be accessed by this user'],
  ['EPERM', 'may not be accessed by this user'],
  ['EISDIR', 'is a folder'],
  ['ENOTDIR', 'runs through something that is not a folder'],
  ['ENOSPC', 'is on a disk that is full'],
  ['EROFS', 'is on a read-only disk'],
  ['ELOOP', 'is a loop of symbolic links'],
  ['ENAMETOOLONG', 'is too long a name'],
])

/**
 * The predicate of a sentence whose subject is the path, and whether the file is simply not there.
 */
export interface FileErrorDescription {
  readonly text: string
  readonly absent: boolean
}

/**
 * Describes what a failed `node:fs` call threw; an error without a system code is described without
 * detail.
 */
export function describeFileError(error: unknown): FileErrorDescription {
  const code = systemCode(error)
  return {
    text: systemWords.get(code) ?? `cannot be read${code && ` (${code})`}`,
    absent: code === 'ENOENT',
  }
}

/** The operating system's code in an error (`ENOENT`), or the empty text. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return ''
  return typeof error.code === 'string' && /^E[A-Z0-9]{1,20}$/.test(error.code) ? error.code : ''
}
