/** RFC 9700, best current practice for OAuth 2.0 security, as far as machines go. */
import { because, must, mustNot, type Standard, should, shownBy } from './requirement.ts'
import {
  certificateHeader,
  clientLimits,
  dpopTest,
  noRenewalTokens,
  noUsers,
  originPolicyTest,
  presentedTokenTest,
  privateKeyJwt,
  refusalResponseTest,
  revocationFeedTest,
  rfc6749Test,
  rfc8414Test,
  rfc8707Test,
  rfc9068Test,
  verdictTest,
} from './test-files.ts'

export const rfc9700: Standard = {
  name: 'RFC 9700',
  authorizationServer: [
    must(
      '2.1',
      'compares redirect URIs exactly, and the rest about the authorization endpoint',
      noUsers,
    ),
    should(
      '2.2.1',
      'sender-constrains access tokens',
      dpopTest('a client or resource that wants DPoP gets no token without a proof'),
    ),
    must('2.2.2', 'sender-constrains or rotates refresh tokens of public clients', noRenewalTokens),
    should(
      '2.3',
      'restricts privileges to the minimum: audience and scope',
      shownBy(
        rfc8707Test(
          '2.2: restricts the token to the resource that was asked for',
          '2.2: gives no scope of one resource to a token for another',
        ),
        rfc6749Test('3.3: refuses a scope beyond what the client may have, whole'),
      ),
    ),
    mustNot(
      '2.4',
      'offers the password grant',
      rfc6749Test('5.2: names every kind of refusal by its code'),
    ),
    should(
      '2.5',
      'enforces client authentication',
      rfc6749Test('3.2.1: gives no token to a client that does not prove itself'),
    ),
    should(
      '2.5',
      'supports asymmetric client authentication',
      privateKeyJwt('an assertion signed by ES256 with a registered key gets a token'),
    ),
    should(
      '2.6',
      'publishes metadata (RFC 8414)',
      rfc8414Test('2: names the issuer as configured and every endpoint by an absolute URL of it'),
    ),
    should(
      '2.6',
      'uses TLS from end to end',
      because('listen takes a certificate; behind a proxy it is the operator who decides'),
    ),
    must(
      '4.3',
      'leaks no credentials by addresses',
      rfc6749Test('2.3.1: takes no credentials from the request target'),
    ),
    must(
      '4.10',
      'lets a stolen token be of no use: binding, audience',
      shownBy(rfc9068Test('3: has the resource that was asked for as its audience, and no other')),
    ),
    mustNot('4.12', 'uses 307 for requests with credentials', because('no endpoint redirects')),
    must(
      '4.13',
      'strips headers for certificates and addresses that a proxy did not set',
      shownBy(
        certificateHeader(
          'from anybody else the field is ignored and told of, and the connection counts',
        ),
        clientLimits('the address behind trusted proxies counts, and nothing that strangers write'),
      ),
    ),
    should(
      '4.15',
      'lets no client choose an identifier that could be taken for a resource owner',
      shownBy(rfc9068Test('5: never uses the identifier of another client as its subject')),
    ),
    must('4.16', 'resists clickjacking at the authorization endpoint', noUsers),
    should(
      '4.14',
      'lets revocation reach tokens',
      revocationFeedTest('a reader that waits is answered at once when something is revoked'),
    ),
  ],
  client: [
    mustNot(
      '4.3.2',
      'sends tokens in the query',
      because('every adapter writes the Authorization header'),
    ),
    should(
      '4.10',
      'sends tokens only where they belong',
      originPolicyTest('allows the listed origins and no other'),
    ),
  ],
  resourceServer: [
    mustNot(
      '4.3.2',
      'takes tokens from the query',
      presentedTokenTest('is never taken from the query'),
    ),
    must(
      '2.3',
      'refuses a token for somebody else, and an action beyond the scope',
      shownBy(
        verdictTest('name several audiences, any of which will do'),
        refusalResponseTest('of insufficient_scope has this status, challenge and body'),
      ),
    ),
  ],
}
