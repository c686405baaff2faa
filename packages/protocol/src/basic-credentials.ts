/**
 * Client id and secret in an `Authorization: Basic` header (RFC 6749 section 2.3.1 and appendix B,
 * RFC 7617).
 *
 * RFC 6749 form-encodes both parts before they are joined. Servers and clients that skip this step
 * exist, so the client can be told to send the parts raw, and a server can ask for both readings of
 * what it got. Ids and secrets made of letters, digits and `-._` look the same in both.
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
  const pair = octetPair(authorizationValue)
  const credentials = pair && readForm(pair)
  return credentials === undefined ? refused('malformed_basic') : accepted(credentials)
}

/**
 * The same for a server whose clients may have skipped the encoding: every way of reading the pair,
 * the one of RFC 6749 first, at most two and no two alike.
 *
 * Which one is meant, only the registered secret can tell. Refuses what can be read in neither way.
 */
export function parseBasicReadings(
  authorizationValue: string,
): Parsed<readonly BasicCredentials[], BasicViolation> {
  const pair = octetPair(authorizationValue)
  if (pair === undefined) return refused('malformed_basic')
  const form = readForm(pair)
  // Without these two characters, and in ASCII, both ways read the same.
  const isSame = form !== undefined && !pair.some((octets) => /[+%]/.test(octets))
  const readings = [form, isSame ? undefined : readRaw(pair)].filter((each) => each !== undefined)
  return readings.length > 0 ? accepted(readings) : refused('malformed_basic')
}

/** Id and secret before any decoding, one character per octet. */
type OctetPair = readonly [id: string, secret: string]

function octetPair(authorizationValue: string): OctetPair | undefined {
  if (authorizationValue.length > basicCredentialsLengthMax) return undefined
  const encoded = BASIC.exec(authorizationValue)?.[1]
  const decoded = encoded === undefined ? undefined : decodeBase64(encoded)
  const colon = decoded?.indexOf(':') ?? -1
  if (decoded === undefined || colon === -1) return undefined
  return [decoded.slice(0, colon), decoded.slice(colon + 1)]
}

function readForm(pair: OctetPair): BasicCredentials | undefined {
  return credentialsOf(formDecode(pair[0]), formDecode(pair[1]))
}

function readRaw(pair: OctetPair): BasicCredentials | undefined {
  return credentialsOf(textOf(pair[0]), textOf(pair[1]))
}

function credentialsOf(
  clientId: string | undefined,
  secret: string | undefined,
): BasicCredentials | undefined {
  if (!clientId || !secret) return undefined
  return { clientId, clientSecret: redact('client secret', secret) }
}

/** RFC 7617 section 2: UTF-8, without control characters. */
function textOf(octets: string): string | undefined {
  if (CONTROL.test(octets)) return undefined
  try {
    return utf8.decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)))
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const CONTROL = /[\x00-\x1f\x7f]/
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
