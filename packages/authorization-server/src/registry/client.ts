/** A registered client: what it may prove itself with and what it may ask for. Holds no secret, only their names. */
import type { ScopeSet } from '@mintmark/protocol'

/** Every method that a client may be registered with. */
export const authenticationMethods = ['client_secret_basic', 'client_secret_post'] as const

/**
 * How a client may authenticate at the token endpoint (RFC 6749 section 2.3.1).
 * `client_secret_post` covers the secret in a form body and in a JSON body.
 */
export type AuthenticationMethod = (typeof authenticationMethods)[number]

/** The ceiling of one client at one resource: the scopes it may be granted there, and gets when it names none. */
export interface Grant {
  readonly resource: string
  readonly scopes: ScopeSet
}

/** What may be shown of a client secret. */
export interface ClientSecretSummary {
  /** Public name of the secret, part of its text when generated here. */
  readonly id: string
  readonly createdAt: string
  readonly expiresAt: string | undefined
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
  readonly createdAt: string
}
