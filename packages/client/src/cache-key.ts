/**
 * The key under which a token is kept and its flight is shared. Two requests have the same key
 * exactly when the same token serves both: a key that leaves something out hands one caller the
 * token of another (CVE-2025-26620).
 *
 * Invariants
 *  (1) Injective: the parts are written as a JSON array, in which no part can run into its
 *      neighbour.
 *  (2) Sets are written sorted, so their order does not matter.
 *  (3) No secret and nothing derived from one is in the key, and nothing that differs between the processes of one
 *      fleet: the same key names the token in the shared store.
 */
import type { TokenRequestIdentity } from './token-request-identity.ts'

/** Who asks whom. */
export interface TokenAuthority {
  /** The issuer identifier, or the token endpoint where that is all there is. */
  readonly authority: string
  readonly clientId: string
  /** What tokens are bound to: a key or a certificate. `undefined` for tokens that anybody can use. */
  readonly confirmation: string | undefined
}

/**
 * Builds the key of one request. Parameters of `identity` are taken as they are: they have been
 * checked before.
 */
export function cacheKey(authority: TokenAuthority, identity: TokenRequestIdentity): string {
  const { scope, resources, audience, authorizationDetails, extraParameters } = identity
  const extra = Object.entries(extraParameters).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([
    authority.authority,
    authority.clientId,
    authority.confirmation ?? null,
    scope?.text ?? null,
    resources.toSorted(),
    audience ?? null,
    authorizationDetails ?? null,
    extra,
  ])
}
