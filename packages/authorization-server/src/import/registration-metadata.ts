/**
 * Client metadata of RFC 7591, RFC 8705 and RFC 9449, which Hydra and oidc-provider write in the same words: the part
 * of it that says which machine a client is, and how it proves itself.
 */
import type { CertificateIdentity, ClientSettings } from '../registry/client-settings.ts'
import { type ExportObject, keysIn, textIn, textsIn } from './export-values.ts'
import type { RegistryCollector } from './imported-registry.ts'

/** A client that can be taken over. */
export interface Machine {
  readonly id: string
  readonly authenticationMethods: readonly string[]
}

/** Which machine a client is; `undefined` for one that is none, which is skipped with the reason. */
export function machineIn(metadata: ExportObject, into: RegistryCollector): Machine | undefined {
  const id = textIn(metadata.client_id)
  if (id === undefined) return into.skip('?', 'it has no client_id')
  if (!textsIn(metadata.grant_types).includes('client_credentials')) {
    return into.skip(id, 'it signs in people: client_credentials is not among its grant types')
  }
  const authenticationMethods = methodsOf(metadata)
  if (authenticationMethods === undefined) return into.skip(id, 'it is a public client')
  return { id, authenticationMethods }
}

/** How a client authenticates, by `token_endpoint_auth_method`; `undefined` for one that does not, or unknown to us. */
export function methodsOf(metadata: ExportObject): readonly string[] | undefined {
  const method = textIn(metadata.token_endpoint_auth_method) ?? 'client_secret_basic'
  switch (method) {
    // Those servers take either, and so do their clients.
    case 'client_secret_basic':
    case 'client_secret_post':
      return ['client_secret_basic', 'client_secret_post']
    case 'client_secret_jwt':
    case 'private_key_jwt':
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return [method]
    default:
      return undefined
  }
}

/** What its methods are judged by, and what its tokens are bound to. */
export function settingsOf(metadata: ExportObject): Partial<ClientSettings> {
  const isBound = metadata.tls_client_certificate_bound_access_tokens === true
  return {
    keys: keysIn(metadata.jwks, metadata.jwks_uri),
    certificate: certificateOf(metadata),
    senderConstraint:
      metadata.dpop_bound_access_tokens === true ? 'dpop' : isBound ? 'certificate' : 'none',
    // Neither of them asks for what RFC 10070 asks for, so its clients do not send it.
    assertionAudience: methodsOf(metadata)?.some((one) => one.endsWith('_jwt'))
      ? 'legacy'
      : 'strict',
  }
}

function certificateOf(metadata: ExportObject): CertificateIdentity | undefined {
  for (const kind of ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const) {
    const value = textIn(metadata[`tls_client_auth_${kind}`])
    if (value !== undefined) return { kind, value }
  }
  return undefined
}
