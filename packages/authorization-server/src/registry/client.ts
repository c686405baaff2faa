/** A registered client: what it may prove itself with and what it may ask for. Holds no secret, only their names. */
import type { ScopeSet } from '@mintmark/protocol'
import type { ClientSettings } from './client-settings.ts'

/** Every method that a client may be registered with. */
export const authenticationMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'federated_jwt',
  'spiffe_jwt',
] as const

/**
 * How a client may authenticate at the token endpoint: RFC 6749 section 2.3.1 (`client_secret_post` covers the secret
 * in a form body and in a JSON body), RFC 7523 section 2.2 with RFC 10070, and RFC 8705 section 2. `federated_jwt` is
 * ours: an assertion of another issuer, such as a Kubernetes cluster; `spiffe_jwt` is a JWT-SVID of a trust domain.
 */
export type AuthenticationMethod = (typeof authenticationMethods)[number]

/** What a client may do at one resource. */
export interface Grant {
  readonly resource: string
  /** The ceiling: what it may be granted there. */
  readonly scopes: ScopeSet
  /** What it is granted when it names no scope; `undefined`: the whole ceiling. */
  readonly defaultScopes: ScopeSet | undefined
}

/** What may be shown of a client secret. */
export interface ClientSecretSummary {
  /** Public name of the secret, part of its text when generated here. */
  readonly id: string
  /** What the operator calls it. */
  readonly label: string | undefined
  readonly state: 'active' | 'expired' | 'retired'
  readonly createdAt: string
  readonly expiresAt: string | undefined
  readonly retiredAt: string | undefined
  /** `'keyed'` for those digested here, otherwise the slow hash that it was imported with and not used since. */
  readonly hash: string
}

/** A registered client as an operator sees it. */
export interface Client {
  readonly id: string
  /** A disabled client is refused exactly like an unknown one, and its tokens introspect as inactive. */
  readonly disabled: boolean
  readonly authenticationMethods: readonly AuthenticationMethod[]
  readonly grants: readonly Grant[]
  readonly secrets: readonly ClientSecretSummary[]
  /** Resources whose tokens this client may introspect because it is their resource server. */
  readonly servesResources: readonly string[]
  readonly settings: ClientSettings
  readonly createdAt: string
  /** Another one after each change; for changes that depend on what was read. */
  readonly version: string
}
