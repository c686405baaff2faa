/** RFC 9449, DPoP. */
import {
  type Evidence,
  may,
  must,
  mustNot,
  required,
  type Standard,
  should,
  shownBy,
  testsIn,
} from './requirement.ts'
import { dpopResourceServer } from './rfc9449-resource-server.ts'
import {
  dpopBinding,
  dpopNonces,
  dpopRefusals,
  dpopTest,
  introspectionCallers,
  noRenewalTokens,
  noUsers,
  proofNonces,
  proofTarget,
  rfc9449Test,
  senderConstraint,
} from './test-files.ts'

const bindToken = testsIn('packages/authorization-server/test/sender-binding/bind-token.test.ts')
const proofWith = (what: string): Evidence =>
  dpopRefusals(`a proof with ${what} is refused with invalid_dpop_proof`)

export const rfc9449: Standard = {
  name: 'RFC 9449',
  authorizationServer: [
    must(
      '4.3 (1)',
      'takes one DPoP header, not several',
      shownBy(
        rfc9449Test('4.3: takes one DPoP header and not two, however right each is'),
        bindToken(
          'is refused for two DPoP headers, and while nobody can tell whether a proof is new',
        ),
        proofWith('two proofs in one header'),
      ),
    ),
    must(
      '4.3 (2)',
      'takes a proof that is a well-formed JWT',
      shownBy(
        proofWith('garbage'),
        dpopRefusals('whatever comes as a proof is refused as such, and nothing of it is repeated'),
      ),
    ),
    must(
      '4.3 (3)',
      'requires jti, htm, htu and iat',
      shownBy(...['no jti', 'no htm', 'no htu', 'no iat'].map(proofWith)),
    ),
    must(
      '4.3 (4)',
      'requires the type dpop+jwt',
      shownBy(proofWith('another typ'), proofWith('no typ')),
    ),
    must(
      '4.3 (5)',
      'requires an asymmetric algorithm that it supports, and never none',
      shownBy(
        proofWith('a symmetric key'),
        proofWith('no signature'),
        proofWith('a shared secret'),
      ),
    ),
    must(
      '4.3 (6)',
      'verifies the signature with the key in jwk',
      proofWith('the signature of somebody else'),
    ),
    must('4.3 (7)', 'refuses a jwk with a private key', proofWith('a private key')),
    must('4.3 (8)', 'compares htm with the method', proofWith('another method')),
    must(
      '4.3 (9)',
      'compares htu with its URL, without query and fragment',
      shownBy(
        ...['another path', 'another host', 'another port'].map(proofWith),
        dpopTest('the htu of a proof may be written differently, with a query and a fragment'),
      ),
    ),
    must(
      '4.3 (10)',
      'compares the nonce with the one that it gave, where it gave one',
      dpopTest(
        'where nonces are required a proof without one learns it, and a fresh one is told in time',
      ),
    ),
    must(
      '4.3 (11)',
      'takes an iat within an acceptable window',
      dpopTest('a proof from 299 s ago is taken', 'a proof from 300 s ago is asked to use a nonce'),
    ),
    should(
      '4.3',
      'compares htu after normalization (RFC 3986 section 6.2.2 and 6.2.3)',
      proofTarget('a URL is normalised by syntax and scheme, and loses query and fragment'),
    ),
    must(
      '5',
      'issues a token that is bound to the key of the proof, with token_type DPoP',
      shownBy(
        rfc9449Test(
          '5: binds the token to the key of the proof, and says so in response and introspection',
        ),
        dpopTest('a proof with ES256 binds the token to its key'),
      ),
    ),
    must('5', 'answers invalid_dpop_proof for a proof that is not valid', proofWith('garbage')),
    may(
      '5',
      'issues an unbound token to a request without a proof, or refuses it by policy',
      dpopTest('one key is not another: templates are not shared between bindings'),
    ),
    must('5', 'binds refresh tokens of public clients', noRenewalTokens),
    should(
      '5.1',
      'lists dpop_signing_alg_values_supported in its metadata',
      dpopTest('the metadata says which algorithms proofs may have'),
    ),
    must(
      '5.2',
      'refuses requests without a proof for clients with dpop_bound_access_tokens',
      shownBy(
        rfc9449Test(
          '5.2: gives no token without a proof to a client whose tokens have to be bound',
        ),
        dpopTest('a client or resource that wants DPoP gets no token without a proof'),
      ),
    ),
    required(
      '6.1',
      'has the thumbprint of the key in cnf as jkt',
      dpopTest('a proof with ES256 binds the token to its key'),
    ),
    must(
      '6.2',
      'tells cnf and token_type DPoP in introspection',
      senderConstraint('oauth4webapi gets a bound token and introspects it, nonces required'),
    ),
    may(
      '8',
      'gives nonces, and asks for them by use_dpop_nonce with 400 and DPoP-Nonce',
      rfc9449Test(
        '8: asks for a nonce by use_dpop_nonce, and gives one in an answer that nobody keeps',
      ),
    ),
    must(
      '8',
      'takes no nonce that it did not give',
      shownBy(
        dpopTest('a nonce that was made up is refused also where none is needed'),
        proofNonces('nobody without the key makes a nonce, and none is taken that was made up'),
      ),
    ),
    should(
      '8.2',
      'gives a new nonce before the old one ends',
      dpopTest(
        'where nonces are required a proof without one learns it, and a fresh one is told in time',
      ),
    ),
    mustNot(
      '8',
      'caches answers with nonces',
      rfc9449Test(
        '8: asks for a nonce by use_dpop_nonce, and gives one in an answer that nobody keeps',
      ),
    ),
    must('10', 'binds codes to keys', noUsers),
    should(
      '11.1',
      'takes a jti once for the key and URL, as long as the proof would be valid',
      dpopTest(
        'a proof counts once, and for each key by itself',
        'of one proof sent at the same time one is answered with a token',
      ),
    ),
    may(
      '11.1',
      'takes proofs for seconds or minutes only',
      proofNonces('a nonce of one node is good at every other, for minutes and no longer'),
    ),
    must('11.5', 'tells the type of proofs from other JWTs', proofWith('another typ')),
    must('11.6', 'restricts algorithms to what it lists', proofWith('a shared secret')),
    must(
      '11.11',
      'lets nobody use a bound token as Bearer',
      introspectionCallers('a bound token asks for nobody: no proof of its key is seen here'),
    ),
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
  resourceServer: dpopResourceServer,
}
