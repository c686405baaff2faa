/**
 * The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header): a string in quotes, as the draft has
 * it, or the same without them, as most callers send it.
 */
import { idempotencyKeyLengthMax } from './limits.ts'

const QUOTED = /^"([\x20\x21\x23-\x5b\x5d-\x7e]+)"$/
const BARE = /^[A-Za-z0-9._:-]+$/

/** The key, `undefined` without one. */
export function readIdempotencyKey(
  value: string | readonly string[] | undefined,
): string | undefined | 'malformed' {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value.length > idempotencyKeyLengthMax) return 'malformed'
  const key = QUOTED.exec(value)?.[1] ?? BARE.exec(value)?.[0]
  return key ?? 'malformed'
}
