/** A resource server as the registry knows it: an audience that owns scopes (RFC 8707, RFC 9068 section 2.2). */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import type { ScopeSet } from '@mintmark/protocol'

/** A registered resource server. */
export interface Resource {
  /** The audience: an absolute URI without fragment, compared as written. */
  readonly id: string
  /** The scopes that this resource server understands. Nobody else's grant can invent one. */
  readonly scopes: ScopeSet
  /** Lifetime of its access tokens in seconds; `undefined` leaves it to the dialect. */
  readonly lifetimeSeconds: number | undefined
  readonly tokenFormat: 'jwt'
  readonly algorithm: SignatureAlgorithm
  /** ISO 8601, UTC. */
  readonly createdAt: string
}
