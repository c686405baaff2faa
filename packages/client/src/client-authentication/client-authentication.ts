/**
 * How a client proves its identity to the token endpoint (RFC 6749 section 2.3): one small object
 * per method, made by a factory.
 *
 * Invariants
 *  (1) The credential is read afresh for each attempt, and what is sent is built afresh for each
 *      request: no assertion goes out twice.
 *  (2) What a source gave is not kept beyond the attempt that it was read for.
 */
import type { MaybePromise } from '@mintmark/jwt'
import { type FormPair, type Redacted, redact } from '@mintmark/protocol'
import type { RandomSource } from '@mintmark/runtime'
import type { AssertionDefaults } from './assertion-options.ts'

/** The registered name of a method (RFC 7591 section 2, RFC 8705 section 2, OpenID Connect Core section 9). */
export type AuthenticationMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'

/** The request that a credential is for. */
export interface AuthenticationAttempt {
  readonly clientId: string
  /** The issuer identifier of the server; its token endpoint where the client knows no issuer. */
  readonly audience: string
  /** The URL that the request goes to. */
  readonly tokenEndpoint: string
  /** The time on the server's clock, as far as it is known, in milliseconds since 1970. */
  readonly nowWallMs: number
  readonly random: RandomSource
  /** Default: the issuer, and the type of RFC 10070. */
  readonly assertionDefaults?: AssertionDefaults
}

/**
 * What one method adds to a token request. Contains the raw credential: built at the last moment,
 * never kept.
 */
export interface PresentedCredential {
  /** The whole `Authorization` value, where the method uses the header. */
  readonly authorization: string | undefined
  /** Parameters of the body. */
  readonly parameters: readonly FormPair[]
}

/** What was read for one attempt. */
export interface Credential {
  /** What tells this credential from any other. It is hashed, and nothing else is done with it. */
  readonly identity: Redacted<'credential'>
  /** Builds the part of one request. May throw or reject, for a key that cannot be used. */
  readonly present: (attempt: AuthenticationAttempt) => MaybePromise<PresentedCredential>
  /**
   * Whether a server that reads it by the other rule for encoding Basic credentials finds another id
   * or secret in it. Default: it does not.
   */
  readonly isEncodingDoubtful?: (clientId: string) => boolean
}

/** A way to authenticate. Made by {@link clientSecretBasic} or one of its siblings. */
export interface ClientAuthentication {
  readonly method: AuthenticationMethod
  /** How the whole request is written. */
  readonly bodyType: 'form' | 'json'
  /** Whether what is sent says when it was made: a server with another clock refuses it. */
  readonly isTimeBound: boolean
  /** Reads the credential. May throw or reject, when it comes from a function or a file. */
  readonly read: () => Promise<Credential>
  /** Throws `RangeError` for a client id that the method cannot express. Default: it can express any. */
  readonly checkClientId?: (clientId: string) => void
}

/** The identity of a credential that is made of `parts`. */
export function credentialIdentity(...parts: readonly string[]): Redacted<'credential'> {
  return redact('credential', JSON.stringify(parts))
}
