/** Header fields of a request with what authorizes it in place of what was there. */

/** Header fields to set, names in lower case. */
export type AddedHeaders = Readonly<Record<string, string>>

/** A copy of `given`, an object of header fields in any spelling, with `added` in place of those of the same names. */
export function replacedHeaders(given: object, added: AddedHeaders): Record<string, unknown> {
  const headers: Record<string, unknown> = { ...given }
  for (const name in headers) if (isAmong(name, added)) delete headers[name]
  return Object.assign(headers, added)
}

/** Whether `added` replaces a header field of that name. */
export function isAmong(name: string, added: AddedHeaders): boolean {
  return Object.hasOwn(added, name.toLowerCase())
}

/** Whether there is an `Idempotency-Key` among those names. */
export function hasIdempotencyKey(names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === 'idempotency-key')
}
