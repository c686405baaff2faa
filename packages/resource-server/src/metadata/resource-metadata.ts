/**
 * Makes what a protected resource says about itself (RFC 9728): the document, and where it belongs.
 *
 * Invariants
 *  (1) Everything in the document and its address is configured. Nothing is taken from a request, `Host` least of all:
 *      whoever chose that would choose which authorization server a client trusts.
 *  (2) The document is made once, and is the same for everybody.
 */
import { signatureAlgorithms } from '@mintmark/jwt'
import { confidentialUrl } from '../option-value.ts'
import type { ResolvedGuardOptions } from '../options.ts'
import type { ResolvedSenderBinding } from '../sender-binding/binding-options.ts'
import type { ProtectedResourceDocument, ResourceMetadata } from './protected-resource.ts'
import type { ResolvedResource } from './resource-options.ts'

/**
 * The metadata of the resource that a guard with these options protects; `undefined` without option `resource`.
 *
 * The address has the resource's path behind the well-known one (RFC 9728 section 3.1): that of
 * `https://api.example/partner/v1` is `https://api.example/.well-known/oauth-protected-resource/partner/v1`.
 */
export function metadataFrom({
  resource,
  issuers,
  senders,
}: Pick<ResolvedGuardOptions, 'resource' | 'issuers' | 'senders'>): ResourceMetadata | undefined {
  if (resource === undefined) return undefined
  const url = metadataUrlOf(resource.identifier)
  const document = documentOf(
    resource,
    issuers.map(({ issuer }) => issuer),
    senders,
  )
  return Object.freeze({
    url: url.href,
    target: url.pathname,
    document,
    json: JSON.stringify(document),
  })
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

function metadataUrlOf(identifier: string): URL {
  const url = confidentialUrl('resource.identifier', identifier)
  url.pathname = WELL_KNOWN + (url.pathname === '/' ? '' : url.pathname)
  return url
}

/** Members without a value are left out, as section 3.2 asks. */
function documentOf(
  resource: ResolvedResource,
  issuers: readonly string[],
  senders: ResolvedSenderBinding,
): ProtectedResourceDocument {
  const { scopes, jwksUri, name, documentation, policy, termsOfService } = resource
  return Object.freeze({
    resource: resource.identifier,
    authorization_servers: Object.freeze([...issuers]),
    bearer_methods_supported: Object.freeze(['header'] as const),
    ...(scopes !== undefined && { scopes_supported: Object.freeze([...scopes.tokens]) }),
    ...(jwksUri !== undefined && { jwks_uri: jwksUri }),
    ...bindingMembers(senders),
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && { resource_documentation: documentation }),
    ...(policy !== undefined && { resource_policy_uri: policy }),
    ...(termsOfService !== undefined && { resource_tos_uri: termsOfService }),
  })
}

/** Certificates are named where the API was told about them: whether TLS reaches this process, nobody here knows. */
function bindingMembers({ required, proofs, clientCertificate }: ResolvedSenderBinding) {
  const isCertificateMeant = required === 'certificate' || required === 'any'
  return {
    ...((isCertificateMeant || clientCertificate !== 'connection') && {
      tls_client_certificate_bound_access_tokens: true as const,
    }),
    ...(proofs !== undefined && {
      dpop_signing_alg_values_supported: Object.freeze([...signatureAlgorithms]),
    }),
    ...(required === 'dpop' && { dpop_bound_access_tokens_required: true as const }),
  }
}
