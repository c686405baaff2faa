/**
 * Secrets that are easy to recognise, shared by the program that must not print them and the test that looks for them.
 * Twelve characters of one are in no other text. Those of the wire stand for whatever a server may send.
 */
import { fixtureKeys, seededRandom } from '@mintmark/testkit'

/** A text as generated secrets look, the same for the same number everywhere. */
function generated(number: number): string {
  return Buffer.from(seededRandom(number).bytes(24)).toString('base64url')
}

/** By what they are. */
export const knownSecrets = {
  /** With characters that every encoding treats in its own way. */
  clientSecret: 'Zq7!mV2+xK9/bT4%pR8 wL3ü"nD6&cH1=',
  otherClientSecret: generated(7_001),
  accessToken: generated(7_002),
  renewedAccessToken: generated(7_003),
  malformedAccessToken: generated(7_004),
  signingKey: fixtureKeys.ES256.d,
  proofKey: fixtureKeys.EdDSA.d,
  federatedAssertion: `${generated(7_005)}.${generated(7_006)}`,
  /** Thirty-two bytes each, as text. */
  storeKey: generated(7_012),
  otherStoreKey: generated(7_013),
  naming: generated(7_014),
  parameter: generated(7_007),
  query: generated(7_008),
  requestBody: generated(7_009),
  /** In error descriptions, realms, pages, locations and nonces. */
  wireText: generated(7_010),
  nonce: generated(7_011),
} as const

/** The client id of every client here; no secret. */
export const clientId = 'leak-test'
