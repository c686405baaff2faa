/**
 * How tokens are bound to their sender by a proof in each request (RFC 9449): what the rest of the client knows of it.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { AccessToken } from '../access-token.ts'

/** A request that needs a proof. */
export interface RequestToProve {
  readonly method: string
  readonly url: URL
  /** The token that the request carries; `undefined` at the token endpoint. */
  readonly token: AccessToken | undefined
}

/** A key of the client, and the nonces it was told. */
export interface SenderBinding {
  /** What tells this binding from others: the thumbprint of the key (RFC 7638). Part of the cache key. */
  readonly confirmation: string
  /** The token type that a bound token has, in lower case. */
  readonly tokenType: 'dpop'
  /** The fresh proof for one request, for the header `DPoP`. Never the same twice. */
  readonly prove: (request: RequestToProve) => MaybePromise<string>
  /**
   * Takes note of the header `DPoP-Nonce` of an answer from `url`, for the next proof to that origin.
   *
   * @returns Whether there was one that had not been known.
   */
  readonly learnNonce: (url: URL, nonce: string | null) => boolean
}
