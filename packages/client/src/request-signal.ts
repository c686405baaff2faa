/** The signal of a call to `fetch`. */

/** As in `fetch`: the signal of `init` replaces that of the request, and `null` means none. */
export function signalOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): AbortSignal | undefined {
  const own = init?.signal
  if (own !== undefined) return own ?? undefined
  return input instanceof Request ? input.signal : undefined
}
