/** One line of an access log, whatever its format. */
import type { AccessLogEntry } from '@mintmark/limits'

/** Reads one line; `undefined` for one that is not of the format. */
export type LineReader = (line: string) => AccessLogEntry | undefined

/** An entry of a client, or of nobody who is known. */
export function entryOf(
  wallMs: number,
  address: string,
  clientId: string | undefined,
): AccessLogEntry {
  return clientId === undefined ? { wallMs, address } : { wallMs, address, clientId }
}
