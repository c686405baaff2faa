/** Keys in files: base64url of 32 to 64 bytes, and a line break at the end or none. */
import { resolve } from 'node:path'
import { decodeBase64url } from '@mintmark/jwt'
import { readBoundedFile } from './bounded-file.ts'
import { failure } from './command-failure.ts'
import { describeFileError } from './file-error.ts'
import { secretBytesMax } from './limits.ts'
import type { ProcessEdge } from './process-edge.ts'

/**
 * Reads the key in a file.
 *
 * @param purpose - What failures are named by: `receipt_key_unreadable`, `receipt_key_malformed`.
 * @throws CommandFailure (failure), naming the file, never the content.
 */
export async function readKeyFile(
  file: string,
  purpose: 'receipt_key' | 'shared_key',
  { workingFolder }: ProcessEdge,
): Promise<Uint8Array> {
  const path = resolve(workingFolder, file)
  const bytes = await readBoundedFile(path, secretBytesMax).catch((error: unknown) => {
    throw failure(`${purpose}_unreadable`, `the key file ${path} ${describeFileError(error).text}`)
  })
  const text = new TextDecoder().decode(bytes ?? new Uint8Array()).trim()
  const key = decodeBase64url(text)
  if (key !== undefined && key.length >= 32 && key.length <= 64) return key
  throw failure(`${purpose}_malformed`, `the key file ${path} is not base64url of 32 to 64 bytes`)
}
