/** RFC 6749, the OAuth 2.0 framework, without what is about resource owners. */

import {
  because,
  must,
  mustNot,
  required,
  type Standard,
  should,
  shouldNot,
  shownBy,
} from './requirement.ts'
import { answersAndSecurity } from './rfc6749-answers.ts'
import {
  boundRequests,
  claimsTest,
  clientSecrets,
  failedAttempts,
  hostileCredentials,
  hostileLines,
  issuerTest,
  noPublicClients,
  noUsers,
  originPolicyTest,
  presentedTokenTest,
  rfc6749Test,
  rfc8414Test,
  thirdPartyClients,
  thirdPartyServers,
  tokenTest,
  tokenVerdicts,
  verdictTest,
} from './test-files.ts'

const tls = shownBy(issuerTest('permits https anywhere and http on this machine only'))

export const rfc6749: Standard = {
  name: 'RFC 6749',
  authorizationServer: [
    must('1.6', 'supports TLS, and redirects no request that carries credentials', tls),
    mustNot(
      '2.2',
      'takes the client identifier alone for authentication',
      rfc6749Test('3.2.1: gives no token to a client that does not prove itself'),
    ),
    should(
      '2.2',
      'documents the size of identifiers that it issues',
      because('docs/limits.md: clientIdLengthMax'),
    ),
    must(
      '2.3',
      'lets no client use two authentication methods in one request',
      rfc6749Test('2.3: takes one authentication method per request'),
    ),
    must(
      '2.3.1',
      'supports Basic for clients with a password, both parts form-encoded',
      rfc6749Test('2.3.1: takes Basic credentials, id and secret form-encoded'),
    ),
    mustNot(
      '2.3.1',
      'takes id and secret from the request URI',
      shownBy(
        rfc6749Test('2.3.1: takes no credentials from the request target'),
        hostileCredentials('credentials in the query'),
      ),
    ),
    must('2.3.1', 'requires TLS for requests with passwords', tls),
    must(
      '2.3.1',
      'protects endpoints that take passwords against brute force',
      failedAttempts(
        'looks at no more secrets after a few wrong ones of a client from an address',
        'counts what fails from an address, whichever clients are named',
        'counts introspection and revocation in the same ring',
      ),
    ),
    must(
      '2.3.2',
      'knows for each client by which method it authenticates',
      tokenTest('a client registered for one method is refused with the other'),
    ),
    must(
      '2.4',
      'weighs the risk of clients that are not registered',
      because('an unregistered client gets nothing'),
    ),
    must(
      '3.1',
      'verifies the resource owner at the authorization endpoint, and all of section 4.1 to 4.3',
      noUsers,
    ),
    must('3.2', 'requires TLS at the token endpoint', tls),
    mustNot(
      '3.2',
      'has a fragment in the token endpoint URI',
      shownBy(
        rfc8414Test(
          '2: names the issuer as configured and every endpoint by an absolute URL of it',
        ),
        hostileLines('a fragment'),
      ),
    ),
    must(
      '3.2',
      'keeps a query component of the endpoint apart from the parameters',
      rfc6749Test('3.2: keeps a query of its own on the token endpoint out of the parameters'),
    ),
    must(
      '3.2',
      'serves POST alone at the token endpoint',
      rfc6749Test(
        '3.2: has no GET at the token endpoint',
        '3.2: has no HEAD at the token endpoint',
      ),
    ),
    must(
      '3.2',
      'treats parameters without a value as omitted',
      rfc6749Test('3.2: treats a parameter without a value as one that was not sent'),
    ),
    must(
      '3.2',
      'ignores parameters that it does not know',
      rfc6749Test('3.2: ignores parameters that it does not know'),
    ),
    mustNot(
      '3.2',
      'takes a request in which a parameter comes twice',
      rfc6749Test('3.2: refuses a parameter that comes twice'),
    ),
    must(
      '3.2.1',
      'has every confidential client authenticate',
      rfc6749Test('3.2.1: gives no token to a client that does not prove itself'),
    ),
    must('3.2.1', 'lets public clients name themselves', noPublicClients),
    must(
      '3.3',
      'reads scope as tokens with single spaces between them, case-sensitive, in any order',
      rfc6749Test(
        '3.3: refuses "read  write", which is no list of scope tokens',
        '3.3: does not care for the order of scope tokens, nor for repetition',
        '3.3: tells upper case from lower case in scopes',
      ),
    ),
    must(
      '3.3',
      'says the scope when it is not the one that was asked for',
      rfc6749Test(
        '3.3: says the scope of every token, also when it is the one that was asked for',
        'RFC 6749 5.1: only the dialect of MyParcel.com leaves the scope out',
      ),
    ),
    must(
      '3.3',
      'uses a default or refuses when no scope is named',
      rfc6749Test('3.3: gives a client that names no scope the default of its registration'),
    ),
    should(
      '3.3',
      'documents scopes and defaults',
      because('"mintmark client show" tells what a client may have and gets by default'),
    ),
    must(
      '4.4',
      'gives the grant to confidential clients only',
      rfc6749Test('3.2.1: gives no token to a client that does not prove itself'),
    ),
    required(
      '4.4.2',
      'takes grant_type=client_credentials',
      thirdPartyClients(
        'oauth4webapi accepts every part of a token response, and the token as one of RFC 9068',
      ),
    ),
    must(
      '4.4.2',
      'authenticates the client',
      rfc6749Test('5.2: answers failed Basic credentials with 401 and a Basic challenge'),
    ),
    shouldNot(
      '4.4.3',
      'includes a refresh token',
      rfc6749Test('4.4.3: sends no refresh token, and exactly the members of section 5.1'),
    ),
    must(
      '4.5',
      'names extension grants by URI',
      because('there are none; the code says unsupported_grant_type'),
    ),
    ...answersAndSecurity,
  ],
  client: [
    mustNot(
      '2.3',
      'uses more than one authentication method per request',
      clientSecrets(
        'sends id and secret form-encoded in the header by default',
        'sends id and secret in the form body',
      ),
    ),
    must(
      '2.3.1',
      'form-encodes id and secret in Basic credentials',
      clientSecrets('sends id and secret form-encoded in the header by default'),
    ),
    must(
      '3.2',
      'uses POST at the token endpoint',
      thirdPartyServers(
        'oidc-provider: its JWTs get through our guard, and are replaced after a 401',
      ),
    ),
    must(
      '5.1',
      'ignores members that it does not know',
      tokenVerdicts('{"access_token":"t","token_type":"Bearer","unknown":{"a":[1]}}'),
    ),
    mustNot(
      '7.1',
      'uses a token of a type that it does not know',
      boundRequests('gives no token of another type than it asked for, and keeps none'),
    ),
    must(
      '10.3',
      'sends tokens over TLS only, and to whom they are for',
      originPolicyTest(
        'allows the listed origins and no other',
        'never allows a token in the clear, not even to a listed origin or a resource',
      ),
    ),
  ],
  resourceServer: [
    must(
      '7',
      'validates the token, its expiry and its scope',
      shownBy(
        verdictTest('signed with ES256 is admitted', 'that expired and is forged reads as forged'),
        claimsTest('judges without tolerance to the instant'),
        presentedTokenTest('is not found without an Authorization field'),
      ),
    ),
  ],
}
