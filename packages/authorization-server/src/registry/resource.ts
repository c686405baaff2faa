/** A resource server as the registry knows it: an audience that owns scopes (RFC 8707, RFC 9068 section 2.2). */
import type { SignatureAlgorithm } from '@mintmark/jwt'
import type { ScopeSet } from '@mintmark/protocol'
import { type SenderConstraint, serialiseDifference, storedMembers } from './client-settings.ts'

/** A JWT (RFC 9068), or a sealed handle that only our introspection endpoint can read. */
export const tokenFormats = ['jwt', 'opaque'] as const

/** The format of a resource's access tokens. */
export type TokenFormat = (typeof tokenFormats)[number]

/** What is optional about a resource. Stored as JSON in one column, like the settings of a client. */
export interface ResourceSettings {
  /** For people: which API this is. */
  readonly label: string | undefined
  /** Every token for it must be bound like this, whatever its client says; `'none'`: as the client says. */
  readonly senderConstraint: SenderConstraint
  /** `authorization_details` types that it understands (RFC 9396). */
  readonly authorizationDetailsTypes: readonly string[]
  /** By type: the members that it has beside the common ones (RFC 9396 section 2.2). Others are refused. */
  readonly authorizationDetailsMembers: Readonly<Record<string, readonly string[]>>
}

/** A resource about which nothing special was said. */
export const plainResourceSettings: ResourceSettings = {
  label: undefined,
  senderConstraint: 'none',
  authorizationDetailsTypes: [],
  authorizationDetailsMembers: {},
}

/** A registered resource server. */
export interface Resource {
  /** The audience: an absolute URI without fragment, compared as written. */
  readonly id: string
  /** The scopes that this resource server understands. Nobody else's grant can invent one. */
  readonly scopes: ScopeSet
  /** Lifetime of its access tokens in seconds; `undefined` leaves it to the dialect. */
  readonly lifetimeSeconds: number | undefined
  readonly tokenFormat: TokenFormat
  readonly algorithm: SignatureAlgorithm
  readonly settings: ResourceSettings
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

/** A resource server as an operator sees it. */
export interface RegisteredResource extends Resource {
  /** Another one after each change; for changes that depend on what was read. */
  readonly version: string
}

/** The stored form: only what differs from {@link plainResourceSettings}. */
export function serialiseResourceSettings(settings: ResourceSettings): string {
  return serialiseDifference(settings, plainResourceSettings)
}

/** From the stored form. `undefined`: written by a newer version, and not understood here. */
export function parseResourceSettings(text: string): ResourceSettings | undefined {
  const members = storedMembers(text, Object.keys(plainResourceSettings))
  return members && { ...plainResourceSettings, ...(members as Partial<ResourceSettings>) }
}
