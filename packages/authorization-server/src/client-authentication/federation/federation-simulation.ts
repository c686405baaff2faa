/** A token of another issuer, tried without sending it: which client it would become, and why not the others. */
import { member } from '@mintmark/protocol'
import type { RefusalReason } from '../../refusal.ts'
import { mediaTypes, readAssertion } from '../assertions/assertion.ts'
import {
  differencesOf,
  type FederatedSubject,
  type FederationKind,
  federatedSubject,
  findIdentity,
  type IdentityDifference,
  type RegisteredIdentity,
  refusalOfFederatedTimes,
} from './federated-claims.ts'

/** What a simulation goes by. */
export interface SimulatedServer {
  /** The issuer identifier of this server. */
  readonly issuer: string
  readonly nowWallMs: number
  /** Default: as a JWT of an issuer. */
  readonly presentedAs?: FederationKind
  /** The `client_id` that would be sent along. */
  readonly clientId?: string | undefined
}

/** What would become of a token, if its signature is right. */
export interface FederationSimulation {
  /** The client that it would become; `undefined`: none. */
  readonly clientId: string | undefined
  /** Why it would become none. */
  readonly reason: RefusalReason | undefined
  /** Who the token says that it is about. */
  readonly subject: FederatedSubject | undefined
  /** Every identity, with that in which it differs from the token. */
  readonly identities: readonly {
    readonly clientId: string
    readonly differences: readonly IdentityDifference[]
  }[]
}

/**
 * Tries `token` against `registered` as the endpoint would, but for the signature and for what the client's
 * registration says besides: **nothing is verified**, so the token may be anybody's invention.
 */
export function simulateFederation(
  token: string,
  registered: readonly RegisteredIdentity[],
  server: SimulatedServer,
): FederationSimulation {
  const { issuer: ownIssuer, nowWallMs, presentedAs = 'jwt', clientId: bodyClientId } = server
  const nothing = { clientId: undefined, subject: undefined, identities: [] }
  const read = readAssertion(token, mediaTypes[presentedAs])
  if (!read.ok) return { ...nothing, reason: read.violation }
  if (read.value.alg === 'HS256') return { ...nothing, reason: 'assertion_algorithm_not_allowed' }
  const { claims } = read.value
  const subject = federatedSubject(claims, presentedAs)
  const isOwn = presentedAs === 'jwt' && member(claims, 'iss') === member(claims, 'sub')
  if (subject === undefined || isOwn) return { ...nothing, reason: 'assertion_issuer_wrong' }
  const identities = registered.map(({ clientId, identity }) => ({
    clientId,
    differences: differencesOf(identity, subject, presentedAs, ownIssuer),
  }))
  const how = { presentedAs, ownIssuer, bodyClientId }
  const identity = findIdentity(registered, subject, how)
  const refused = identity.ok ? refusalOfFederatedTimes(claims, nowWallMs) : identity
  return {
    clientId: identity.ok && refused === undefined ? identity.found.clientId : undefined,
    reason: refused?.reason,
    subject,
    identities,
  }
}
