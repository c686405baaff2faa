/** Which authorization servers a guard trusts, and for which audiences: the part of its options about issuers. */
import { type IssuerIdentifier, parseIssuer } from '@mintmark/protocol'
import { type IssuerProfileName, issuerProfileNames } from './issuer-profile.ts'
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
  /** In whose words its tokens are written. Default: the guard's `profile`. */
  readonly profile?: IssuerProfileName
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
  /**
   * In whose words tokens are written: `'auth0'`, `'cognito'`, `'entra'`, `'keycloak'` or `'okta'`, for issuers whose
   * tokens have other claims or another `typ` than RFC 9068 asks for. Default `'rfc9068'`: none of that.
   */
  readonly profile?: IssuerProfileName
}

/** A trusted issuer with every default applied. */
export interface ResolvedIssuer {
  readonly issuer: IssuerIdentifier
  readonly audiences: readonly string[]
  readonly jwksUri: URL | undefined
  readonly profile: IssuerProfileName
  /** `undefined`: as the option `revocation` says; `false`: none. */
  readonly revocationFeed: URL | false | undefined
}

const KNOWN_OPTIONS: Readonly<Record<keyof TrustedIssuer, true>> = {
  issuer: true,
  audience: true,
  jwksUri: true,
  profile: true,
  revocationFeed: true,
}

/**
 * Checks the options about issuers and applies their defaults: at least one issuer, each once, each with audiences.
 *
 * Throws `TypeError` naming the option that is missing, malformed, or given next to one that excludes it.
 */
export function resolveIssuers(options: IssuerOptions): readonly ResolvedIssuer[] {
  const resolved = trustedIssuers(options).map((trusted) => resolveIssuer(trusted, options))
  if (new Set(resolved.map(({ issuer }) => issuer)).size < resolved.length) {
    throw new TypeError('issuers: expected each issuer once')
  }
  return resolved
}

function resolveIssuer(trusted: TrustedIssuer, options: IssuerOptions): ResolvedIssuer {
  const { issuer, jwksUri, revocationFeed } = trusted
  const audience = trusted.audience ?? options.audience
  return {
    issuer: issuerValue(issuer),
    audiences: textList('audience', audience, audiencesMax, audienceLengthMax),
    jwksUri: jwksUri === undefined ? undefined : confidentialUrl('jwksUri', jwksUri),
    profile: profileValue(trusted.profile ?? options.profile ?? 'rfc9068'),
    revocationFeed: feedValue(revocationFeed),
  }
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

function profileValue(profile: unknown): IssuerProfileName {
  const found = issuerProfileNames.find((name) => name === profile)
  if (found !== undefined) return found
  throw new TypeError(`profile: expected one of ${issuerProfileNames.join(', ')}`)
}

function issuerValue(issuer: unknown): IssuerIdentifier {
  const parsed = typeof issuer === 'string' ? parseIssuer(issuer) : undefined
  if (parsed?.ok === true) return parsed.value
  throw new TypeError(
    'issuer: expected an https URL without query and fragment, or http on loopback',
  )
}
