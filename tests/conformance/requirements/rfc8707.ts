/** RFC 8707, resource indicators. */
import { may, must, mustNot, type Standard, should } from './requirement.ts'
import { noRenewalTokens, noUsers, rfc8707Test, rfc9068Test, verdictTest } from './test-files.ts'

export const rfc8707: Standard = {
  name: 'RFC 8707',
  authorizationServer: [
    must(
      '2',
      'takes an absolute URI',
      rfc8707Test('2: refuses /api, which is no absolute URI without fragment'),
    ),
    mustNot(
      '2',
      'takes a fragment',
      rfc8707Test('2: refuses https://api.example#a, which is no absolute URI without fragment'),
    ),
    may(
      '2',
      'takes several resources',
      rfc8707Test('2: takes several resources, and refuses those that cannot share a token'),
    ),
    should(
      '2',
      'answers invalid_target for a resource that is missing, unknown or malformed',
      rfc8707Test(
        '2: refuses a resource that nobody has, or that the client may not use',
        '2: refuses the whole request when one of several resources is not allowed',
      ),
    ),
    should(
      '2',
      'restricts the audience to what was asked for',
      rfc8707Test('2.2: restricts the token to the resource that was asked for'),
    ),
    may(
      '2',
      'uses a default resource when none is named',
      rfc9068Test('3: has an audience also when no resource was asked for'),
    ),
    must('2.1', 'takes resources at the authorization endpoint', noUsers),
    must('2.2', 'lets refresh requests narrow the resource', noRenewalTokens),
    should(
      '2.2',
      'gives each resource only the scopes that are its own',
      rfc8707Test('2.2: gives no scope of one resource to a token for another'),
    ),
    should(
      '3',
      'issues tokens for one resource where one would be misused at another',
      rfc9068Test('3: lets no scope mean something at two resources in one token'),
    ),
  ],
  resourceServer: [
    must(
      '3',
      'refuses a token that is for somebody else',
      verdictTest('name several audiences, any of which will do'),
    ),
  ],
}
