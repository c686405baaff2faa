/**
 * Authentication by a token of somebody else: of an OpenID Connect issuer or a Kubernetes cluster (`federated_jwt`), or
 * a JWT-SVID (`spiffe_jwt`). The client keeps no secret at all.
 *
 * Invariants
 *  (1) The issuer's keys are found by the registered identity, never by the token.
 *  (2) There is no replay guard: platforms hand the same token out until it is renewed. Instead the rest of its life is
 *      bounded, and its audience is us alone.
 *  (3) One signature is verified whoever is named.
 */
import { isKeyRefusal, type KeyLookup, type MaybePromise } from '@mintmark/jwt'
import type { RefusalReason } from '../../refusal.ts'
import type { Assertion } from '../assertions/assertion.ts'
import { type Authentication, notAuthenticated } from '../authentication.ts'
import type { AuthenticationWorld } from '../authentication-world.ts'
import {
  type FederationKind,
  federatedSubject,
  findIdentity,
  type RegisteredIdentity,
  refusalOfFederatedTimes,
} from './federated-claims.ts'

/** A token of somebody else, as it was presented. */
export interface FederatedAssertion {
  readonly assertion: Assertion
  readonly presentedAs: FederationKind
  readonly bodyClientId: string | undefined
}

/** Decides which client a token of somebody else stands for. */
export function authenticateFederated(
  { assertion, presentedAs, bodyClientId }: FederatedAssertion,
  world: AuthenticationWorld,
): MaybePromise<Authentication> {
  const { alg, kid, claims } = assertion
  if (alg === 'HS256') return notAuthenticated('assertion_algorithm_not_allowed', undefined)
  const token = federatedSubject(claims, presentedAs)
  if (token === undefined) return notAuthenticated('assertion_issuer_wrong', undefined)
  const registered = world.registry().federated(token.issuer, token.subject)
  const how = { presentedAs, bodyClientId, ownIssuer: world.issuer }
  const identity = findIdentity(registered, token, how)
  if (!identity.ok) {
    verify(assertion, noKey, world)
    return notAuthenticated(identity.reason, undefined)
  }
  const conclude = (key: KeyLookup): Authentication => {
    const reason = verify(assertion, key, world)
    if (reason !== undefined) return notAuthenticated(reason, identity.found.clientId)
    return judgeBehindSignature(assertion, identity.found, presentedAs, world)
  }
  const key = world.issuerKeys.keyFor(identity.found.identity, { alg, kid })
  return key instanceof Promise ? key.then(conclude) : conclude(key)
}

const noKey: KeyLookup = { refusal: 'unknown_key' }

const keyRefusals = {
  unknown_key: 'assertion_key_unknown',
  ambiguous_key: 'assertion_key_ambiguous',
  keys_unavailable: 'client_keys_unavailable',
} as const satisfies Record<string, RefusalReason>

function verify(
  { alg, signingInput, signature }: Assertion,
  key: KeyLookup,
  { engine, decoys }: AuthenticationWorld,
): RefusalReason | undefined {
  if (isKeyRefusal(key)) {
    if (alg !== 'HS256') engine.verify(decoys.keyFor(alg), signingInput, signature)
    return keyRefusals[key.refusal]
  }
  return engine.verify(key, signingInput, signature) ? undefined : 'assertion_signature_wrong'
}

function judgeBehindSignature(
  { claims }: Assertion,
  { clientId }: RegisteredIdentity,
  presentedAs: FederationKind,
  world: AuthenticationWorld,
): Authentication {
  // The registry may have changed while the keys were fetched.
  const client = world.registry().client(clientId)
  const refused = refusalOfFederatedTimes(claims, world.clock.wallMs())
  if (refused !== undefined) return notAuthenticated(refused.reason, clientId, refused.detail)
  if (client === undefined) return notAuthenticated('client_unknown', undefined)
  if (client.disabled) return notAuthenticated('client_disabled', clientId)
  const method = presentedAs === 'spiffe' ? 'spiffe_jwt' : 'federated_jwt'
  if (!client.authenticationMethods.has(method)) {
    return notAuthenticated('authentication_method_not_registered', clientId)
  }
  return { ok: true, client, method, secretId: undefined }
}
