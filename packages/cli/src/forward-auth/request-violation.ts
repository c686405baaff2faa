/**
 * Requests of a kind that proxies and the programs behind them read differently. A forward-auth endpoint gets what the
 * client sent as its proxy passes it on; it cannot take a field out of the request that goes to the API, so it answers
 * such a request with 400.
 */
import { connectionOptions } from './connection-options.ts'
import { isOwnName, isPlainName, isTrustedName, readName } from './field-name.ts'

/** What is wrong with a request, beside its credentials. */
export type RequestViolation =
  /** A field in which only a guard may say who is calling. */
  | 'identity_header'
  /** A field that programs may take for one that is trusted, such as `X_Forwarded_For`. */
  | 'aliased_header'
  /** `Connection` asks proxies to take a trusted field out (CVE-2024-45410). */
  | 'hidden_header'
  /** A field twice that there can be once. */
  | 'repeated_header'

const ONCE: ReadonlySet<string> = new Set([
  ...['host', 'x-original-uri', 'x-original-method', 'x-forwarded-uri', 'x-forwarded-method'],
  ...['x-forwarded-host', 'x-forwarded-proto'],
])

/**
 * Looks for the first violation among the header fields of a request, names and values in turn.
 *
 * Does not look at repeated `Authorization` fields, which are for the guard to judge.
 */
export function requestViolation(rawHeaders: readonly string[]): RequestViolation | undefined {
  const seen = new Set<string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (isOwnName(name)) return 'identity_header'
    if (!isPlainName(name) && isTrustedName(name)) return 'aliased_header'
    const read = readName(name)
    if (read === 'connection' && hidesTrusted(rawHeaders[at + 1] as string)) return 'hidden_header'
    if (!ONCE.has(read)) continue
    if (seen.has(read)) return 'repeated_header'
    seen.add(read)
  }
  return undefined
}

function hidesTrusted(value: string): boolean {
  return connectionOptions(value).some(isTrustedName)
}
