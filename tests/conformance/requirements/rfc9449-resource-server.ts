/** RFC 9449, DPoP: what it asks of a resource server. */
import {
  type Evidence,
  may,
  must,
  type Requirement,
  should,
  shownBy,
  testsIn,
} from './requirement.ts'
import { rfc9449Test } from './test-files.ts'

const guardTests = 'packages/resource-server/test/sender-binding'
const guardProofs = testsIn(`${guardTests}/dpop.test.ts`)
const guardDowngrades = testsIn(`${guardTests}/downgrade.test.ts`)
const guardTarget = testsIn(`${guardTests}/public-target.test.ts`)
const guardNonces = testsIn(`${guardTests}/nonces.test.ts`)
const guardReplay = testsIn(`${guardTests}/replay.test.ts`)
const hostileProofs = testsIn(`${guardTests}/hostile-proofs.test.ts`)
const guardRefuses = (...withWhat: readonly string[]): Evidence =>
  guardProofs(...withWhat.map((what) => `is not admitted with ${what}`))

export const dpopResourceServer: readonly Requirement[] = [
  must(
    '7.1',
    'at an API: refuses a bound token with the Bearer scheme',
    rfc9449Test('7.1: our guard lets nobody use a bound token as Bearer'),
  ),
  must(
    '4.3 (1)',
    'at an API: takes one DPoP header, not several',
    guardRefuses(
      'two proofs in two fields: proof_repeated',
      'two proofs in one field: proof_repeated',
    ),
  ),
  must(
    '4.3 (2)',
    'at an API: takes a proof that is a well-formed JWT',
    shownBy(
      guardRefuses('garbage for a proof: proof_malformed'),
      hostileProofs('is answered and not admitted, whatever the text'),
    ),
  ),
  must(
    '4.3 (3)',
    'at an API: requires jti, htm, htu and iat, and ath',
    guardRefuses(
      ...['jti', 'htm', 'htu', 'iat'].map((name) => `a proof without ${name}: proof_malformed`),
      'a proof without ath: proof_token_mismatch',
    ),
  ),
  must(
    '4.3 (4)',
    'at an API: requires the type dpop+jwt',
    guardRefuses(
      'a proof of another type: proof_malformed',
      'a proof without a type: proof_malformed',
    ),
  ),
  must(
    '4.3 (5)',
    'at an API: requires an asymmetric algorithm',
    guardRefuses(
      'a proof with a MAC: proof_malformed',
      'a proof with a symmetric key: proof_malformed',
    ),
  ),
  must(
    '4.3 (6)',
    'at an API: verifies the signature with the key in jwk',
    guardRefuses('a proof signed by somebody else: proof_signature_wrong'),
  ),
  must(
    '4.3 (7)',
    'at an API: refuses a jwk with a private key',
    guardRefuses('a proof with a private key: proof_malformed'),
  ),
  must(
    '4.3 (8)',
    'at an API: compares htm with the method',
    guardRefuses(
      'a proof for another method: proof_misdirected',
      'a proof for the method in lower case: proof_misdirected',
    ),
  ),
  must(
    '4.3 (9)',
    'at an API: compares htu with the URL of the request, without query and fragment',
    shownBy(
      guardRefuses(
        'a proof for another path: proof_misdirected',
        'a proof for another origin: proof_misdirected',
      ),
      guardTarget('is that of the configuration, whatever the request says of itself'),
    ),
  ),
  must(
    '4.3 (10)',
    'at an API: compares the nonce with the one that it gave, where it gave one',
    guardNonces('are asked for where they are required, given, and good for the next proof'),
  ),
  must(
    '4.3 (11)',
    'at an API: takes an iat within an acceptable window',
    shownBy(
      guardRefuses('a proof from 300 s ago: proof_stale'),
      guardProofs('is admitted with a proof that is 299 s old'),
    ),
  ),
  must(
    '4.3 (12)',
    'at an API: checks that ath is the hash of the token, and the key is that of cnf',
    shownBy(
      rfc9449Test(
        '7.1: our guard admits a bound token with a proof of its key for this request and no other',
      ),
      guardRefuses(
        'a proof for another token: proof_token_mismatch',
        'a proof of another key: proof_key_mismatch',
      ),
    ),
  ),
  must(
    '7.1',
    'at an API: grants access only when all of that holds',
    hostileProofs('is admitted exactly when every rule holds, as jose sees it'),
  ),
  must(
    '7.1',
    'at an API: answers 401 with a DPoP challenge that lists algs',
    rfc9449Test(
      '7.1, 7.2: our guard challenges with both schemes, and lists the algorithms of proofs',
    ),
  ),
  may(
    '7.2',
    'at an API: takes Bearer as well, and says so in a second challenge',
    rfc9449Test(
      '7.1, 7.2: our guard challenges with both schemes, and lists the algorithms of proofs',
    ),
  ),
  must(
    '7.2',
    'at an API: takes no unbound token under the DPoP scheme',
    guardDowngrades('of the scheme is refused for an unbound token, with a proof and without'),
  ),
  may(
    '9',
    'at an API: gives nonces, and asks for them by use_dpop_nonce with 401 and DPoP-Nonce',
    rfc9449Test('9: our guard asks for a nonce by use_dpop_nonce with 401 and DPoP-Nonce'),
  ),
  should(
    '8.2',
    'at an API: gives a new nonce before the old one ends',
    guardNonces('tell of the next one beside an answer, before they end'),
  ),
  should(
    '11.1',
    'at an API: takes a jti once for the key and URL, as long as the proof would be valid',
    shownBy(
      guardReplay('counts once, also when it comes twice at the same time'),
      guardReplay('is remembered for as long as it may be good, and by one that is ahead longest'),
    ),
  ),
]
