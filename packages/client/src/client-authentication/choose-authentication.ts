/**
 * Which method a client uses when it was given a bare secret: what the server's metadata says it
 * supports.
 */
import type { ClientAuthentication } from './client-authentication.ts'

/** A method that was chosen by the caller, or the two to choose from. */
export type AuthenticationChoice =
  | { readonly choice: 'fixed'; readonly authentication: ClientAuthentication }
  | {
      readonly choice: 'by_metadata'
      readonly basic: ClientAuthentication
      readonly post: ClientAuthentication
    }

/**
 * The method to use with a server that supports `methods`.
 *
 * `client_secret_basic` wins where both are supported, and where the metadata says nothing (RFC
 * 8414 section 2). Gives `undefined` when neither is supported: the secret is of no use there and
 * is not sent.
 */
export function chooseAuthentication(
  choice: AuthenticationChoice,
  methods: readonly string[] | undefined,
): ClientAuthentication | undefined {
  if (choice.choice === 'fixed') return choice.authentication
  if (methods === undefined || methods.includes('client_secret_basic')) return choice.basic
  return methods.includes('client_secret_post') ? choice.post : undefined
}
