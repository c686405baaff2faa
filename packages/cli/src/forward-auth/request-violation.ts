/**
 * Requests of a kind that proxies and the programs behind them read differently. A forward-auth endpoint gets what the
 * client sent as its proxy passes it on; it cannot take a field out of the request that goes to the API, so it answers
 * such a request with 400.
 */
import { nameLengthRememberedMax, namesRememberedMax } from '../limits.ts'
import { connectionOptions } from './connection-options.ts'
import { certificateNames, isOwnName, isPlainName, isTrustedName } from './field-name.ts'

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
  ...['x-forwarded-host', 'x-forwarded-proto', ...certificateNames],
])

/**
 * Looks for the first violation among the header fields of a request, names and values in turn.
 *
 * Does not look at repeated `Authorization` fields, which are for the guard to judge.
 */
export function requestViolation(rawHeaders: readonly string[]): RequestViolation | undefined {
  const seen: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    const kind = knownKinds.get(name) ?? kindOf(name)
    if (kind === 'harmless') continue
    if (kind === 'identity_header' || kind === 'aliased_header') return kind
    if (kind === 'connection') {
      if (hidesTrusted(rawHeaders[at + 1] as string)) return 'hidden_header'
      continue
    }
    const lower = name.toLowerCase()
    if (seen.includes(lower)) return 'repeated_header'
    seen.push(lower)
  }
  return undefined
}

type NameKind = 'harmless' | 'connection' | 'once' | 'identity_header' | 'aliased_header'

/** Proxies send the same few names with every request. Others are looked at each time. */
const knownKinds = new Map<string, NameKind>()

function kindOf(name: string): NameKind {
  const kind = judgedName(name)
  if (knownKinds.size < namesRememberedMax && name.length <= nameLengthRememberedMax) {
    knownKinds.set(name, kind)
  }
  return kind
}

function judgedName(name: string): NameKind {
  if (isOwnName(name)) return 'identity_header'
  if (!isPlainName(name)) return isTrustedName(name) ? 'aliased_header' : 'harmless'
  const lower = name.toLowerCase()
  if (lower === 'connection') return 'connection'
  return ONCE.has(lower) ? 'once' : 'harmless'
}

function hidesTrusted(value: string): boolean {
  return connectionOptions(value).some(isTrustedName)
}
