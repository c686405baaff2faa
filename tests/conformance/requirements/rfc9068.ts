/** RFC 9068, JWT access tokens. */
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
  claimsTest,
  documentsTest,
  noUsers,
  rfc6749Test,
  rfc8414Test,
  rfc8707Test,
  rfc9068Test,
  tokenTest,
  verdictTest,
} from './test-files.ts'

export const rfc9068: Standard = {
  name: 'RFC 9068',
  authorizationServer: [
    must(
      '2.1',
      'signs; never uses none',
      rfc9068Test('2.1: signs every token, with a published key and the type at+jwt'),
    ),
    must(
      '2.1',
      'supports RS256',
      rfc9068Test('2.1: signs with RS256 for a resource that wants it'),
    ),
    must(
      '2.1',
      'has the type at+jwt',
      rfc9068Test('2.1: signs every token, with a published key and the type at+jwt'),
    ),
    required(
      '2.2',
      'has iss, exp, aud, sub, client_id, iat and jti',
      shownBy(
        rfc9068Test('2.2: has every claim that is required, each of its type'),
        tokenTest('no two tokens share a jti, also within one turn'),
      ),
    ),
    should(
      '2.2',
      'uses the client as the subject where there is no resource owner',
      rfc9068Test('2.2: has every claim that is required, each of its type'),
    ),
    may('2.2.1', 'says when and how somebody authenticated', noUsers),
    should('2.2.2', 'names identity claims as they are registered', noUsers),
    should(
      '2.2.3',
      'has the scope when one was asked for',
      rfc9068Test('2.2.3: has the scope that was granted, whatever was asked for'),
    ),
    must(
      '2.2.3',
      'has scopes only that mean something to the audience',
      rfc8707Test('2.2: gives no scope of one resource to a token for another'),
    ),
    should(
      '2.2.3.1',
      'names roles, groups and entitlements as SCIM does',
      because('no claim speaks of roles, groups or entitlements'),
    ),
    must(
      '3',
      'has the requested resource as the audience',
      rfc9068Test('3: has the resource that was asked for as its audience, and no other'),
    ),
    must(
      '3',
      'has a default audience when no resource was named',
      rfc9068Test('3: has an audience also when no resource was asked for'),
    ),
    should(
      '3',
      'refuses what would be ambiguous',
      rfc9068Test('3: lets no scope mean something at two resources in one token'),
    ),
    must(
      '4',
      'publishes its keys, in metadata or otherwise',
      shownBy(
        rfc8414Test('2: publishes the key that signs, with its use and algorithm'),
        documentsTest(
          'the JWK Set holds public members only and may be cached for as long as keys are announced',
        ),
      ),
    ),
    must(
      '5',
      'keeps subjects of clients and of resource owners apart',
      rfc9068Test('5: never uses the identifier of another client as its subject'),
    ),
    should(
      '6',
      'tells no resource server more about anybody than it needs',
      shownBy(
        rfc9068Test('2.2: has no claim that speaks of a person or holds a secret'),
        rfc6749Test(
          '10.6 and 10.10: makes tokens that say nothing of secrets and cannot be guessed',
        ),
      ),
    ),
  ],
  client: [
    mustNot(
      '6',
      'looks into the token',
      because('the token client never parses a token that it was given'),
    ),
  ],
  resourceServer: [
    must(
      '4',
      'checks the type at+jwt or application/at+jwt, and takes no other',
      verdictTest('let no other typ pass with acceptLegacyTyp'),
    ),
    must(
      '4',
      'supports RS256, and refuses none',
      shownBy(verdictTest('signed with RS256 is admitted'), verdictTest('narrow the algorithms')),
    ),
    must(
      '4',
      'checks issuer and audience exactly',
      claimsTest('compares issuer and audience by exact octets'),
    ),
    must(
      '4',
      'checks the signature with a key of the issuer',
      verdictTest('signed with ES256 by somebody else under a known kid is not'),
    ),
    must(
      '4',
      'checks that the token has not expired',
      claimsTest('judges without tolerance to the instant'),
    ),
    must(
      '2.2',
      'requires every claim of section 2.2',
      claimsTest('requires every claim of RFC 9068 section 2.2'),
    ),
  ],
}
