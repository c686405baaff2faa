/**
 * How tokens are bound to their sender by a proof in each request (RFC 9449): what the rest of the client knows of it.
 */
import type { MaybePromise } from '@mintmark/jwt'
import type { RandomSource } from '@mintmark/runtime'
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
  /**
   * What tells this binding from others, known before the key is used. Part of the cache key: of a key that was given
   * it is the text that RFC 7638 hashes, the same in every process with that key; of one that the client makes for
   * itself, a name that nobody else has. Not secret.
   */
  readonly confirmation: string
  /** The token type that a bound token has, in lower case. */
  readonly tokenType: 'dpop'
  /** The fresh proof for one request, for the header `DPoP`. Never the same twice. */
  readonly prove: (request: RequestToProve) => MaybePromise<string>
  /**
   * Takes note of the header `DPoP-Nonce` of an answer from `url`, for the next proof to that origin.
   *
   * @returns Whether there was a usable one. Not whether it is new: of many requests under way that are all told the
   *   same nonce, each has to be sent again.
   */
  readonly learnNonce: (url: URL, nonce: string | null) => boolean
}

/** What a client brings along. */
export interface SenderBindingParts {
  readonly random: RandomSource
  /** The wall clock of the servers, as far as it is known: they refuse proofs from another time. */
  readonly nowWallMs: () => number
}

/** What the option `senderBinding` takes; made by `dpop`. May be given to several clients. */
export interface SenderBinder {
  /** Called once by each client. Throws `TypeError` for a key that cannot be used, where that is known at once. */
  readonly bind: (parts: SenderBindingParts) => SenderBinding
}
