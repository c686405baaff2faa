/** RFC 8705, client authentication by mutual TLS and certificate-bound tokens. */
import { because, may, must, pending, required, type Standard, should } from './requirement.ts'
import { certificateBinding, clientSecrets, discoveryTest, noRenewalTokens } from './test-files.ts'

const authentication = pending('authentication')
const binding = certificateBinding(
  'binds to the certificate what client or resource want bound, and refuses without one',
)

export const rfc8705: Standard = {
  name: 'RFC 8705',
  authorizationServer: [
    must('2', 'takes mutual TLS as proof that the private key is there', authentication),
    must(
      '2',
      'requires client_id in every request that authenticates by a certificate',
      authentication,
    ),
    must('2', 'enforces the binding of client and certificate', authentication),
    must('2', 'answers invalid_client when they do not belong together', authentication),
    required('2.1.1', 'knows tls_client_auth', authentication),
    must('2.1', 'validates the chain of the certificate', authentication),
    must(
      '2.1.2',
      'has exactly one of subject_dn, san_dns, san_uri, san_ip and san_email for a client',
      authentication,
    ),
    must('2.1.2', 'compares the subject as a distinguished name (RFC 4514)', authentication),
    required('2.2.1', 'knows self_signed_tls_client_auth', authentication),
    must(
      '2.2',
      'compares a self-signed certificate with those in the JWK Set of the client',
      authentication,
    ),
    must('2.2', 'does not validate the chain of a self-signed certificate', authentication),
    should('3', 'binds tokens to the certificate, and refresh tokens of public clients', binding),
    must(
      '3.1',
      'has the SHA-256 thumbprint in cnf as x5t#S256, base64url without padding',
      binding,
    ),
    must('3.2', 'tells cnf in introspection', binding),
    must('3.3', 'says tls_client_certificate_bound_access_tokens in its metadata', authentication),
    should('3.4', 'knows tls_client_certificate_bound_access_tokens of a client', binding),
    may('4', 'binds refresh tokens of public clients', noRenewalTokens),
    may('5', 'names endpoints for mutual TLS as mtls_endpoint_aliases', authentication),
    must(
      '6.5',
      'takes a certificate from a proxy only when nobody else can send it',
      authentication,
    ),
    should('7.2', 'trusts few certificate authorities, configured for this', authentication),
    must('7.3', 'parses certificates safely', authentication),
    should(
      '7.5',
      'asks for certificates only where they are needed',
      because('operation: the endpoints for certificates have a port or a host of their own'),
    ),
  ],
  client: [
    must(
      '2',
      'sends its client_id beside the certificate',
      clientSecrets('leaves the proof to the certificate of the connection'),
    ),
    must(
      '5',
      'uses the aliases when it presents a certificate',
      discoveryTest(
        'uses the endpoint for clients with a certificate only with one, and by the same rule',
      ),
    ),
  ],
  resourceServer: [
    must(
      '3',
      'compares the certificate of the connection with cnf, and refuses with 401 invalid_token',
      pending('bound tokens at the guard'),
    ),
  ],
}
