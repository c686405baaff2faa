/** RFC 9449, DPoP. */
import { may, must, mustNot, pending, required, type Standard, should } from './requirement.ts'
import { dpopBinding, dpopNonces, noRenewalTokens, noUsers } from './test-files.ts'

const built = pending('sender constraint')

export const rfc9449: Standard = {
  name: 'RFC 9449',
  authorizationServer: [
    must('4.3 (1)', 'takes one DPoP header, not several', built),
    must('4.3 (2)', 'takes a proof that is a well-formed JWT', built),
    must('4.3 (3)', 'requires jti, htm, htu and iat', built),
    must('4.3 (4)', 'requires the type dpop+jwt', built),
    must('4.3 (5)', 'requires an asymmetric algorithm that it supports, and never none', built),
    must('4.3 (6)', 'verifies the signature with the key in jwk', built),
    must('4.3 (7)', 'refuses a jwk with a private key', built),
    must('4.3 (8)', 'compares htm with the method', built),
    must('4.3 (9)', 'compares htu with its URL, without query and fragment', built),
    must('4.3 (10)', 'compares the nonce with the one that it gave, where it gave one', built),
    must('4.3 (11)', 'takes an iat within an acceptable window', built),
    should('4.3', 'compares htu after normalization (RFC 3986 section 6.2.2 and 6.2.3)', built),
    must('5', 'issues a token that is bound to the key of the proof, with token_type DPoP', built),
    must('5', 'answers invalid_dpop_proof for a proof that is not valid', built),
    may(
      '5',
      'issues an unbound token to a request without a proof, or refuses it by policy',
      built,
    ),
    must('5', 'binds refresh tokens of public clients', noRenewalTokens),
    should('5.1', 'lists dpop_signing_alg_values_supported in its metadata', built),
    must(
      '5.2',
      'refuses requests without a proof for clients with dpop_bound_access_tokens',
      built,
    ),
    required('6.1', 'has the thumbprint of the key in cnf as jkt', built),
    must('6.2', 'tells cnf and token_type DPoP in introspection', built),
    may('8', 'gives nonces, and asks for them by use_dpop_nonce with 400 and DPoP-Nonce', built),
    must('8', 'takes no nonce that it did not give', built),
    should('8.2', 'gives a new nonce before the old one ends', built),
    mustNot('8', 'caches answers with nonces', built),
    must('10', 'binds codes to keys', noUsers),
    should(
      '11.1',
      'takes a jti once for the key and URL, as long as the proof would be valid',
      built,
    ),
    may('11.1', 'takes proofs for seconds or minutes only', built),
    must('11.5', 'tells the type of proofs from other JWTs', built),
    must('11.6', 'restricts algorithms to what it lists', built),
    must('11.11', 'lets nobody use a bound token as Bearer', built),
  ],
  client: [
    must(
      '4.2',
      'makes a proof for each request, with jti, htm, htu, iat, and ath beside a token',
      dpopBinding('signs proofs that jose verifies, ES256 by the node:crypto engine'),
    ),
    must(
      '8',
      'sends the last nonce that it was given, to whom gave it',
      dpopNonces('sends each origin its own last nonce and no other one'),
    ),
  ],
  resourceServer: [
    must('7.1', 'refuses a bound token with the Bearer scheme', built),
    must('7.1', 'checks that ath is the hash of the token, and the key is that of cnf', built),
    must('7.1', 'answers 401 with a DPoP challenge that lists algs', built),
  ],
}
