/**
 * A credential in a file: read anew for each attempt to get a token, so that whoever replaces the
 * file (a secret store, Kubernetes, an operator) need not restart anything. The one file of this
 * package that needs the modules of Node, hence an entry point of its own.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { textFileBytesMax } from './limits.ts'

/** A file could not be read as text. Neither its path nor anything of what it holds is in it. */
class TextFileError extends Error {
  override readonly name = 'TextFileError'
  /** The code of the system, such as `ENOENT`; `undefined` for a file that is too long or no text. */
  readonly code: unknown

  constructor(statement: string, code?: unknown) {
    super(statement)
    this.code = code
  }
}

/**
 * Makes a function that gives the text of a file, for `clientSecret`, `clientAssertion` and the key
 * of `privateKeyJwt`.
 *
 * One line end after the text is left out. To replace the file under a running client, write another
 * one beside it and rename that: a file that is rewritten in place may be read in between.
 *
 * The function rejects for a file that cannot be opened, is longer than 64 KiB or is not UTF-8; a
 * client then fails with `credential_unavailable`, whose `causeCode` says what the system said.
 *
 * @param path - A path, or a `file:` URL. Relative paths belong to the working directory of the moment.
 */
export function textFile(path: string | URL): () => Promise<string> {
  return async () => decoded(await bytesOf(path))
}

async function bytesOf(path: string | URL): Promise<Uint8Array> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    // One more than allowed shows that there is more. Not the size that the system tells: pipes have none.
    const bytes = new Uint8Array(textFileBytesMax + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length)
      length += bytesRead
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length)
    }
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    throw new TextFileError('the file cannot be read', code)
  } finally {
    await file?.close()
  }
}

function decoded(bytes: Uint8Array): string {
  if (bytes.length > textFileBytesMax) throw new TextFileError('the file is longer than 64 KiB')
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.replace(/\r?\n$/, '')
  } catch {
    throw new TextFileError('the file is not UTF-8')
  }
}
