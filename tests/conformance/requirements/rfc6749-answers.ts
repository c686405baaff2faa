/** RFC 6749 from section 5 on: answers of the token endpoint, and what is said about security. */
import {
  because,
  must,
  mustNot,
  type Requirement,
  required,
  should,
  shownBy,
} from './requirement.ts'
import {
  clientSecretTest,
  issuerTest,
  noPublicClients,
  noRenewalTokens,
  noUsers,
  registryTest,
  rfc6749Test,
  rfc9068Test,
} from './test-files.ts'

const tls = issuerTest('permits https anywhere and http on this machine only')

/** For the authorization server. */
export const answersAndSecurity: readonly Requirement[] = [
  required(
    '5.1',
    'sends access_token and token_type, recommended: expires_in',
    rfc6749Test('4.4.3: sends no refresh token, and exactly the members of section 5.1'),
  ),
  must(
    '5.1',
    'sends the parameters as JSON',
    rfc6749Test('5.1: sends tokens as JSON that nobody may store'),
  ),
  must(
    '5.1',
    'sends Cache-Control: no-store and Pragma: no-cache with tokens',
    rfc6749Test('5.1: sends tokens as JSON that nobody may store'),
  ),
  should(
    '5.1',
    'documents the size of what it issues',
    because('docs/limits.md: tokens have at most 8 KiB'),
  ),
  must(
    '5.2',
    'answers 400 unless said otherwise, with one of the registered codes',
    rfc6749Test('5.2: names every kind of refusal by its code'),
  ),
  must(
    '5.2',
    'answers 401 with a challenge for the scheme that the client used',
    rfc6749Test(
      '5.2: answers failed Basic credentials with 401 and a Basic challenge',
      '5.2: answers another scheme than Basic with 401 and the scheme that it takes',
    ),
  ),
  mustNot(
    '5.2',
    'uses octets outside %x20-21, %x23-5B, %x5D-7E in error and error_description',
    rfc6749Test('5.2: keeps error and error_description within their alphabets, whatever is sent'),
  ),
  mustNot(
    '5.2',
    'uses characters in error_uri that no URI reference has',
    rfc6749Test('5.2: keeps error and error_description within their alphabets, whatever is sent'),
  ),
  must('6', 'all about refreshing', noRenewalTokens),
  must(
    '8',
    'registers extensions',
    because(
      'no parameter or type of ours goes beyond the registered ones; the JSON body repeats registered names',
    ),
  ),
  mustNot('10.1', 'issues passwords to native or browser applications', noPublicClients),
  must(
    '10.2',
    'authenticates the client whenever that is possible',
    rfc6749Test('3.2.1: gives no token to a client that does not prove itself'),
  ),
  must(
    '10.3',
    'keeps access tokens confidential, in transit and stored',
    shownBy(
      rfc6749Test('5.1: sends tokens as JSON that nobody may store'),
      registryTest(
        'neither client secrets nor private keys can be read from the files of a data folder',
      ),
    ),
  ),
  must(
    '10.3',
    'lets nobody generate, change or guess a valid access token',
    shownBy(
      rfc6749Test('10.6 and 10.10: makes tokens that say nothing of secrets and cannot be guessed'),
      rfc9068Test('4: is accepted by a library that checks it as the profile says'),
    ),
  ),
  must('10.4', 'binds refresh tokens to clients', noRenewalTokens),
  must('10.5', 'makes codes short-lived and single-use, and 10.6 to 10.8, 10.11 to 10.15', noUsers),
  must('10.9', 'requires TLS against phishing', tls),
  must(
    '10.10',
    'lets nobody guess credentials: a chance of 2^-128 at most',
    clientSecretTest('a generated secret names its own id and carries 256 bits'),
  ),
]
