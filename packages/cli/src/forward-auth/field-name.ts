/**
 * Names of header fields as programs behind a proxy read them, and which of them are not for a client to send.
 *
 * Programs that get header fields as variables (RFC 3875 section 4.1.18: CGI, WSGI, FastCGI, PHP) cannot tell
 * `Mintmark_Client` from `Mintmark-Client`, and some of them replace every character that is no letter or digit. A
 * name is therefore compared by what all of them could make of it.
 */

const ODD_CHARACTER = /[^0-9a-z]/g
const PLAIN_NAME = /^[0-9a-z-]+$/

/** The name that a program may take `name` for: in lower case, with `-` for whatever is no letter or digit. */
export function readName(name: string): string {
  return name.toLowerCase().replace(ODD_CHARACTER, '-')
}

/** Whether a name is written with letters, digits and `-` only, so that it is read as itself everywhere. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name.toLowerCase())
}

/** What every field of ours begins with. */
export const OWN_PREFIX = 'mintmark-'

/** Whether a program may take `name` for a field of ours, in which only a guard tells who is calling. */
export function isOwnName(name: string): boolean {
  return readName(name).startsWith(OWN_PREFIX)
}

/** In which proxies pass on the certificate that a client has shown them, in lower case: no others are believed. */
export const certificateNames: readonly string[] = [
  ...['client-cert', 'x-client-cert', 'x-ssl-client-cert'],
]

const TRUSTED_PREFIXES = [OWN_PREFIX, 'x-forwarded-', 'x-original-']
const TRUSTED_NAMES: ReadonlySet<string> = new Set([
  ...['authorization', 'dpop', 'forwarded', 'host', 'x-real-ip', 'x-rewrite-url'],
  ...[...certificateNames, 'client-cert-chain', 'content-length', 'transfer-encoding'],
])

/**
 * Whether decisions lean on the field that a program may take `name` for: it says who is calling, what is asked
 * for, or where the message ends.
 */
export function isTrustedName(name: string): boolean {
  const read = readName(name)
  return TRUSTED_NAMES.has(read) || TRUSTED_PREFIXES.some((prefix) => read.startsWith(prefix))
}
