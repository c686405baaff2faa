/** RFC 7523, JWT client assertions, as RFC 10070 restricts them; with RFC 7521 on assertions in general. */
import {
  because,
  may,
  must,
  mustNot,
  required,
  type Standard,
  shouldNot,
  shownBy,
} from './requirement.ts'
import {
  assertionReplay,
  legacyAudience,
  privateKeyJwt,
  refusalsTest,
  replayLedger,
  rfc7523Test,
  signedAssertions,
} from './test-files.ts'

export const rfc7523: Standard = {
  name: 'RFC 7523 and RFC 10070',
  authorizationServer: [
    required(
      '7521 4.2',
      'takes client_assertion with a client_assertion_type that it knows',
      privateKeyJwt('another kind of assertion is refused'),
    ),
    must(
      '7521 4.2',
      'refuses an assertion beside another authentication method',
      shownBy(
        privateKeyJwt('an assertion beside a secret is two methods, right or wrong'),
        refusalsTest('Basic and a client assertion'),
      ),
    ),
    must(
      '7521 4.2',
      'refuses a client_id that is not the subject of the assertion',
      privateKeyJwt(
        'client_id may be left out beside an assertion, and has to match when it is there',
      ),
    ),
    must(
      '7521 4.2.1',
      'answers invalid_client for an assertion that is not valid',
      rfc7523Test(
        '3: answers invalid_client to every assertion that is not right, and tells none from another',
      ),
    ),
    must(
      '7523 2.2',
      'knows urn:ietf:params:oauth:client-assertion-type:jwt-bearer, at every endpoint',
      shownBy(
        rfc7523Test(
          '2.2: gives a token to a client whose assertion another library made',
          '2.2: knows the client by its assertion at introspection and revocation',
        ),
      ),
    ),
    must(
      '7523 3 (1)',
      'requires iss',
      privateKeyJwt(
        'an assertion without an issuer is refused: assertion_issuer_wrong',
        'an assertion by another issuer is refused: assertion_issuer_wrong',
      ),
    ),
    must(
      '7523 3 (2)',
      'requires sub, which is the client_id',
      privateKeyJwt('an assertion without a subject is refused: assertion_issuer_wrong'),
    ),
    must(
      '7523 3 (3)',
      'requires aud, and refuses a JWT for somebody else',
      privateKeyJwt('an assertion for nobody is refused: assertion_audience_wrong'),
    ),
    must(
      '10070',
      'refuses a JWT whose sole audience is not its issuer identifier, compared as simple strings',
      shownBy(
        rfc7523Test('10070: takes the issuer identifier as the sole audience, and nothing else'),
        privateKeyJwt(
          'an assertion for the issuer with a slash is refused: assertion_audience_wrong',
          'an assertion for the issuer in capitals is refused: assertion_audience_wrong',
        ),
      ),
    ),
    mustNot(
      '10070',
      'takes the URL of the token endpoint as audience, unless a client of the older way is registered so',
      shownBy(
        privateKeyJwt('an assertion for the token endpoint is refused: assertion_audience_wrong'),
        legacyAudience('a client of the older way may use the newer, of which nobody has to hear'),
      ),
    ),
    mustNot(
      '10070',
      'takes a second audience beside its own',
      shownBy(
        privateKeyJwt('an assertion for two audiences is refused: assertion_audience_wrong'),
        legacyAudience('nobody else may be among the audiences, in neither mode'),
      ),
    ),
    shouldNot(
      '10070',
      'refuses a JWT without the type client-authentication+jwt',
      privateKeyJwt(
        'an assertion without a type is accepted',
        'an assertion of type JWT is accepted',
      ),
    ),
    must(
      '8725 3.11',
      'refuses JWTs of another type, which are for something else',
      privateKeyJwt(
        'an assertion that is an access token is refused: assertion_type_wrong',
        'an assertion that is a DPoP proof is refused: assertion_type_wrong',
      ),
    ),
    must(
      '7523 3 (4)',
      'requires exp, and refuses what has expired, but for a small skew',
      privateKeyJwt(
        'an assertion without an expiry is refused: assertion_times_malformed',
        'an assertion that has expired is refused: assertion_expired',
        'an assertion that expired within the tolerance is accepted',
      ),
    ),
    may(
      '7523 3 (4)',
      'refuses an exp that is unreasonably far away',
      privateKeyJwt(
        'an assertion that expires in six minutes is refused: assertion_lifetime_too_long',
      ),
    ),
    must(
      '7523 3 (5)',
      'refuses a JWT before its nbf',
      privateKeyJwt('an assertion not to be used yet is refused: assertion_not_yet_valid'),
    ),
    may(
      '7523 3 (6)',
      'refuses an iat that makes no sense',
      privateKeyJwt('an assertion issued in the future is refused: assertion_not_yet_valid'),
    ),
    may(
      '7523 3 (7)',
      'takes a jti once, as long as it would be valid',
      shownBy(
        assertionReplay('a jti is used up for its client, also when a second assertion carries it'),
        replayLedger(
          'a use is remembered for as long as what was used may be valid, and not for ever',
        ),
      ),
    ),
    must(
      '7523 3 (9)',
      'requires a signature or MAC of the issuer',
      privateKeyJwt(
        'an assertion signed by somebody else under a registered kid is refused: assertion_signature_wrong',
        'an assertion with alg none is refused',
        'an assertion with a MAC by a public key is refused: authentication_method_not_registered',
      ),
    ),
    must(
      '7523 3 (10)',
      'refuses JWTs that are invalid otherwise',
      privateKeyJwt('an assertion with a malformed iat is refused: assertion_times_malformed'),
    ),
    must(
      '7523 5',
      'supports RS256',
      privateKeyJwt(
        'an assertion signed by a key for another algorithm is refused: assertion_key_unknown',
        'an assertion signed by RS256 with a registered key gets a token',
      ),
    ),
    must(
      '7523 2.1',
      'takes JWTs as authorization grants',
      because('that grant is about resource owners; federated assertions authenticate clients'),
    ),
    must(
      '7523 6',
      'protects against replay, also across nodes',
      replayLedger('of one use on two nodes at the same time one gets in'),
    ),
  ],
  client: [
    required(
      '7523 3',
      'sends iss and sub with its client_id, exp, iat and a jti of its own',
      signedAssertions('makes an assertion of its own for each request'),
    ),
    must(
      '10070',
      'names the issuer of the server as the only audience',
      signedAssertions(
        'names the issuer as the one audience where it is known, else the token endpoint',
      ),
    ),
    required(
      '10070',
      'sends the type client-authentication+jwt',
      signedAssertions('writes the header that the options ask for'),
    ),
  ],
}
