/** The key of a guard's receipts, from its file: base64url of 32 to 64 bytes, and a line break at the end or none. */
import { decodeBase64url } from '@mintmark/jwt'
import { readBoundedFile } from './bounded-file.ts'
import { failure } from './command-failure.ts'
import { describeFileError } from './file-error.ts'
import { secretBytesMax } from './limits.ts'

/**
 * Reads the key.
 *
 * @throws CommandFailure `receipt_key_unreadable` or `receipt_key_malformed` (failure), naming the file, never the
 *   content.
 */
export async function readReceiptKey(file: string): Promise<Uint8Array> {
  const bytes = await readBoundedFile(file, secretBytesMax).catch((error: unknown) => {
    throw failure('receipt_key_unreadable', `the key file ${file} ${describeFileError(error).text}`)
  })
  const text = new TextDecoder().decode(bytes ?? new Uint8Array()).trim()
  const key = decodeBase64url(text)
  if (key !== undefined && key.length >= 32 && key.length <= 64) return key
  throw failure('receipt_key_malformed', `the key file ${file} is not base64url of 32 to 64 bytes`)
}
