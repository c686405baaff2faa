/**
 * Client id and secret in an `Authorization: Basic` header (RFC 6749 section 2.3.1 and appendix B,
 * RFC 7617).
 *
 * RFC 6749 form-encodes both parts before they are joined. Servers that skip this step exist, so
 * the client can be told to send the parts raw; our own server always decodes. Ids and secrets made
 * of letters, digits and `-._` look the same in both.
 */
import { formDecode, formEncode } from './form.ts'
import { basicCredentialsLengthMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { type ClientSecret, redact } from './redacted.ts'

/** What a client proved its identity with. */
export interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: ClientSecret
}

/** Why an `Authorization` value holds no Basic credentials. */
export type BasicViolation = 'malformed_basic'

/** How the two parts are written before they are joined: as RFC 6749 says, or as they are. */
export type BasicEncoding = 'form' | 'raw'

/**
 * Writes the whole value of an `Authorization` header. The result contains the secret.
 *
 * @param encoding - `form` (RFC 6749, the default) or `raw` (RFC 7617 alone, UTF-8).
 *
 * Throws a `RangeError` on an unpaired surrogate with `form`, and on a colon in the client id with
 * `raw`, where it would move the border between the two.
 */
export function serialiseBasicCredentials(
  clientId: string,
  secret: ClientSecret,
  encoding: BasicEncoding = 'form',
): string {
  if (encoding === 'form') {
    return `Basic ${btoa(`${formEncode(clientId)}:${formEncode(secret.reveal())}`)}`
  }
  if (clientId.includes(':')) throw new RangeError('a raw client id cannot contain a colon')
  return `Basic ${btoa(utf8Octets(`${clientId}:${secret.reveal()}`))}`
}

/**
 * Reads the value of an `Authorization` header as Basic credentials, both parts form-encoded.
 *
 * The scheme is compared without case. Refuses another scheme, base64 that is padded wrongly or not
 * canonical, a missing colon, an empty id or secret, malformed form encoding, and more than 8 KiB.
 * Never throws. Does not compare the secret with anything.
 */
export function parseBasicCredentials(
  authorizationValue: string,
): Parsed<BasicCredentials, BasicViolation> {
  if (authorizationValue.length > basicCredentialsLengthMax) return refused('malformed_basic')
  const encoded = BASIC.exec(authorizationValue)?.[1]
  const decoded = encoded === undefined ? undefined : decodeBase64(encoded)
  if (decoded === undefined) return refused('malformed_basic')
  const colon = decoded.indexOf(':')
  const clientId = formDecode(decoded.slice(0, Math.max(0, colon)))
  const secret = formDecode(decoded.slice(colon + 1))
  // A missing colon leaves the id empty as well.
  if (!clientId || !secret) return refused('malformed_basic')
  return accepted({ clientId, clientSecret: redact('client secret', secret) })
}

const BASIC = /^basic +([A-Za-z0-9+/]+=*)$/i

/**
 * Canonical base64 only: `atob` forgives missing padding and stray bits, encoding again shows both.
 */
function decodeBase64(text: string): string | undefined {
  try {
    const octets = atob(text)
    return btoa(octets) === text ? octets : undefined
  } catch {
    return undefined
  }
}

/** One character per octet of the UTF-8 form, which is what `btoa` takes. */
function utf8Octets(text: string): string {
  let octets = ''
  for (const octet of new TextEncoder().encode(text)) octets += String.fromCharCode(octet)
  return octets
}
