/** A registry as somebody wants it to be: in a document of ours, or as read from another program's export. */
import type { ClientSecret } from '@mintmark/protocol'
import type { ClientDraft } from '../registry/client-draft.ts'
import type { ResourceDraft } from '../registry/resource-draft.ts'

/** A secret that a client is to have. */
export interface DeclaredSecret {
  readonly label: string | undefined
  /** ISO 8601; `undefined`: it does not expire. */
  readonly expiresAt: string | undefined
  readonly value: DeclaredSecretValue
}

/** The secret itself, its hash in any spelling that is known, or what an export of this storage said of it. */
export type DeclaredSecretValue =
  | { readonly kind: 'plain'; readonly secret: ClientSecret }
  | { readonly kind: 'hash'; readonly hash: string }
  | { readonly kind: 'exported'; readonly secretId: string; readonly sealed: string }

/** A client that there is to be. */
export interface DeclaredClient extends Omit<ClientDraft, 'clientSecret'> {
  /** Those it has to have; `undefined` says nothing about secrets. None is ever made for a declared client. */
  readonly secrets?: readonly DeclaredSecret[] | undefined
}

/** Resources and clients that there are to be. */
export interface DeclaredRegistry {
  readonly resources: readonly ResourceDraft[]
  readonly clients: readonly DeclaredClient[]
}

/** How a declaration is meant. */
export interface DeclarationOptions {
  /**
   * `replace`: a member that is not declared has its default. `merge`: it stays as it is, scopes of resources are
   * only added, and nobody is enabled who was disabled here.
   */
  readonly mode: 'replace' | 'merge'
  /** Whether what is not declared is deleted, and secrets that are not declared are retired. Default `false`. */
  readonly prune?: boolean | undefined
  /** Whether to tell only what would be done. Default `false`. */
  readonly planOnly?: boolean | undefined
}

/** One thing that is or would be done. */
export interface PlanStep {
  readonly action: 'create' | 'update' | 'delete'
  readonly kind: 'resource' | 'client'
  readonly id: string
  /** What differs, by the names of members; for a creation, nothing. */
  readonly details: readonly string[]
}

/** Everything that is or would be done, and what was noticed on the way. */
export interface RegistryPlan {
  readonly steps: readonly PlanStep[]
  /** Things that differ and are left as they are, one line each. */
  readonly drift: readonly string[]
  /** Whether the steps were carried out. */
  readonly applied: boolean
}
