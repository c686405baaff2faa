/**
 * Everything about a client that is optional, with the default of each, and its stored form.
 *
 * The stored form is JSON in one column, so that a setting that comes later needs no new column. A member that this
 * version does not know may be a restriction: such settings are not understood, and the client is refused by this
 * node until it is upgraded (fail closed), while all other clients go on.
 */
/** Policies that can be watched before they are enforced: what they would refuse is counted, not refused. */
export const shadowablePolicies = [
  'addresses',
  'quotas',
  'lifetime',
  'sender_constraint',
  'assertion_audience',
  'scope_ceiling',
] as const

/** A policy in shadow mode. */
export type ShadowablePolicy = (typeof shadowablePolicies)[number]

/** How many tokens a client may be issued in a window of time. */
export interface Quota {
  /** 1 to 32 letters, digits, `-` and `_`; stands in `RateLimit-Policy`. */
  readonly name: string
  readonly tokens: number
  readonly windowSeconds: number
}

/** Where the public keys of a client come from (RFC 7591 section 2): one of the two. */
export type ClientKeys =
  | { readonly kind: 'jwks' /** A JWK Set as JSON text. */; readonly jwks: string }
  | { readonly kind: 'jwks_uri'; readonly jwksUri: string }

/** Whose assertions stand for this client: exactly this issuer, subject and audience. */
export interface FederatedIdentity {
  readonly kind: 'oidc' | 'kubernetes' | 'spiffe'
  /** The issuer identifier; for SPIFFE the trust domain, such as `spiffe://prod.example`. */
  readonly issuer: string
  /** The `sub` of the assertion, compared as written. */
  readonly subject: string
  /** The sole `aud`; `undefined`: our own issuer identifier. */
  readonly audience: string | undefined
  /** Where the issuer's keys are; `undefined`: as its metadata says. Needed for SPIFFE (the bundle endpoint). */
  readonly jwksUri: string | undefined
}

/** How a certificate names its client (RFC 8705 section 2.1.2). */
export interface CertificateIdentity {
  readonly kind: 'subject_dn' | 'san_dns' | 'san_uri' | 'san_ip' | 'san_email'
  readonly value: string
}

/** What a token must be bound to: a DPoP key (RFC 9449), the client's certificate (RFC 8705), or nothing. */
export type SenderConstraint = 'none' | 'dpop' | 'certificate'

/** The settings of one client. */
export interface ClientSettings {
  /** For people: who this is. */
  readonly label: string | undefined
  /** The resource meant by a request that names none. */
  readonly defaultResource: string | undefined
  /** No token of this client lives longer; `undefined`: as the resource says. */
  readonly lifetimeSecondsMax: number | undefined
  /**
   * No token of this client has a scope beyond these, whatever its grants say; `undefined`: as granted. In shadow mode
   * (`scope_ceiling`) a narrower ceiling is tried out: the grants still decide, and what it would have changed is told.
   */
  readonly scopeMax: string | undefined
  /** Addresses and CIDR ranges that it may ask from; empty: from anywhere. */
  readonly addresses: readonly string[]
  readonly quotas: readonly Quota[]
  readonly senderConstraint: SenderConstraint
  /** `authorization_details` types it may ask for (RFC 9396). */
  readonly authorizationDetailsTypes: readonly string[]
  /** Whether it may exchange tokens that it received as a resource server, to act for their subjects (RFC 8693). */
  readonly exchangesTokens: boolean
  readonly shadowed: readonly ShadowablePolicy[]
  readonly keys: ClientKeys | undefined
  /** Whether an assertion's audience must be our issuer (RFC 10070), or may be the token endpoint as it used to be. */
  readonly assertionAudience: 'strict' | 'legacy'
  readonly federatedIdentities: readonly FederatedIdentity[]
  readonly certificate: CertificateIdentity | undefined
}

/** A client about which nothing special was said. */
export const plainClientSettings: ClientSettings = {
  label: undefined,
  defaultResource: undefined,
  lifetimeSecondsMax: undefined,
  scopeMax: undefined,
  addresses: [],
  quotas: [],
  senderConstraint: 'none',
  authorizationDetailsTypes: [],
  exchangesTokens: false,
  shadowed: [],
  keys: undefined,
  assertionAudience: 'strict',
  federatedIdentities: [],
  certificate: undefined,
}

/** The stored form: only what differs from {@link plainClientSettings}. */
export function serialiseClientSettings(settings: ClientSettings): string {
  if (settings === plainClientSettings) return '{}'
  return serialiseDifference(settings, plainClientSettings)
}

/** From the stored form. `undefined`: written by a newer version, and not understood here. */
export function parseClientSettings(text: string): ClientSettings | undefined {
  // Of a hundred thousand clients most are plain, and can share one object.
  if (text === '{}') return plainClientSettings
  const members = storedMembers(text, Object.keys(plainClientSettings))
  // Written by `serialiseClientSettings`: a known member has the shape of its type.
  return members && { ...plainClientSettings, ...(members as Partial<ClientSettings>) }
}

/** JSON of the members of `settings` that differ from `plain`. */
export function serialiseDifference<Settings extends object>(
  settings: Settings,
  plain: Settings,
): string {
  const differing = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(plain[name as keyof Settings]),
  )
  return JSON.stringify(Object.fromEntries(differing))
}

/** The members of a stored JSON object, which we wrote; `undefined` when one of them is not among `known`. */
export function storedMembers(text: string, known: readonly string[]): object | undefined {
  const members = JSON.parse(text) as object
  return Object.keys(members).every((name) => known.includes(name)) ? members : undefined
}
