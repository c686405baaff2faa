/** Reads a large text file line by line without ever holding more than a line of it, in one turn of the event loop. */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { fileLineLengthMax } from './limits.ts'

const CHUNK_BYTES = 65_536

/**
 * The lines of a UTF-8 file without their ends; what follows the last line end is one, too, unless it is empty.
 *
 * Throws what the system answers, and RangeError for a line of more than `fileLineLengthMax` characters.
 */
export function* fileLines(path: string): Generator<string> {
  const file = openSync(path, 'r')
  const decoder = new StringDecoder('utf8')
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let rest = ''
  try {
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      // Only what is new is split: a long line would be read again with each chunk of it.
      const lines = decoder.write(chunk.subarray(0, size)).split('\n')
      lines[0] = rest + lines[0]
      rest = lines.pop() ?? ''
      if (rest.length > fileLineLengthMax) throw new RangeError('a line is too long')
      yield* lines
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}
