/** What each refusal means and what to do about it, in words for the operator who looks a reference up. */
import type { RefusalReason } from '../refusal.ts'
import { authenticationExplanations } from './authentication-explanations.ts'
import { type OpenedReference, openRefusalReference } from './refusal-reference.ts'

/** A refusal, explained. */
export interface RefusalExplanation extends OpenedReference {
  /** Why the request was refused. */
  readonly meaning: string
  /** What to do about it. */
  readonly advice: string
}

/**
 * Explains what a reference from `error_uri` stands for; `undefined` for anything that was not made under this master
 * key. Does not check whether the client still exists.
 */
export function explainRefusal(
  masterKey: Uint8Array,
  reference: string,
): RefusalExplanation | undefined {
  const opened = openRefusalReference(masterKey, reference)
  if (opened === undefined) return undefined
  const [meaning, advice] = isKnown(opened.reason) ? explanations[opened.reason] : newer
  return { ...opened, meaning, advice }
}

type Explanation = readonly [meaning: string, advice: string]

const newer: Explanation = [
  'a newer version of the server refused it for a reason that this version does not know',
  'look it up with the version that the server runs',
]

function isKnown(reason: string): reason is RefusalReason {
  return Object.hasOwn(explanations, reason)
}

const explanations: Readonly<Record<RefusalReason, Explanation>> = {
  method_not_allowed: ['the request was not a POST', 'send POST'],
  media_type_not_supported: [
    'the body was neither a form nor JSON',
    'send Content-Type: application/x-www-form-urlencoded',
  ],
  content_coding_not_supported: [
    'the body was compressed or otherwise encoded',
    'send it as it is, without Content-Encoding',
  ],
  body_too_large: ['the body was over 16 KiB', 'send less; a longer token cannot be ours'],
  body_malformed: [
    'the body was not well-formed: not UTF-8, a broken percent triplet, not a JSON object of strings, or too much',
    'correct the encoding of the body',
  ],
  body_already_read: [
    'something in the program around the server has read the body and kept nothing of it',
    'mount the server before what reads bodies',
  ],
  parameter_repeated: ['a parameter was sent twice', 'send it once; only resource may be repeated'],
  several_authorization_headers: [
    'there was more than one Authorization header',
    'look for a proxy that adds one',
  ],
  several_authentication_methods: [
    'the request carried credentials in more than one place',
    'use one client authentication method',
  ],
  client_ids_differ: [
    'client_id in the body was not the one in the Authorization header',
    'leave it out of the body',
  ],
  credentials_missing: [
    'there were no credentials, or one half of them',
    'send client id and secret, or another registered credential',
  ],
  credentials_malformed: [
    'the Authorization header was not well-formed Basic',
    'check base64 and the form encoding of id and secret',
  ],
  client_unknown: [
    'no client of that id is registered',
    'compare the id with those that "mintmark client list" shows',
  ],
  client_disabled: [
    'the credentials were right, but the client is disabled',
    'enable it with "mintmark client enable" if that is wanted',
  ],
  secret_wrong: [
    'no secret of the client matches the one that was sent',
    'deploy the right secret, or make another one with "mintmark client rotate-secret"',
  ],
  secret_expired: [
    'the secret was right once and has expired',
    'deploy the current one, or make another one with "mintmark client rotate-secret"',
  ],
  secret_retired: [
    'the secret was right once and has been retired: somebody still uses it, or has found it',
    'find out who; deploy the current one',
  ],
  authentication_method_not_registered: [
    'the client may not authenticate by the method that it used',
    'use a registered method, or register this one',
  ],
  bearer_token_invalid: [
    'the access token in the Authorization header is not active, or is bound to a key',
    'get another token, or authenticate as a client',
  ],
  bearer_scope_missing: [
    'the access token in the Authorization header lacks the scope introspect, or its resource does not own that scope',
    'give the resource the scope introspect, and the client a grant for it',
  ],
  ...authenticationExplanations,
  grant_type_missing: ['there was no grant_type', 'send grant_type=client_credentials'],
  grant_type_not_supported: [
    'another grant type than client_credentials and token exchange was asked for',
    'there are only these two',
  ],
  grant_type_not_allowed: [
    'the client has no grant at any resource: it only introspects',
    'give it a grant if it should get tokens',
  ],
  scope_malformed: [
    'scope was not a list of scope tokens',
    'send tokens of printable ASCII with single spaces between them',
  ],
  scope_exceeds_ceiling: [
    'the client asked for a scope that it may not have at the resources that it named',
    'have the client ask for less, or register more for it',
  ],
  nothing_granted: [
    'the client has no scope at the resources that it named',
    'register a scope for the client',
  ],
  resource_malformed: [
    'resource was not an absolute URI without fragment',
    'send the id of the resource as it is registered',
  ],
  resource_not_granted: [
    'a named resource is not registered, or the client has no grant there',
    'register the resource, and the client for it',
  ],
  resource_ambiguous: [
    'the scopes belong to several resources that cannot share a token',
    'name one resource in the request',
  ],
  subject_token_missing: ['there was no subject_token', 'send the token that is to be exchanged'],
  token_type_not_supported: [
    'subject_token_type or requested_token_type was not that of access tokens',
    'send urn:ietf:params:oauth:token-type:access_token',
  ],
  actor_token_present: [
    'there was an actor_token; the actor is the client that authenticates',
    'leave it out',
  ],
  token_exchange_not_allowed: [
    'the client may not exchange tokens',
    'set exchangesTokens for the client if it is meant to act for its callers',
  ],
  subject_token_unusable: [
    'the subject token was not active or about to end, or not for a resource that the client serves, or passed on ' +
      'too often',
    'have the client exchange tokens only that it has just received as a resource server',
  ],
  audience_contradicts_resource: [
    'the client sent audience and resource, and they differ',
    'have it send one of them; both name a registered resource',
  ],
  authorization_details_malformed: [
    'authorization_details was not a JSON array of 1 to 32 objects with a type, or a common member had another form',
    'compare it with RFC 9396 section 2',
  ],
  authorization_details_not_granted: [
    'the client may not ask for a type that it sent, or no resource of the token understands it, or it has a member ' +
      'that the type does not have, or names a location beyond the audience',
    'allow the type for the client, and register type and members with the resource',
  ],
  binding_certificate_missing: [
    'client or resource want tokens that are bound to a certificate, and the connection had none',
    'have the client use its certificate; behind a proxy, have that pass it on',
  ],
  dpop_headers_several: [
    'there was more than one DPoP header',
    'look for a proxy or a library that adds one',
  ],
  dpop_proof_missing: [
    'client or resource want tokens that are bound to a key, and there was no DPoP proof',
    'have the client use DPoP',
  ],
  dpop_proof_malformed: [
    'the DPoP proof was not a JWT of typ dpop+jwt with a public key, an algorithm of ours, jti, htm, htu and iat',
    'compare it with RFC 9449 section 4.2',
  ],
  dpop_proof_signature_wrong: [
    'the DPoP proof was not signed with the key that it carries',
    'look at how the client signs it',
  ],
  dpop_proof_misdirected: [
    'the DPoP proof was for another method than POST, or for another URL than that of the token endpoint',
    'have the client ask the token endpoint at the URL that the metadata publishes',
  ],
  dpop_proof_replayed: [
    'the DPoP proof was used before, or somebody repeats what the client sent',
    'have the client make a proof for each request, also when it tries again',
  ],
  dpop_proof_stale: [
    'the DPoP proof had no nonce, and its iat was not within the last minutes',
    'correct the clock of the client; one that uses the nonce from the answer gets in anyway',
  ],
  dpop_nonce_missing: [
    'the DPoP proof had no nonce, which this server requires',
    'nothing if the client came back with the nonce from the answer; otherwise have it do that',
  ],
  dpop_nonce_unknown: [
    'the nonce of the DPoP proof was too old, or not one of ours',
    'nothing if the client came back with the nonce from the answer; otherwise have it do that',
  ],
  token_too_large: [
    'what the client asked for does not fit into an access token of 8 KiB',
    'have it ask for fewer scopes, resources or authorization details',
  ],
  token_missing: ['there was no token parameter', 'send it'],
  address_not_allowed: [
    'the credentials were right, but the request came from an address that is not registered for the client',
    'register the address, or tell the server its proxies with --trusted-proxy',
  ],
  rate_limited_address: [
    'its address had sent too many requests',
    'raise --limit-address if many clients share the address; tell the server its proxies with --trusted-proxy',
  ],
  rate_limited_failures: [
    'too many requests from its address had failed to authenticate, so that this one was not looked at',
    'find out who sends wrong credentials there; every interval one more attempt is let through',
  ],
  rate_limited_client: [
    'the client had sent too many requests',
    'have it keep its tokens until they expire, or raise --limit-client',
  ],
  quota_exceeded: [
    'the client had been issued as many tokens as its quota allows',
    'have it keep its tokens until they expire, or raise its quota',
  ],
  limits_unavailable: [
    'the shared limits could not be asked, and the server is configured to refuse then',
    'look at Redis',
  ],
  overloaded: ['more requests arrived than the server can answer', 'add capacity if it persists'],
  signer_unavailable: [
    'the external signer that keeps the key did not sign in time, or this node was not told of it',
    'look at the signer, and for external_signature_failed among the events',
  ],
  storage_unavailable: [
    'the change could not be written to the database, or the database has been away for longer than the grace',
    'look at the database, its disk and the way to it',
  ],
}
