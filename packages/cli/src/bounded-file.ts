/** Reads a small file without trusting it to be small: it may be a pipe, a device, or the wrong one. */
import { open } from 'node:fs/promises'

/**
 * Reads the file to its end; `undefined` as soon as it exceeds `bytesMax`.
 *
 * Rejects with what the operating system answers, for `describeFileError`.
 */
export async function readBoundedFile(
  path: string,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await open(path)
  const chunks: Buffer[] = []
  // `end` is the last byte read, so this reads one byte more than fits. The stream closes the file.
  for await (const chunk of file.createReadStream({ end: bytesMax })) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  return bytes.length > bytesMax ? undefined : Uint8Array.from(bytes)
}
