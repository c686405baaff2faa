/** RFC 7523, JWT client assertions, as RFC 10070 restricts them; with RFC 7521 on assertions in general. */
import {
  because,
  may,
  must,
  mustNot,
  pending,
  required,
  type Standard,
  shouldNot,
} from './requirement.ts'
import { signedAssertions } from './test-files.ts'

const built = pending('authentication')

export const rfc7523: Standard = {
  name: 'RFC 7523 and RFC 10070',
  authorizationServer: [
    required(
      '7521 4.2',
      'takes client_assertion with client_assertion_type, and neither alone',
      built,
    ),
    must('7521 4.2', 'refuses an assertion beside another authentication method', built),
    must('7521 4.2', 'refuses a client_id that is not the subject of the assertion', built),
    must('7521 4.2.1', 'answers invalid_client for an assertion that is not valid', built),
    must('7523 2.2', 'knows urn:ietf:params:oauth:client-assertion-type:jwt-bearer', built),
    must('7523 3 (1)', 'requires iss', built),
    must('7523 3 (2)', 'requires sub, which is the client_id', built),
    must('7523 3 (3)', 'requires aud, and refuses a JWT for somebody else', built),
    must(
      '10070',
      'refuses a JWT whose sole audience is not its issuer identifier, compared as simple strings',
      built,
    ),
    mustNot('10070', 'takes the URL of the token endpoint as audience', built),
    mustNot('10070', 'takes a second audience beside its own', built),
    shouldNot(
      '10070',
      'refuses a JWT without the type client-authentication+jwt; those of other protocols it refuses',
      built,
    ),
    must('7523 3 (4)', 'requires exp, and refuses what has expired, but for a small skew', built),
    may('7523 3 (4)', 'refuses an exp that is unreasonably far away', built),
    must('7523 3 (5)', 'refuses a JWT before its nbf', built),
    may('7523 3 (6)', 'refuses an iat that is unreasonably far in the past', built),
    may('7523 3 (7)', 'takes a jti once, as long as it would be valid', built),
    must(
      '7523 3 (9)',
      'requires a signature or MAC of the issuer, and refuses none and algorithms not registered',
      built,
    ),
    must('7523 3 (10)', 'refuses JWTs that are invalid otherwise', built),
    must('7523 5', 'supports RS256', built),
    must(
      '7523 2.1',
      'takes JWTs as authorization grants',
      because('that grant is about resource owners; federated assertions authenticate clients'),
    ),
    must('7523 6', 'protects against replay', built),
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
