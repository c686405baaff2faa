/** RFC 7662, token introspection. */
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
import {
  introspectionCallers,
  introspectionTest,
  issuerTest,
  opaqueTokens,
  rfc7662Test,
} from './test-files.ts'

export const rfc7662: Standard = {
  name: 'RFC 7662',
  authorizationServer: [
    must(
      '2',
      'is protected by TLS',
      issuerTest('permits https anywhere and http on this machine only'),
    ),
    required(
      '2.1',
      'takes POST with the token as a form parameter',
      rfc7662Test(
        '2.1: asks for the token',
        '2.1: takes POST alone, so that no token is in an address',
      ),
    ),
    must(
      '2.1',
      'looks beyond a wrong hint',
      rfc7662Test('2.1: finds a token behind the hint refresh_token'),
    ),
    must(
      '2.1',
      'authorizes the caller, so that tokens cannot be scanned',
      rfc7662Test(
        '2.1: answers nobody whom it does not know, and says how to prove oneself',
        '2.1: takes an access token instead of a client only when it is for introspection',
      ),
    ),
    required(
      '2.2',
      'answers JSON with active, and the claims of an active token',
      rfc7662Test(
        '2.2: tells the resource server everything about an active token for it',
        '2.2: answers JSON that nobody may store, active or not',
      ),
    ),
    must(
      '2.2',
      'answers 200 and active false for a token that is unknown, invalid or not for the caller',
      rfc7662Test(
        '2.2: says of every token that is not active that, and nothing else',
        '2.2: says no more of a token for another resource server than of garbage',
      ),
    ),
    shouldNot(
      '2.2',
      'says why a token is not active',
      rfc7662Test('2.2: says of every token that is not active that, and nothing else'),
    ),
    should(
      '2.2',
      'tells different resource servers different things about one token',
      introspectionCallers(
        'a resource server sees of a shared token only what concerns its own resource',
      ),
    ),
    must(
      '2.3',
      'answers 401 to a caller without valid credentials',
      introspectionTest(
        'a caller without valid credentials is refused with 401 and a challenge, whatever the token',
      ),
    ),
    must(
      '2.3',
      'answers 401 as RFC 6750 says to a caller with an invalid access token',
      introspectionCallers(
        'a token without that scope is 403, one that is not active 401, both with a Bearer challenge',
      ),
    ),
    must(
      '4',
      'checks expiry, not-before, revocation, signature and issuer before it says active',
      shownBy(
        rfc7662Test('2.2: says of every token that is not active that, and nothing else'),
        introspectionTest('an expired token is inactive from its very second on'),
      ),
    ),
    must(
      '4',
      'knows tokens of both formats',
      opaqueTokens('a resource may have opaque tokens, which say nothing and introspect like JWTs'),
    ),
    must(
      '4',
      'prevents a caller from fishing for tokens',
      rfc7662Test('2.2: says no more of a token for another resource server than of garbage'),
    ),
    mustNot(
      '4',
      'gives an answer that outlives the state of the token',
      rfc7662Test('4: an answer follows the state of the token, not an earlier answer'),
    ),
    should(
      '4',
      'takes no token from an address',
      rfc7662Test('2.1: takes POST alone, so that no token is in an address'),
    ),
    must('5', 'tells nothing about people', because('there are no people in it')),
  ],
}
