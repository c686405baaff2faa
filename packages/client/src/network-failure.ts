/** What an exchange that ended without an answer stands for. */
import type { Failure } from './failure.ts'

/**
 * The failure that a rejection of the transport stands for: `network_failed`, with the system's
 * code where it is one of a fixed list. Nothing else of the error is kept: messages hold addresses,
 * and sometimes what was sent.
 */
export function networkFailure(error: unknown): Failure {
  return { code: 'network_failed', causeCode: systemCodeOf(error) }
}

/** The system's code in an error or in its cause, where it is one of a fixed list. */
export function systemCodeOf(error: unknown): string | undefined {
  return systemCode(error) ?? systemCode(memberOf(error, 'cause'))
}

function systemCode(error: unknown): string | undefined {
  const code = memberOf(error, 'code')
  return typeof code === 'string' && knownCauses.has(code) ? code : undefined
}

function memberOf(value: unknown, name: 'cause' | 'code'): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Reflect.get(value, name)
}

/** Codes of the system, Node, undici and OpenSSL that tell an operator where to look. */
const knownCauses: ReadonlySet<string> = new Set([
  'EACCES',
  'EISDIR',
  'EMFILE',
  'ENOENT',
  'EPERM',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
