/**
 * How a client proves its identity to the token endpoint (RFC 6749 section 2.3): one small object
 * per method, made by a factory, read afresh for each attempt.
 */
import type { ClientSecret, FormPair } from '@mintmark/protocol'

/**
 * What one method adds to a token request. Contains the raw secret: built at the last moment, never
 * kept.
 */
export interface PresentedCredential {
  /** The whole `Authorization` value, where the method uses the header. */
  readonly authorization: string | undefined
  /** Parameters of the body. */
  readonly parameters: readonly FormPair[]
}

/**
 * A way to authenticate. Made by {@link clientSecretBasic}, {@link clientSecretPost} or {@link
 * clientSecretJson}.
 */
export interface ClientAuthentication {
  /** The registered name of the method (RFC 7591 section 2). */
  readonly method: 'client_secret_basic' | 'client_secret_post'
  /** How the whole request is written. */
  readonly bodyType: 'form' | 'json'
  /** Reads the secret. May throw or reject, when it comes from a function of the caller. */
  readonly readSecret: () => Promise<ClientSecret>
  /** Turns id and secret into a part of the request. */
  readonly present: (clientId: string, secret: ClientSecret) => PresentedCredential
}
