/**
 * A request that is to be passed on, read so that the next server cannot read it otherwise (RFC 9112 sections 3.2 and
 * 6.3): one target, one host, one end of the body. `node:http` has parsed it strictly; this is what is left to decide.
 */
import { connectionOptions } from './connection-options.ts'

/** Why a request cannot be passed on. */
export type MessageViolation =
  | 'method_not_supported'
  | 'target_malformed'
  | 'host_malformed'
  | 'transfer_coding_unknown'
  | 'upgrade_not_supported'
  | 'body_too_large'

/** Where the body of a request ends. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly octets: number }
  | { readonly kind: 'chunked' }

/** A request that can be passed on. */
export interface ProxiedMessage {
  readonly method: string
  /** Origin form: path and query. */
  readonly target: string
  /** What the client takes the API for: from an absolute target, or else `Host`. */
  readonly host: string
  readonly framing: Framing
}

/** A request as `node:http` hands it over. */
export interface IncomingLine {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
}

// CONNECT asks for a tunnel, TRACE to be shown what the proxy has added.
const UNSUPPORTED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/** Reads a request. @param bodyBytesMax - A longer body is refused where its length is announced. */
export function readMessage(
  request: IncomingLine,
  bodyBytesMax: number,
): ProxiedMessage | MessageViolation {
  const { method = '', url = '', rawHeaders } = request
  if (UNSUPPORTED.has(method)) return 'method_not_supported'
  const place = placeOf(url, valuesOf(rawHeaders, 'host'))
  if (typeof place === 'string') return place
  if (asksForUpgrade(rawHeaders)) return 'upgrade_not_supported'
  const framing = framingOf(rawHeaders)
  if (framing === undefined) return 'transfer_coding_unknown'
  if (framing.kind === 'length' && framing.octets > bodyBytesMax) return 'body_too_large'
  return { method, ...place, framing }
}

const ORIGIN_FORM = /^\/[!-"$-~]*$/
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)([/?][!-"$-~]*)?$/i
const HOST = /^(?:[0-9A-Za-z._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/

/** RFC 9112 section 3.2.2: the authority of an absolute target is the host, whatever `Host` says. */
function placeOf(
  url: string,
  hosts: readonly string[],
): Pick<ProxiedMessage, 'target' | 'host'> | MessageViolation {
  const [, authority, rest = ''] = ABSOLUTE_FORM.exec(url) ?? []
  const target = authority === undefined ? url : originForm(rest)
  if (!ORIGIN_FORM.test(target)) return 'target_malformed'
  const host = authority ?? hosts[0] ?? ''
  return hosts.length === 1 && HOST.test(host) ? { target, host } : 'host_malformed'
}

function originForm(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`
}

function asksForUpgrade(rawHeaders: readonly string[]): boolean {
  return valuesOf(rawHeaders, 'connection').flatMap(connectionOptions).includes('upgrade')
}

function framingOf(rawHeaders: readonly string[]): Framing | undefined {
  const codings = valuesOf(rawHeaders, 'transfer-encoding')
  const lengths = valuesOf(rawHeaders, 'content-length')
  if (codings.length === 0 && lengths.length === 0) return { kind: 'none' }
  if (codings.length + lengths.length > 1) return undefined
  if (codings.length === 1) {
    return codings[0]?.trim().toLowerCase() === 'chunked' ? { kind: 'chunked' } : undefined
  }
  const octets = Number(lengths[0])
  return /^\d{1,15}$/.test(lengths[0] ?? '') ? { kind: 'length', octets } : undefined
}

function valuesOf(rawHeaders: readonly string[], wanted: string): readonly string[] {
  const values: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === wanted) values.push(rawHeaders[at + 1] as string)
  }
  return values
}
