/** What each refusal means and what to do about it, in words for the operator who looks a receipt up. */
import type { RefusalCode } from '../refusal.ts'

/** By code: what it means, and what to do about it. */
export const refusalExplanations: Readonly<
  Record<RefusalCode, readonly [meaning: string, advice: string]>
> = {
  no_credentials: ['no Authorization header', 'send a token'],
  other_scheme: ['another scheme than Bearer and DPoP', 'send the token under one of these'],
  repeated_credentials: [
    'two Authorization headers, or two values in one',
    'look for a proxy that adds one',
  ],
  token_in_query: [
    'access_token in the query beside the header',
    'take it out of the URL; such tokens end up in logs',
  ],
  malformed_credentials: ['Bearer or DPoP without a token', 'send the token'],
  malformed_token: [
    'not a canonical compact JWS, or claims that are not strict JSON',
    'use the token as it was issued; an opaque one needs introspection',
  ],
  critical_header: ['the header has crit', 'have the issuer leave it out'],
  wrong_type: [
    "typ is not at+jwt, or the claims are another token's",
    'send the access token; profile or acceptLegacyTyp for issuers that sign JWT',
  ],
  algorithm_not_allowed: ['alg is none of the accepted ones', 'align the issuer and algorithms'],
  wrong_issuer: [
    'iss is not a trusted issuer, octet by octet',
    'check the configured issuer, also its last slash',
  ],
  unknown_key: [
    'the issuer publishes no key with that kid and algorithm',
    'the key was withdrawn or never published',
  ],
  ambiguous_key: ['several published keys fit', 'have the issuer give every key its own kid'],
  bad_signature: ["the signature is not the key's", 'a forged or damaged token'],
  claim_missing: ['a claim that RFC 9068 section 2.2 requires is not there', 'correct the issuer'],
  claim_malformed: ['a claim of the wrong type, or an unknown kind of cnf', 'correct the issuer'],
  claims_refused: [
    "the guard's option claims threw or answered undefined",
    'correct the issuer, or the function',
  ],
  wrong_audience: ["aud names none of the guard's audiences", 'ask for a token with this resource'],
  expired: [
    'exp, or tokenAgeSecondsMax after iat, plus the tolerance has passed',
    'nothing, or check the clocks',
  ],
  not_yet_valid: ['nbf is in the future', 'check the clocks'],
  issued_in_the_future: ['iat is in the future', 'check the clocks'],
  lifetime_too_long: ['exp - iat exceeds lifetimeSecondsMax', 'shorten lifetimes at the issuer'],
  sender_constrained: [
    'a token bound to a key was sent as Bearer, or cnf names nothing that is known',
    'send it under the DPoP scheme with a proof',
  ],
  token_not_bound: [
    'an unbound token under the DPoP scheme, or one that is not bound as senderBinding asks',
    'have the issuer bind tokens for this API, or send them as Bearer',
  ],
  dpop_not_accepted: [
    'the DPoP scheme at a guard that was not told its publicOrigin',
    'set publicOrigin, or have unbound tokens issued for this API',
  ],
  proof_missing: ['the DPoP scheme without a DPoP header', 'send a proof'],
  proof_repeated: [
    'two DPoP headers, or two values in one',
    'send one; look for a proxy that adds one',
  ],
  proof_malformed: [
    'no canonical JWS of type dpop+jwt with a public key, jti, htm, htu and iat',
    'make the proof as RFC 9449 section 4.2 says',
  ],
  proof_signature_wrong: [
    'the signature is not that of the key in the proof',
    'a forged or damaged proof',
  ],
  proof_misdirected: [
    'htm is not the method, or htu not publicOrigin with the public path',
    'compare htu with publicOrigin and publicPaths',
  ],
  proof_token_mismatch: [
    'ath is not the hash of this token, or missing',
    'make a proof for each request, after the token is there',
  ],
  proof_key_mismatch: [
    'the proof is right, but of another key than the token is bound to',
    'use the key that the token was asked for with',
  ],
  proof_stale: [
    'iat is older than proofAgeSecondsMax, or more than a minute ahead',
    'check the clocks, or set dpopNonces',
  ],
  proof_replayed: [
    'the same jti of the same key for the same URL again',
    'make a proof for each request; a retry needs one, too',
  ],
  nonce_missing: [
    'a proof without a nonce, where dpopNonces is required or the iat is out of the window',
    'use the DPoP-Nonce of the answer',
  ],
  nonce_unknown: [
    'the nonce is not one of ours, or older than five minutes',
    'the same; with several processes check that dpopNonceKey is the same',
  ],
  certificate_missing: [
    'the token is bound to a certificate, and the client has shown none',
    'connect with the certificate; behind a proxy set clientCertificate',
  ],
  certificate_mismatch: [
    'the client has shown another certificate than the token is bound to',
    'use the certificate that the token was asked for with',
  ],
  revoked: [
    "the issuer's revocation feed lists the token, its key, or all tokens of its client " +
      'up to its iat',
    'if the client should still get in, issue it a new token',
  ],
  inactive: [
    'the issuer says that the token is not active (RFC 7662): expired, revoked, never ' +
      "issued, or none of this API's business",
    "ask the issuer's own log why",
  ],
  insufficient_scope: [
    'the token lacks the required scope, which the challenge names',
    'ask for the scope, or have it granted',
  ],
  keys_unavailable: [
    "the issuer's metadata or keys cannot be had and none are at hand",
    'Retry-After says when; look at the issuer',
  ],
  revocations_unknown: [
    "the revocation feed is older than staleSecondsMax, and whenStale is 'refuse'",
    'Retry-After says when; look at the issuer',
  ],
  introspection_unavailable: [
    'the token cannot be read here, and the issuer could not be asked about it',
    "Retry-After says when; look at the issuer, and at the guard's own credentials there",
  ],
  proof_store_unavailable: [
    "replayStore did not answer in time, and replayWhenUnavailable is 'refuse'",
    'Retry-After says when; look at Redis',
  ],
  proofs_overflowing: [
    'a million proofs are remembered, and none may be forgotten yet',
    'more processes, or a shorter proofAgeSecondsMax',
  ],
  rate_limited: [
    'a ring has no units left: the public one for the address, the partner one for the ' +
      'client, or too many tokens from the address were forged',
    'Retry-After and RateLimit say when; the problem document names the policy',
  ],
  limits_unavailable: [
    "Redis cannot be asked, and the rings' whenUnavailable is 'refuse'",
    'Retry-After says when; look at Redis',
  ],
}
