/**
 * Issuer identifiers (RFC 8414 section 2) and where an issuer publishes its metadata (section 3).
 *
 * An issuer identifier is compared as the exact text it is: nothing here changes case, port or
 * slashes. A URL is confidential when what is sent to it cannot be read on the way: `https`, or a
 * loopback address in development.
 */
import { issuerLengthMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { isUriText } from './uri-text.ts'

/** The URL that names an authorization server, byte for byte as configured. */
export type IssuerIdentifier = string & { readonly [issuerIdentifier]: true }

declare const issuerIdentifier: unique symbol

/** Why a text is not an acceptable issuer identifier. */
export type IssuerViolation =
  | 'issuer_too_long'
  | 'malformed_issuer'
  | 'issuer_has_query'
  | 'issuer_has_fragment'
  | 'issuer_has_userinfo'
  | 'issuer_not_confidential'

/** The two well-known documents that describe an authorization server. */
export type MetadataKind = 'oauth-authorization-server' | 'openid-configuration'

/**
 * Parses an issuer identifier: `https` (or `http` on loopback), a host, optionally port and path.
 *
 * Refuses a query or fragment even when empty, userinfo, a scheme not in lower case, characters
 * outside the URI alphabet and more than 2,048 characters. Keeps the text as written. Does not look
 * the host up.
 */
export function parseIssuer(text: string): Parsed<IssuerIdentifier, IssuerViolation> {
  if (text.length > issuerLengthMax) return refused('issuer_too_long')
  if (!isUriText(text) || !ABSOLUTE_WEB_URL.test(text)) return refused('malformed_issuer')
  if (text.includes('#')) return refused('issuer_has_fragment')
  if (text.includes('?')) return refused('issuer_has_query')
  if (AUTHORITY_WITH_USERINFO.test(text)) return refused('issuer_has_userinfo')
  if (!URL.canParse(text)) return refused('malformed_issuer')
  if (!isConfidentialUrl(new URL(text))) return refused('issuer_not_confidential')
  return accepted(text as IssuerIdentifier)
}

/**
 * The URL of an issuer's metadata document.
 *
 * The OAuth document is inserted between host and path (RFC 8414 section 3.1), the OpenID Connect
 * one is appended to the path (OpenID Connect Discovery section 4.1). One slash at the end of the
 * issuer is dropped in both.
 */
export function metadataUrl(issuer: IssuerIdentifier, kind: MetadataKind): URL {
  const url = new URL(issuer)
  const path = url.pathname.replace(/\/$/, '')
  const wellKnown = `/.well-known/${kind}`
  url.pathname = kind === 'openid-configuration' ? path + wellKnown : wellKnown + path
  return url
}

/** Tells whether `url` is `https`, or `http` to this machine itself. */
export function isConfidentialUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

/**
 * Tells whether a host name or address means this machine: `localhost` and its subdomains,
 * 127.0.0.0/8 in four decimal parts, `::1` with or without brackets. Judges the spelling only;
 * nothing is resolved.
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase()
  if (host === '::1' || host === '[::1]') return true
  return host === 'localhost' || host.endsWith('.localhost') || LOOPBACK_IPV4.test(host)
}

const ABSOLUTE_WEB_URL = /^https?:\/\/[^/?#]/
const AUTHORITY_WITH_USERINFO = /^https?:\/\/[^/]*@/
const LOOPBACK_IPV4 = /^127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/
