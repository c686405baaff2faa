/** What `fetch` rejects with when there is no answer at all. */

/**
 * Builds the `TypeError` that Node's `fetch` rejects with when the network fails.
 *
 * @param code - The system's code, kept on the error's `cause`: `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`, ...
 */
export function networkFailure(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}
