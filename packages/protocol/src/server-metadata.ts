/**
 * Authorization server metadata (RFC 8414), both directions.
 *
 * Metadata says where credentials are sent, so whoever can write it can collect them. Reading
 * therefore insists on the exact issuer that was asked for (section 3.3) and on endpoints nobody
 * can listen to.
 */
import { type IssuerIdentifier, isConfidentialUrl } from './issuer.ts'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type JsonViolation,
  member,
  parseJsonObject,
  textMember,
} from './json-object.ts'
import { metadataDepthMax, metadataLengthMax } from './limits.ts'
import { accepted, type Parsed, refused } from './parsed.ts'
import { isUriText } from './uri-text.ts'

/** The document as it is on the wire, with the members Mintmark publishes. */
export interface ServerMetadataDocument {
  readonly issuer: string
  readonly token_endpoint: string
  readonly jwks_uri?: string
  readonly introspection_endpoint?: string
  readonly revocation_endpoint?: string
  /** RFC 7591 section 3. */
  readonly registration_endpoint?: string
  /** Mintmark's own: where resource servers learn what was revoked. */
  readonly revocation_feed_endpoint?: string
  /** Required by RFC 8414; empty, because there is no authorization endpoint. */
  readonly response_types_supported: readonly string[]
  readonly grant_types_supported?: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly token_endpoint_auth_methods_supported?: readonly string[]
  /** Of client assertions (RFC 8414 section 2). */
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[]
  readonly introspection_endpoint_auth_methods_supported?: readonly string[]
  readonly introspection_endpoint_auth_signing_alg_values_supported?: readonly string[]
  readonly revocation_endpoint_auth_methods_supported?: readonly string[]
  readonly revocation_endpoint_auth_signing_alg_values_supported?: readonly string[]
  /** Of signed introspection answers (RFC 9701 section 7). */
  readonly introspection_signing_alg_values_supported?: readonly string[]
  /** Of DPoP proofs (RFC 9449 section 5.1). */
  readonly dpop_signing_alg_values_supported?: readonly string[]
  /** Endpoints by their names for clients that present a certificate (RFC 8705 section 5). */
  readonly mtls_endpoint_aliases?: Readonly<Record<string, string>>
  /** RFC 8705 section 3.3. */
  readonly tls_client_certificate_bound_access_tokens?: boolean
  /** Mintmark's own: media types of the bodies that the endpoints take. The standards know forms alone. */
  readonly mintmark_request_body_types_supported?: readonly string[]
  /** RFC 9396 section 10. */
  readonly authorization_details_types_supported?: readonly string[]
}

/** What Mintmark reads from the document. A list is `undefined` when not sent. */
export interface ServerMetadata {
  readonly issuer: IssuerIdentifier
  readonly tokenEndpoint: string
  /** Where clients that present a certificate ask for tokens instead (RFC 8705 section 5). */
  readonly mtlsTokenEndpoint: string | undefined
  readonly jwksUri: string | undefined
  readonly introspectionEndpoint: string | undefined
  readonly revocationEndpoint: string | undefined
  readonly revocationFeedEndpoint: string | undefined
  readonly tokenEndpointAuthMethods: readonly string[] | undefined
  readonly grantTypes: readonly string[] | undefined
  readonly scopes: readonly string[] | undefined
}

/** What is read from the document of a server whether or not it has a token endpoint. */
export interface PublishedMetadata extends Omit<ServerMetadata, 'tokenEndpoint'> {
  readonly tokenEndpoint: string | undefined
}

/** Why a document is not usable metadata of the expected issuer. */
export type MetadataViolation =
  | JsonViolation
  | 'issuer_mismatch'
  | 'token_endpoint_missing'
  | 'malformed_endpoint'
  | 'endpoint_not_confidential'
  | 'malformed_list'

/**
 * Parses a metadata document for a client: as {@link parsePublishedMetadata}, and refuses a missing token endpoint as
 * well, without which no grant of ours can be asked for (RFC 8414 section 2).
 */
export function parseServerMetadata(
  text: string,
  expectedIssuer: IssuerIdentifier,
): Parsed<ServerMetadata, MetadataViolation> {
  const published = parsePublishedMetadata(text, expectedIssuer)
  if (!published.ok) return published
  const { tokenEndpoint, ...others } = published.value
  if (tokenEndpoint === undefined) return refused('token_endpoint_missing')
  return accepted({ ...others, tokenEndpoint })
}

/**
 * Parses a metadata document for whoever wants to know an issuer and not a token, a resource server above all.
 *
 * Refuses what is not a strict JSON object of at most 256 KiB, an issuer that is not
 * `expectedIssuer` byte for byte, and a member Mintmark reads that is not
 * what it has to be: endpoints and their mTLS aliases are `https` URLs (`http` on loopback) without
 * userinfo and fragment, lists are arrays of strings. A `null` counts as not sent. Never throws. Does not compare the
 * origins of endpoints and issuer.
 */
export function parsePublishedMetadata(
  text: string,
  expectedIssuer: IssuerIdentifier,
): Parsed<PublishedMetadata, MetadataViolation> {
  const json = parseJsonObject(text, { depthMax: metadataDepthMax, lengthMax: metadataLengthMax })
  if (!json.ok) return json
  const document = json.value
  if (member(document, 'issuer') !== expectedIssuer) return refused('issuer_mismatch')
  for (const name of endpointMembers) {
    const violation = endpointViolation(present(document, name))
    if (violation !== undefined) return refused(violation)
  }
  const aliases = present(document, 'mtls_endpoint_aliases') ?? {}
  if (!isJsonObject(aliases)) return refused('malformed_endpoint')
  const aliasViolation = endpointViolation(present(aliases, 'token_endpoint'))
  if (aliasViolation !== undefined) return refused(aliasViolation)
  for (const name of listMembers) {
    if (!isOptionalList(present(document, name))) return refused('malformed_list')
  }
  return accepted({
    issuer: expectedIssuer,
    tokenEndpoint: textMember(document, 'token_endpoint'),
    mtlsTokenEndpoint: textMember(aliases, 'token_endpoint'),
    jwksUri: textMember(document, 'jwks_uri'),
    introspectionEndpoint: textMember(document, 'introspection_endpoint'),
    revocationEndpoint: textMember(document, 'revocation_endpoint'),
    revocationFeedEndpoint: textMember(document, 'revocation_feed_endpoint'),
    tokenEndpointAuthMethods: listMember(document, 'token_endpoint_auth_methods_supported'),
    grantTypes: listMember(document, 'grant_types_supported'),
    scopes: listMember(document, 'scopes_supported'),
  })
}

/** Writes a metadata document. */
export function serialiseServerMetadata(document: ServerMetadataDocument): string {
  return JSON.stringify(document)
}

const endpointMembers = [
  'token_endpoint',
  'jwks_uri',
  'introspection_endpoint',
  'revocation_endpoint',
  'revocation_feed_endpoint',
] as const

const listMembers = [
  'token_endpoint_auth_methods_supported',
  'grant_types_supported',
  'scopes_supported',
] as const

/** Scheme, authority without userinfo, and no fragment. */
const ENDPOINT = /^https?:\/\/[^/?#@]+(?:[/?][^#]*)?$/

function present(document: JsonObject, name: string): JsonValue | undefined {
  return member(document, name) ?? undefined
}

function endpointViolation(
  endpoint: JsonValue | undefined,
): 'malformed_endpoint' | 'endpoint_not_confidential' | undefined {
  if (endpoint === undefined) return undefined
  if (typeof endpoint !== 'string' || !isUriText(endpoint)) return 'malformed_endpoint'
  if (!ENDPOINT.test(endpoint) || !URL.canParse(endpoint)) return 'malformed_endpoint'
  return isConfidentialUrl(new URL(endpoint)) ? undefined : 'endpoint_not_confidential'
}

function isOptionalList(value: JsonValue | undefined): value is readonly string[] | undefined {
  if (value === undefined) return true
  return Array.isArray(value) && value.every((element) => typeof element === 'string')
}

function listMember(document: JsonObject, name: string): readonly string[] | undefined {
  const list = present(document, name)
  return isOptionalList(list) ? list : undefined
}
