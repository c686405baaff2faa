/**
 * Authentication by the certificate of the connection (RFC 8705 section 2): the request says which
 * client asks, and nothing else. The certificate is the matter of the `transport`.
 */
import {
  type AuthenticationMethod,
  type ClientAuthentication,
  credentialIdentity,
} from './client-authentication.ts'

/**
 * Authenticates by a certificate of an authority that the server trusts (RFC 8705 section 2.1).
 *
 * The `transport` has to present it. A certificate that the server refuses counts as the same
 * credential until a probe finds it accepted: this client cannot see that it was replaced.
 */
export function tlsClientAuth(): ClientAuthentication {
  return byCertificate('tls_client_auth')
}

/** Authenticates by a certificate that is registered itself (RFC 8705 section 2.2); else as {@link tlsClientAuth}. */
export function selfSignedTlsClientAuth(): ClientAuthentication {
  return byCertificate('self_signed_tls_client_auth')
}

function byCertificate(method: AuthenticationMethod): ClientAuthentication {
  const credential = {
    identity: credentialIdentity(method),
    present: ({ clientId }: { readonly clientId: string }) => ({
      authorization: undefined,
      parameters: [['client_id', clientId]] as const,
    }),
  }
  return Object.freeze({
    method,
    bodyType: 'form',
    isTimeBound: false,
    read: async () => credential,
  } satisfies ClientAuthentication)
}
