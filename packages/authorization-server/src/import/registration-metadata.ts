/**
 * Client metadata of RFC 7591, RFC 8705 and RFC 9449, which Hydra and oidc-provider write in the same words: the part
 * of it that says how a client proves itself.
 */
import type { CertificateIdentity, ClientSettings } from '../registry/client-settings.ts'
import { type ExportObject, keysIn, textIn } from './export-values.ts'

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
