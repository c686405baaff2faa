/** Which authorization servers a guard trusts, and for which audiences: the part of its options about issuers. */
import { type IssuerIdentifier, parseIssuer } from '@mintmark/protocol'
import { audienceLengthMax, audiencesMax, issuersMax } from './limits.ts'
import { checkNames, confidentialUrl, textList } from './option-value.ts'

/** An authorization server whose tokens a guard accepts. */
export interface TrustedIssuer {
  /** Issuer identifier (RFC 8414 section 2): `https`, or `http` on loopback. Compared octet by octet. */
  readonly issuer: string
  /** Audiences of this issuer's tokens. Default: the guard's `audience`. */
  readonly audience?: string | readonly string[]
  /** Where its JWK Set is. Default: what its server metadata says (RFC 8414). */
  readonly jwksUri?: string
  /**
   * Where its revocation feed is, or `false` for an issuer that has none. Default: as `revocation.follow` says.
   */
  readonly revocationFeed?: string | false
}

/** The options of {@link createGuard} about issuers. */
export interface IssuerOptions {
  /** The one trusted issuer; or see `issuers`. */
  readonly issuer?: string
  /** The trusted issuers, 1 to 100, each once; instead of `issuer`. */
  readonly issuers?: readonly TrustedIssuer[]
  /**
   * What identifies this API in `aud`: a token must name one of these, octet by octet. Required, unless every entry
   * of `issuers` has its own.
   */
  readonly audience?: string | readonly string[]
  /** Where the JWK Set of `issuer` is; skips server metadata. */
  readonly jwksUri?: string
}

/** A trusted issuer with every default applied. */
export interface ResolvedIssuer {
  readonly issuer: IssuerIdentifier
  readonly audiences: readonly string[]
  readonly jwksUri: URL | undefined
  /** `undefined`: as the option `revocation` says; `false`: none. */
  readonly revocationFeed: URL | false | undefined
}

const KNOWN_OPTIONS: Readonly<Record<keyof TrustedIssuer, true>> = {
  issuer: true,
  audience: true,
  jwksUri: true,
  revocationFeed: true,
}

/**
 * Checks the options about issuers and applies their defaults: at least one issuer, each once, each with audiences.
 *
 * Throws `TypeError` naming the option that is missing, malformed, or given next to one that excludes it.
 */
export function resolveIssuers(options: IssuerOptions): readonly ResolvedIssuer[] {
  const resolved = trustedIssuers(options).map(({ issuer, audience, jwksUri, revocationFeed }) => ({
    issuer: issuerValue(issuer),
    audiences: textList('audience', audience ?? options.audience, audiencesMax, audienceLengthMax),
    jwksUri: jwksUri === undefined ? undefined : confidentialUrl('jwksUri', jwksUri),
    revocationFeed: feedValue(revocationFeed),
  }))
  if (new Set(resolved.map(({ issuer }) => issuer)).size < resolved.length) {
    throw new TypeError('issuers: expected each issuer once')
  }
  return resolved
}

/** The configured issuers in one form, not checked yet beyond their shape. */
function trustedIssuers({ issuer, issuers, jwksUri }: IssuerOptions): readonly TrustedIssuer[] {
  if (issuers === undefined) {
    if (issuer === undefined) throw new TypeError('issuer: required, or issuers')
    return [jwksUri === undefined ? { issuer } : { issuer, jwksUri }]
  }
  if (issuer !== undefined) throw new TypeError('issuers: expected instead of issuer, not with it')
  if (jwksUri !== undefined) throw new TypeError('jwksUri: belongs into the entries of issuers')
  if (!Array.isArray(issuers) || issuers.length === 0 || issuers.length > issuersMax) {
    throw new TypeError(`issuers: expected a list of 1 to ${issuersMax} issuers`)
  }
  for (const entry of issuers) {
    if (typeof entry !== 'object' || entry === null) {
      throw new TypeError('issuers: expected objects with issuer')
    }
    checkNames(entry, KNOWN_OPTIONS, 'issuers: ')
  }
  return issuers
}

function feedValue(feed: unknown): URL | false | undefined {
  return feed === undefined || feed === false ? feed : confidentialUrl('revocationFeed', feed)
}

function issuerValue(issuer: unknown): IssuerIdentifier {
  const parsed = typeof issuer === 'string' ? parseIssuer(issuer) : undefined
  if (parsed?.ok === true) return parsed.value
  throw new TypeError(
    'issuer: expected an https URL without query and fragment, or http on loopback',
  )
}
