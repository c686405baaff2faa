/** What a protected resource says about itself (RFC 9728), as callers see it. */

/** The metadata of one protected resource, ready to be served. */
export interface ResourceMetadata {
  /** Where clients look for it, and what challenges name. */
  readonly url: string
  /** The path of that, as requests have it. */
  readonly target: string
  /** The members of the document by their names on the wire. Frozen. */
  readonly document: ProtectedResourceDocument
  /** The document as JSON text. */
  readonly json: string
}

/** The metadata document (RFC 9728 section 2), as far as a guard knows what to say. */
export interface ProtectedResourceDocument {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly scopes_supported?: readonly string[]
  readonly jwks_uri?: string
  readonly tls_client_certificate_bound_access_tokens?: true
  readonly dpop_signing_alg_values_supported?: readonly string[]
  readonly dpop_bound_access_tokens_required?: true
  readonly resource_name?: string
  readonly resource_documentation?: string
  readonly resource_policy_uri?: string
  readonly resource_tos_uri?: string
}
