/** What the refusals of assertions and certificates mean, in words for the operator who looks a reference up. */
import type { RefusalReason } from '../refusal.ts'

/** By reason: what it means, and what to do about it. */
export const authenticationExplanations = {
  assertion_kind_unknown: [
    'client_assertion_type was none that this server takes',
    'send urn:ietf:params:oauth:client-assertion-type:jwt-bearer, or jwt-spiffe for a JWT-SVID',
  ],
  assertion_malformed: [
    'client_assertion was not a signed JWT in its one spelling',
    'send the compact serialisation, unchanged, with a JSON object as its claims',
  ],
  assertion_type_wrong: [
    'the typ of the assertion is that of another protocol',
    'set typ to client-authentication+jwt, or leave it out',
  ],
  assertion_algorithm_not_allowed: [
    'the assertion is signed with an algorithm that is not accepted',
    'sign with ES256, EdDSA, RS256 or PS256; with HS256 for client_secret_jwt',
  ],
  assertion_key_unknown: [
    'none of the registered keys is the one that the assertion names, or is for its algorithm',
    'compare kid and alg with the keys of the client; register the new key before it is used',
  ],
  assertion_key_ambiguous: [
    'several registered keys fit, and the assertion does not say which',
    'set kid in the header of the assertion and in the registered keys',
  ],
  assertion_signature_wrong: [
    'the signature is not by the registered key, or the MAC not by the secret',
    'compare the keys on both sides',
  ],
  assertion_issuer_wrong: [
    'iss and sub of the assertion are not both the client id, and no other issuer is trusted for them',
    'set iss and sub to the client id',
  ],
  assertion_audience_wrong: [
    'the audience of the assertion is not this issuer alone (RFC 10070)',
    'set aud to the issuer identifier; or allow the older way for this client with assertionAudience "legacy"',
  ],
  assertion_times_malformed: [
    'exp is missing, or exp, iat or nbf is not a number',
    'set them in seconds since 1970',
  ],
  assertion_expired: [
    'the assertion has expired',
    'make a new one for each request; compare the clocks of both sides',
  ],
  assertion_not_yet_valid: [
    'iat or nbf of the assertion lies in the future',
    'compare the clocks of both sides',
  ],
  assertion_lifetime_too_long: [
    'the assertion would be valid for too long',
    'let exp be a minute or two ahead; at most five, for tokens of other issuers two hours',
  ],
  assertion_identifier_malformed: [
    'jti is missing, empty or longer than 256 characters',
    'set it to a new random value in each assertion',
  ],
  assertion_replayed: [
    'an assertion with this jti was used before',
    'make a new one for each request, retries included; if the client did, somebody has a copy',
  ],
  federated_identity_unknown: [
    'no client is registered for issuer, subject and audience of this token',
    'compare them with its federated identities; in an assertion of its own, a client sets iss and sub to its id',
  ],
  federated_identity_ambiguous: [
    'several clients are registered for issuer, subject and audience of this token',
    'send client_id along, or register the identity for one client only',
  ],
  certificate_missing: [
    'the client authenticates by certificate, and the connection had none',
    'have the client present it; behind a proxy, set clientCertificate and look for certificate_header_ignored events',
  ],
  certificate_malformed: [
    'the certificate, or the header that carries it, could not be read',
    'look at the proxy: it writes its header as RFC 9440 has it, or as the encoding of clientCertificate says',
  ],
  certificate_not_trusted: [
    'the certificate does not lead to an authority that this server trusts for clients',
    'compare its issuer with the client certificate authorities of the server',
  ],
  certificate_expired: [
    'the certificate has expired, or is not valid yet',
    'renew the certificate of the client; compare the clocks of both sides',
  ],
  certificate_of_another: [
    'the certificate does not name this client, or its key is not registered',
    'compare its subject or alternative names with the certificate setting of the client',
  ],
  client_keys_unavailable: [
    'the key set of the client, or of the issuer, could not be fetched',
    'see the key_set_fetch_failed events; name the host in internalKeyHosts if it is within the own network',
  ],
  replay_store_unavailable: [
    'the store of used assertions is away, and replayWhenUnavailable is "refuse"',
    'look at that store',
  ],
} as const satisfies Partial<Record<RefusalReason, readonly [string, string]>>
