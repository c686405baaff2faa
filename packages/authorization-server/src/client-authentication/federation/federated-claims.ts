/**
 * Which client a token of another issuer stands for: the one that is registered for exactly its issuer, subject and
 * audience. Pure, and the same for the endpoint and for the simulator.
 *
 * Invariants
 *  (1) Comparison is by exact octets: no patterns, no prefixes, no case.
 *  (2) The audience is one, and ours: a token that was made for somebody else, or for several, is nobody's here.
 */
import { type JsonObject, member } from '@mintmark/protocol'
import { federatedAssertionLifetimeSecondsMax, federatedSubjectLengthMax } from '../../limits.ts'
import type { RefusalReason } from '../../refusal.ts'
import type { FederatedIdentity } from '../../registry/client-settings.ts'
import {
  type RefusedAssertion,
  refusalOfTimes,
  soleAudience,
  statedIdentity,
} from '../assertions/assertion-claims.ts'

/** An identity and the client that it stands for. */
export interface RegisteredIdentity {
  readonly clientId: string
  readonly identity: FederatedIdentity
}

/** Who a token says that it is about. */
export interface FederatedSubject {
  /** The issuer, or the trust domain of a JWT-SVID. */
  readonly issuer: string
  readonly subject: string
  readonly audience: string | undefined
}

/** How a token is presented: as a JWT of an issuer, or as a JWT-SVID. */
export type FederationKind = 'jwt' | 'spiffe'

/** Who `claims` are about; `undefined` when they do not say, or say it in a form that cannot be. */
export function federatedSubject(
  claims: JsonObject,
  kind: FederationKind,
): FederatedSubject | undefined {
  const { issuer, subject } = statedIdentity(claims)
  if (subject === undefined || subject.length > federatedSubjectLengthMax) return undefined
  // A JWT-SVID need not say who issued it; its trust domain is in its subject, and the bundle decides.
  const from = kind === 'spiffe' ? trustDomainOf(subject) : issuer
  return from === undefined
    ? undefined
    : { issuer: from, subject, audience: soleAudience(member(claims, 'aud')) }
}

/** `spiffe://prod.example` of `spiffe://prod.example/ns/a/sa/b` (SPIFFE-ID section 2). */
export function trustDomainOf(spiffeId: string): string | undefined {
  return SPIFFE_ID.exec(spiffeId)?.[1]
}

const SPIFFE_ID = /^(spiffe:\/\/[a-z0-9._-]{1,255})(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/

/** In what an identity differs from a token. */
export type IdentityDifference = 'kind' | 'issuer' | 'subject' | 'audience'

/** In what `identity` differs from `subject`; empty when it is for exactly this token. */
export function differencesOf(
  { kind, issuer, subject, audience }: FederatedIdentity,
  token: FederatedSubject,
  presentedAs: FederationKind,
  ownIssuer: string,
): readonly IdentityDifference[] {
  const differences: IdentityDifference[] = []
  if ((kind === 'spiffe') !== (presentedAs === 'spiffe')) differences.push('kind')
  if (issuer !== token.issuer) differences.push('issuer')
  if (subject !== token.subject) differences.push('subject')
  if ((audience ?? ownIssuer) !== token.audience) differences.push('audience')
  return differences
}

/** The one identity that a token is for, or why there is none. */
export type FoundIdentity =
  | { readonly ok: true; readonly found: RegisteredIdentity }
  | { readonly ok: false; readonly reason: RefusalReason }

/** Finds it among `registered`. A `client_id` beside the token chooses between clients that share an identity. */
export function findIdentity(
  registered: readonly RegisteredIdentity[],
  token: FederatedSubject,
  how: {
    readonly presentedAs: FederationKind
    readonly ownIssuer: string
    readonly bodyClientId: string | undefined
  },
): FoundIdentity {
  const { presentedAs, ownIssuer, bodyClientId } = how
  const same = registered.filter(
    ({ identity, clientId }) =>
      (bodyClientId === undefined || bodyClientId === clientId) &&
      differencesOf(identity, token, presentedAs, ownIssuer).length === 0,
  )
  const [found, second] = same
  if (found === undefined) return { ok: false, reason: 'federated_identity_unknown' }
  const isOne = second === undefined || same.every(({ clientId }) => clientId === found.clientId)
  return isOne ? { ok: true, found } : { ok: false, reason: 'federated_identity_ambiguous' }
}

/** Why a token is not good now: platforms reuse theirs, so the rest of its life is what bounds a stolen one. */
export function refusalOfFederatedTimes(
  claims: JsonObject,
  nowWallMs: number,
): RefusedAssertion | undefined {
  return refusalOfTimes(claims, nowWallMs / 1000, federatedAssertionLifetimeSecondsMax)
}
