/** RFC 8705, client authentication by mutual TLS and certificate-bound tokens. */
import {
  because,
  may,
  must,
  required,
  type Standard,
  should,
  shownBy,
  testsIn,
} from './requirement.ts'
import {
  certificateBinding,
  certificateHeader,
  certificateNames,
  clientSecrets,
  discoveryTest,
  mutualTls,
  noRenewalTokens,
  rfc8705Test,
  updatesTest,
} from './test-files.ts'

const mutualTlsNginx = testsIn('tests/system/mutual-tls-nginx.test.ts')
const guardCertificates = testsIn('tests/system/guard-certificates.test.ts')
const boundToCertificates = testsIn(
  'packages/resource-server/test/sender-binding/certificates.test.ts',
)

const binding = certificateBinding(
  'binds to the certificate what client or resource want bound, and refuses without one',
)
const mismatch = rfc8705Test(
  '2: answers invalid_client when certificate and client do not belong together',
)
const selfSigned = rfc8705Test(
  '2, 3: the client "self-signed" is known by its certificate, and its token is bound to it',
)
const named = rfc8705Test(
  '2, 3: the client "named" is known by its certificate, and its token is bound to it',
)

export const rfc8705: Standard = {
  name: 'RFC 8705',
  authorizationServer: [
    must('2', 'takes mutual TLS as proof that the private key is there', shownBy(named, mismatch)),
    must(
      '2',
      'requires client_id in every request that authenticates by a certificate',
      rfc8705Test('2: knows nobody by a certificate without a client_id'),
    ),
    must('2', 'enforces the binding of client and certificate', mismatch),
    must('2', 'answers invalid_client when they do not belong together', mismatch),
    required('2.1.1', 'knows tls_client_auth', named),
    must(
      '2.1',
      'validates the chain of the certificate',
      mutualTls('another name, another authority and no certificate at all are refused alike'),
    ),
    must(
      '2.1.2',
      'has exactly one of subject_dn, san_dns, san_uri, san_ip and san_email for a client',
      updatesTest('the name in a certificate is one, of a kind that there is'),
    ),
    must(
      '2.1.2',
      'compares the subject as a distinguished name (RFC 4514)',
      certificateNames(
        'a subject is known by its name as OpenSSL writes it',
        'a subject is known by its name with letters in their decomposed form',
      ),
    ),
    required('2.2.1', 'knows self_signed_tls_client_auth', selfSigned),
    must(
      '2.2',
      'compares a self-signed certificate with those in the JWK Set of the client',
      mutualTls(
        'a client gets in by a certificate that it signed itself, when the key is registered',
        'the keys of self-signed certificates may be published, and are compared without names',
      ),
    ),
    must('2.2', 'does not validate the chain of a self-signed certificate', selfSigned),
    should('3', 'binds tokens to the certificate, and refresh tokens of public clients', binding),
    must(
      '3.1',
      'has the SHA-256 thumbprint in cnf as x5t#S256, base64url without padding',
      binding,
    ),
    must('3.2', 'tells cnf in introspection', binding),
    must(
      '3.3',
      'says tls_client_certificate_bound_access_tokens in its metadata',
      rfc8705Test('3.3: says in its metadata that it knows certificates and binds tokens to them'),
    ),
    should('3.4', 'knows tls_client_certificate_bound_access_tokens of a client', binding),
    may('4', 'binds refresh tokens of public clients', noRenewalTokens),
    may(
      '5',
      'names endpoints for mutual TLS as mtls_endpoint_aliases',
      rfc8705Test('5: names the endpoints at another origin, which knows clients by certificate'),
    ),
    must(
      '6.5',
      'takes a certificate from a proxy only when nobody else can send it',
      shownBy(
        certificateHeader(
          'from anybody else the field is ignored and told of, and the connection counts',
        ),
        mutualTls(
          'a spoofed header is no certificate',
          'a proxy that is trusted passes the certificate on',
        ),
        mutualTlsNginx(
          'is not whoever writes its certificate into a field himself',
          'is not whoever reaches the server past nginx with its certificate in the field',
        ),
      ),
    ),
    should(
      '7.2',
      'trusts few certificate authorities, configured for this',
      mutualTls('another name, another authority and no certificate at all are refused alike'),
    ),
    must(
      '7.3',
      'parses certificates safely',
      certificateNames(
        'no octet of a certificate can be changed to make reading it throw',
        'elements of DER cover their octets without gap and overlap, whatever the octets',
      ),
    ),
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
      shownBy(
        guardCertificates(
          'a bound token works over a connection with its certificate and over no other',
        ),
        guardCertificates('a connection that is resumed still has its certificate (TLSv1.3)'),
        boundToCertificates('is compared at every request, also when it is remembered'),
      ),
    ),
    must(
      '3',
      'needs no chain of certificates for that: the handshake has shown that the key is there',
      guardCertificates(
        'a bound token works over a connection with its certificate and over no other',
      ),
    ),
    must(
      '6.5',
      'at an API: takes a certificate from a proxy only when nobody else can send it',
      shownBy(
        guardCertificates(
          'behind a proxy the certificate is what the proxy says, and what nobody else says',
        ),
        boundToCertificates('is not believed from anybody else, and the observer hears of it'),
      ),
    ),
  ],
}
