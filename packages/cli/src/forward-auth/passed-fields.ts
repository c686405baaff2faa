/**
 * The header fields that are passed on, in both directions.
 *
 * Invariants
 *  (1) To the API: nothing that is for one hop only, nothing that decisions lean on in any spelling, no name with other
 *      characters than letters, digits and `-`. What it may lean on is written anew.
 *  (2) To the client: nothing that is for one hop only, and nothing of ours.
 */
import { endToEndFields } from './connection-options.ts'
import { isOwnName, isPlainName, isTrustedName, readName } from './field-name.ts'
import type { Field } from './identity-headers.ts'
import type { Framing, ProxiedMessage } from './proxied-message.ts'

const VIA = '1.1 mintmark'

/** What is known of a request beside its own fields. */
export interface Passage {
  readonly message: ProxiedMessage
  /** Of the API. */
  readonly upstreamHost: string
  readonly identity: readonly Field[]
  /** Whether the API gets the token too. */
  readonly keepsAuthorization: boolean
  /** Origin by which clients know the API. */
  readonly publicOrigin: string | undefined
  /** Addresses of the client and of the proxies on its way, as far as they are believed. */
  readonly forwardedFor: string
  /** What the client used, as far as that is believed. */
  readonly scheme: 'http' | 'https'
}

/** The fields of the request to the API: names and values in turn. */
export function fieldsToUpstream(rawHeaders: readonly string[], passage: Passage): string[] {
  const { message, upstreamHost, identity, keepsAuthorization } = passage
  const own = endToEndFields(rawHeaders).filter(
    ([name]) => isPassedOn(name) || (keepsAuthorization && isCredential(name)),
  )
  return [
    ['host', upstreamHost],
    ...own,
    ...identity,
    ['x-forwarded-for', passage.forwardedFor],
    ...publicPlace(passage),
    ['via', VIA],
    ...framingFields(message.framing, message.method),
  ].flat()
}

function isPassedOn(name: string): boolean {
  return isPlainName(name) && !isTrustedName(name) && name.toLowerCase() !== 'expect'
}

function isCredential(name: string): boolean {
  return isPlainName(name) && ['authorization', 'dpop'].includes(readName(name))
}

function publicPlace({ publicOrigin, scheme, message }: Passage): readonly Field[] {
  const [proto, host] =
    publicOrigin === undefined ? [scheme, message.host] : publicOrigin.split('://', 2)
  return [
    ['x-forwarded-proto', proto ?? scheme],
    ['x-forwarded-host', host ?? message.host],
  ]
}

const WITH_CONTENT: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

function framingFields(framing: Framing, method: string): readonly Field[] {
  if (framing.kind === 'chunked') return [['transfer-encoding', 'chunked']]
  if (framing.kind === 'length') return [['content-length', String(framing.octets)]]
  return WITH_CONTENT.has(method) ? [['content-length', '0']] : []
}

/** The fields of the answer to the client: names and values in turn. @param more - About limits. */
export function fieldsToClient(rawHeaders: readonly string[], more: readonly Field[]): string[] {
  const own = endToEndFields(rawHeaders).filter(([name]) => !isOwnName(name))
  return [...own, ...more, ['via', VIA]].flat()
}
