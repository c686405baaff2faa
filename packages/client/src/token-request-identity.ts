/** Everything that makes one token different from another of the same client (requirement C1). */
import type { ScopeSet } from '@mintmark/protocol'

/** What a token is asked for. */
export interface TokenRequestIdentity {
  /** `undefined` when no scope is asked for. */
  readonly scope: ScopeSet | undefined
  /** Resource indicators (RFC 8707), sorted and without repetition. */
  readonly resources: readonly string[]
  readonly audience: string | undefined
  /** The `authorization_details` parameter (RFC 9396) as it is sent; `undefined` when there are none. */
  readonly authorizationDetails: string | undefined
  /** Parameters of extensions, by name. */
  readonly extraParameters: Readonly<Record<string, string>>
}
