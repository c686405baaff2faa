/**
 * Which method a client uses when it was given bare secrets: what the server's metadata says it
 * supports.
 */
import type { ClientAuthentication } from './client-authentication.ts'

/**
 * The credentials of a client in the order of its options, by a method that the caller chose or by
 * one of two. Both lists have the same length.
 */
export type AuthenticationChoice =
  | { readonly choice: 'fixed'; readonly authentications: readonly ClientAuthentication[] }
  | {
      readonly choice: 'by_metadata'
      readonly basic: readonly ClientAuthentication[]
      readonly post: readonly ClientAuthentication[]
    }

/**
 * The credentials to use with a server that supports `methods`.
 *
 * `client_secret_basic` wins where both are supported, and where the metadata says nothing (RFC
 * 8414 section 2). Gives none when neither is supported: the secrets are of no use there and are
 * not sent.
 */
export function chooseAuthentications(
  choice: AuthenticationChoice,
  methods: readonly string[] | undefined,
): readonly ClientAuthentication[] {
  if (choice.choice === 'fixed') return choice.authentications
  if (methods === undefined || methods.includes('client_secret_basic')) return choice.basic
  return methods.includes('client_secret_post') ? choice.post : []
}

/** Whether one of the credentials is the certificate that the transport presents (RFC 8705 section 2). */
export function usesCertificate(choice: AuthenticationChoice): boolean {
  if (choice.choice !== 'fixed') return false
  return choice.authentications.some(
    ({ method }) => method === 'tls_client_auth' || method === 'self_signed_tls_client_auth',
  )
}
