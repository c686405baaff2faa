/** RFC 7009, token revocation. */
import { because, may, must, required, type Standard, should, shownBy } from './requirement.ts'
import {
  issuerTest,
  noRenewalTokens,
  opaqueTokens,
  revocationFeedTest,
  revocationTest,
  rfc7009Test,
} from './test-files.ts'

export const rfc7009: Standard = {
  name: 'RFC 7009',
  authorizationServer: [
    must('2', 'supports revocation of refresh tokens', noRenewalTokens),
    should(
      '2',
      'supports revocation of access tokens',
      shownBy(
        rfc7009Test('2: revokes a token, which is of no use to anybody at once'),
        opaqueTokens('an opaque token dies at its very second, by revocation and with its client'),
      ),
    ),
    must(
      '2',
      'has an https URL, and requires TLS',
      issuerTest('permits https anywhere and http on this machine only'),
    ),
    must(
      '2.1',
      'takes POST with a form',
      rfc7009Test('2: takes POST alone, and the parameters from the body alone'),
    ),
    required('2.1', 'asks for the token', rfc7009Test('2.1: asks for the token, and nothing more')),
    may(
      '2.1',
      'ignores the hint, and looks at all types when it is wrong',
      rfc7009Test('2.1: finds a token behind the hint refresh_token'),
    ),
    must(
      '2.1',
      'authenticates the client as the token endpoint does',
      rfc7009Test(
        '2.1: makes the client prove itself, however good the token',
        '2.1: takes the credentials from the body, too',
      ),
    ),
    must(
      '2.1',
      'refuses to revoke the token of another client',
      rfc7009Test('2.1: does not revoke the token of another client, and does not say whose it is'),
    ),
    must(
      '2.1',
      'invalidates at once: the token cannot be used again',
      shownBy(
        rfc7009Test('2: revokes a token, which is of no use to anybody at once'),
        revocationTest(
          'a revocation survives a restart, and reaches another server on the same data',
        ),
      ),
    ),
    should('2.1', 'invalidates the access tokens of a revoked refresh token', noRenewalTokens),
    must(
      '2.2',
      'answers 200 when it is revoked, and for an invalid token',
      rfc7009Test(
        '2.2: answers 200 for what is invalid, whatever makes it so',
        '2.2: a second revocation is as good as the first',
      ),
    ),
    must(
      '2.2.1',
      'refuses as RFC 6749 section 5.2 does',
      rfc7009Test('2.2.1: refuses requests as the token endpoint does'),
    ),
    must(
      '2.2.1',
      'answers unsupported_token_type for types that it never revokes',
      because('it revokes every type that it issues'),
    ),
    should(
      '2.2.1',
      'answers 503 when it cannot revoke now, perhaps with Retry-After',
      rfc7009Test(
        'RFC 7009 2.2.1: a revocation that cannot be stored is 503 with Retry-After, and not claimed',
      ),
    ),
    may('2.3', 'supports JSONP', because('it is not for browsers')),
    must(
      '3',
      'explains what revocation of self-contained tokens means',
      revocationFeedTest(
        'the metadata says where the feed is, and anybody may read it with an ordinary GET',
        'the feed is signed by the issuer, and lists a revoked token and no other',
      ),
    ),
    should(
      '5',
      'protects against guessing and denial of service',
      rfc7009Test('2.1: makes the client prove itself, however good the token'),
    ),
  ],
}
