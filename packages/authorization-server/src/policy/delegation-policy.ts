/**
 * Whether a client gets a token to act for somebody else (RFC 8693, delegation), and which.
 *
 * Invariants
 *  (1) Who exchanges a token has received it: the token is for a resource that the client serves.
 *  (2) The grant exceeds neither what the client may have nor what the client in whose place it acts may have.
 *  (3) The new token ends no later than the one that was exchanged, and says who acts for whom; the chain is bounded.
 */
import type { AccessTokenClaims, Actor } from '@mintmark/protocol'
import { actorsMax } from '../limits.ts'
import type { RefusalReason } from '../refusal.ts'
import type { RegisteredClient, RegistrySnapshot } from '../registry/registry-snapshot.ts'
import { type AccessGrant, type AccessRequest, decideAccess } from './access-policy.ts'

/** A grant to act for `subject`, or why there is none. */
export type DelegationDecision =
  | {
      readonly ok: true
      readonly grant: AccessGrant
      readonly subject: string
      readonly actor: Actor
    }
  | { readonly ok: false; readonly reason: RefusalReason }

/** When it is decided, and how long a token lives whose resource does not say. */
export interface DelegationMoment {
  readonly lifetimeSecondsDefault: number
  readonly nowSeconds: number
}

/** Decides what `client` gets for an active token with `claims`. */
export function decideDelegation(
  client: RegisteredClient,
  claims: AccessTokenClaims,
  request: AccessRequest,
  registry: RegistrySnapshot,
  { lifetimeSecondsDefault, nowSeconds }: DelegationMoment,
): DelegationDecision {
  if (!client.settings.exchangesTokens) return refused('token_exchange_not_allowed')
  const audience = typeof claims.aud === 'string' ? [claims.aud] : claims.aud
  const subject = registry.client(claims.sub)
  if (subject === undefined || !audience.some((id) => client.servesResources.has(id))) {
    return refused('subject_token_unusable')
  }
  const actor: Actor = { sub: client.id, ...(claims.act && { act: claims.act }) }
  if (actorsIn(actor) > actorsMax) return refused('subject_token_unusable')
  const decision = decideAccess(client, request, registry, lifetimeSecondsDefault)
  if (!decision.ok) return decision
  const { grant } = decision
  const same = { ...request, scope: grant.scope, resources: grant.audience }
  const ofSubject = decideAccess(subject, same, registry, lifetimeSecondsDefault)
  if (!ofSubject.ok) return ofSubject
  // One second for the way to the signature, whose instant counts.
  const secondsLeft = Math.floor(claims.exp - nowSeconds) - 1
  if (secondsLeft < 1) return refused('subject_token_unusable')
  const lifetimes = [grant.lifetimeSeconds, ofSubject.grant.lifetimeSeconds, secondsLeft]
  return {
    ok: true,
    grant: { ...grant, lifetimeSeconds: Math.min(...lifetimes) },
    subject: claims.sub,
    actor,
  }
}

function actorsIn({ act }: Actor): number {
  return act === undefined ? 1 : 1 + actorsIn(act)
}

function refused(reason: RefusalReason): DelegationDecision {
  return { ok: false, reason }
}
