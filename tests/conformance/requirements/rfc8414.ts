/** RFC 8414, authorization server metadata. */
import {
  because,
  may,
  must,
  mustNot,
  required,
  type Standard,
  should,
  shownBy,
} from './requirement.ts'
import {
  discoveryTest,
  documentsTest,
  issuerTest,
  metadataTest,
  rfc8414Test,
  rfc8705Test,
} from './test-files.ts'

export const rfc8414: Standard = {
  name: 'RFC 8414',
  authorizationServer: [
    required(
      '2',
      'issuer: an https URL without query and fragment',
      shownBy(
        rfc8414Test(
          '2: names the issuer as configured and every endpoint by an absolute URL of it',
        ),
        issuerTest('permits https anywhere and http on this machine only'),
      ),
    ),
    required(
      '2',
      'authorization_endpoint, unless no grant type uses it',
      because('no grant type uses it'),
    ),
    required(
      '2',
      'token_endpoint',
      rfc8414Test(
        '2: names the issuer as configured and every endpoint by an absolute URL of it',
        'RFC 8414 2: the endpoints that a dialect moves are where its metadata says',
      ),
    ),
    must(
      '2',
      'jwks_uri: https, with the keys that sign, and their use when there is more than one',
      rfc8414Test('2: publishes the key that signs, with its use and algorithm'),
    ),
    must(
      '2',
      'scopes_supported need not list all: it is not sent',
      because('what an API offers is its own to publish'),
    ),
    required(
      '2',
      'response_types_supported',
      rfc8414Test('2: has no member without a value, but those that must be there'),
    ),
    may(
      '2',
      'grant_types_supported, whose default would be wrong here',
      rfc8414Test('2: names the issuer as configured and every endpoint by an absolute URL of it'),
    ),
    must(
      '2',
      'token_endpoint_auth_methods_supported: what is listed works',
      shownBy(
        rfc8414Test(
          '2: lists no authentication method that does not work, and every one that does',
        ),
        rfc8705Test(
          '3.3: says in its metadata that it knows certificates and binds tokens to them',
          '2, 3: the client "named" is known by its certificate, and its token is bound to it',
        ),
      ),
    ),
    must(
      '2',
      'token_endpoint_auth_signing_alg_values_supported when JWT methods are listed, without none',
      documentsTest(
        'the metadata lists what a client has to know, and nothing empty but what must be there',
      ),
    ),
    must(
      '2',
      'the same for introspection and revocation',
      documentsTest(
        'the metadata lists what a client has to know, and nothing empty but what must be there',
      ),
    ),
    mustNot(
      '2',
      'sends members without a value',
      rfc8414Test('2: has no member without a value, but those that must be there'),
    ),
    must(
      '3',
      'publishes the document by https at the well-known location',
      rfc8414Test('3.2: answers 200 with application/json'),
    ),
    must(
      '3.1',
      'inserts the well-known part between host and path',
      shownBy(
        rfc8414Test(
          'RFC 8414 3.1: the well-known part goes before the path of an issuer that has one',
        ),
        documentsTest('metadata is 404 under any path that is not the issuer’s'),
      ),
    ),
    must(
      '3.1',
      'answers GET',
      rfc8414Test('3.1: answers GET, and HEAD with the same headers and no body'),
    ),
    must(
      '3.2',
      'answers 200 with application/json, and an error otherwise',
      rfc8414Test(
        '3.2: answers 200 with application/json',
        "3.2: answers /.well-known/openid-configuration, which is nobody's metadata, with 404",
      ),
    ),
    mustNot(
      '3.2',
      'sends claims with zero elements',
      rfc8414Test('2: has no member without a value, but those that must be there'),
    ),
    must('6.1', 'supports TLS', issuerTest('permits https anywhere and http on this machine only')),
  ],
  client: [
    must(
      '3.1',
      'finds the document as the server publishes it',
      discoveryTest('inserts the well-known part between host and path'),
    ),
    must(
      '3.3',
      'compares the issuer with the one that it asked for, and uses nothing otherwise',
      shownBy(
        discoveryTest('trusts no metadata that is not that of its issuer, and sends no secret'),
        metadataTest('refuses the document of an issuer on a prefix of the path'),
      ),
    ),
    must(
      '4',
      'compares text by code points without normalization',
      issuerTest('keeps https://issuer.example as written'),
    ),
    should(
      '6.2',
      'protects itself from endpoints of somebody else',
      discoveryTest('accepts an endpoint on another origin that the options list'),
    ),
  ],
}
