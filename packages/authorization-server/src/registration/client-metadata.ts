/**
 * Client metadata (RFC 7591 section 2, RFC 8705 section 2, RFC 9449 section 5.2) of a machine: what it may say of
 * itself, and how it is told what was registered. What this server does not know it ignores, as the RFC has it; what
 * means a client that signs in people it refuses.
 */
import { isJsonObject, type JsonObject, type JsonValue, member } from '@mintmark/protocol'
import type { AuthenticationMethod, Client } from '../registry/client.ts'
import type {
  CertificateIdentity,
  ClientSettings,
  SenderConstraint,
} from '../registry/client-settings.ts'
import type { GrantDraft } from '../registry/grant-draft.ts'

/** What a client asks to be registered as. */
export interface ClientMetadata {
  readonly label: string | undefined
  readonly authenticationMethod: AuthenticationMethod
  /** `undefined`: nothing was said about scopes. */
  readonly scopes: readonly string[] | undefined
  readonly keys: ClientSettings['keys']
  readonly certificate: CertificateIdentity | undefined
  readonly senderConstraint: SenderConstraint
}

/** What is wrong with metadata: the error code of RFC 7591 section 3.2.2, and which member it is about. */
export interface MetadataFault {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata'
  readonly description: string
}

/** Metadata that can be used, or what is wrong with it. */
export type ReadMetadata =
  | { readonly ok: true; readonly metadata: ClientMetadata }
  | ({ readonly ok: false } & MetadataFault)

const certificateKinds = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const

/** Reads metadata. `methods` are those that may be registered; the first one is what is meant by silence. */
export function readClientMetadata(
  given: JsonObject,
  methods: readonly AuthenticationMethod[],
): ReadMetadata {
  const redirects = member(given, 'redirect_uris') ?? []
  if (!Array.isArray(redirects) || redirects.length > 0) {
    return fault(
      'no redirect URI is needed here: only machines are registered',
      'invalid_redirect_uri',
    )
  }
  const forPeople = peopleIn(given)
  if (forPeople !== undefined) return fault(forPeople)
  const method = methodIn(given, methods)
  if (method === undefined)
    return fault('token_endpoint_auth_method is none that can be registered')
  const scope = member(given, 'scope') ?? undefined
  if (scope !== undefined && typeof scope !== 'string') return fault('scope is not a text')
  const label = member(given, 'client_name') ?? undefined
  if (label !== undefined && typeof label !== 'string') return fault('client_name is not a text')
  const keys = keysIn(given)
  if (keys === 'both') return fault('jwks and jwks_uri exclude each other')
  if (keys === 'malformed') return fault('jwks is not a JWK Set, or jwks_uri not a URL')
  const certificate = certificateIn(given)
  if (certificate === 'malformed') return fault('exactly one tls_client_auth_ member is needed')
  const senderConstraint = constraintIn(given)
  if (senderConstraint === undefined)
    return fault('tokens are bound to one thing, by true or false')
  const scopes = scope?.split(' ').filter((token) => token !== '')
  const metadata = { label, authenticationMethod: method, scopes, keys, certificate }
  return { ok: true, metadata: { ...metadata, senderConstraint } }
}

/** What only a client has that signs in people; silence means client credentials here, not an authorization code. */
function peopleIn(given: JsonObject): string | undefined {
  const grants = member(given, 'grant_types') ?? ['client_credentials']
  const isMachine = Array.isArray(grants) && grants.every((one) => one === 'client_credentials')
  if (!isMachine || grants.length === 0) return 'grant_types can be client_credentials only'
  const responses = member(given, 'response_types') ?? []
  return Array.isArray(responses) && responses.length === 0
    ? undefined
    : 'response_types must be empty: there is no authorization endpoint'
}

function methodIn(
  given: JsonObject,
  methods: readonly AuthenticationMethod[],
): AuthenticationMethod | undefined {
  const named = member(given, 'token_endpoint_auth_method') ?? undefined
  if (named !== undefined) return methods.find((method) => method === named)
  return methods.includes('client_secret_basic') ? 'client_secret_basic' : methods[0]
}

function keysIn(given: JsonObject): ClientSettings['keys'] | 'both' | 'malformed' {
  const jwks = member(given, 'jwks') ?? undefined
  const jwksUri = member(given, 'jwks_uri') ?? undefined
  if (jwks !== undefined && jwksUri !== undefined) return 'both'
  if (jwks !== undefined) {
    return isJsonObject(jwks) ? { kind: 'jwks', jwks: JSON.stringify(jwks) } : 'malformed'
  }
  if (jwksUri === undefined) return undefined
  return typeof jwksUri === 'string' ? { kind: 'jwks_uri', jwksUri } : 'malformed'
}

function certificateIn(given: JsonObject): CertificateIdentity | undefined | 'malformed' {
  const named = certificateKinds.flatMap((kind) => {
    const value = member(given, `tls_client_auth_${kind}`) ?? undefined
    return value === undefined ? [] : [{ kind, value }]
  })
  const [first, second] = named
  if (first === undefined) return undefined
  const { kind, value } = first
  return second === undefined && typeof value === 'string' ? { kind, value } : 'malformed'
}

function constraintIn(given: JsonObject): SenderConstraint | undefined {
  const flag = (name: string): JsonValue => member(given, name) ?? false
  const byKey = flag('dpop_bound_access_tokens')
  const byCertificate = flag('tls_client_certificate_bound_access_tokens')
  if (typeof byKey !== 'boolean' || typeof byCertificate !== 'boolean') return undefined
  if (byKey && byCertificate) return undefined
  return byKey ? 'dpop' : byCertificate ? 'certificate' : 'none'
}

function fault(
  description: string,
  error: MetadataFault['error'] = 'invalid_client_metadata',
): ReadMetadata {
  return { ok: false, error, description }
}

/**
 * The part of `allowed` that is asked for; all of it when nothing is said. `undefined`: more is asked for.
 */
export function grantsWithin(
  allowed: readonly GrantDraft[],
  scopes: readonly string[] | undefined,
): readonly GrantDraft[] | undefined {
  if (scopes === undefined) return allowed
  const wanted = new Set(scopes)
  const granted = allowed.flatMap(({ resource, scope }) => {
    const tokens = scope.split(' ').filter((token) => wanted.has(token))
    return tokens.length === 0 ? [] : [{ resource, scope: tokens.join(' ') }]
  })
  const found = new Set(granted.flatMap((grant) => grant.scope.split(' ')))
  return found.size === wanted.size ? granted : undefined
}

/** The metadata of a client, as RFC 7591 section 3.2.1 tells what was registered. */
export function clientMetadataOf({ grants, authenticationMethods, settings }: Client): object {
  const { label, keys, certificate, senderConstraint } = settings
  const scopes = new Set(grants.flatMap((grant) => grant.scopes.tokens))
  return {
    ...(label !== undefined && { client_name: label }),
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: authenticationMethods[0],
    ...(scopes.size > 0 && { scope: [...scopes].join(' ') }),
    ...(keys?.kind === 'jwks' && { jwks: JSON.parse(keys.jwks) }),
    ...(keys?.kind === 'jwks_uri' && { jwks_uri: keys.jwksUri }),
    ...(certificate !== undefined && {
      [`tls_client_auth_${certificate.kind}`]: certificate.value,
    }),
    ...(senderConstraint === 'dpop' && { dpop_bound_access_tokens: true }),
    ...(senderConstraint === 'certificate' && { tls_client_certificate_bound_access_tokens: true }),
  }
}
