/** One sending of a call: the token that it carried, or why it carried none. */
import type { MaybePromise } from '@mintmark/jwt'
import type { Authorization, RequestToAuthorize, ResourceAnswer } from '../../request-authorizer.ts'
import type { TokenClient } from '../../token-client.ts'

/** Of a status of gRPC, as much as matters here. */
export interface CallStatus {
  readonly code: number
  readonly metadata?: { get(name: string): readonly unknown[] } | null | undefined
}

/** See the file. */
export class GrpcCall {
  readonly #client: Pick<TokenClient, 'authorize' | 'reauthorize'>
  readonly #isReplayable: boolean
  readonly #prepared: MaybePromise<Authorization | undefined> | undefined
  readonly #waiting = new AbortController()
  #sent: { readonly request: RequestToAuthorize; readonly by: Authorization } | undefined
  /** Why there was no token. */
  failure: unknown

  /**
   * @param prepared - What a repeated call is to carry; `undefined` in the end when it is not to be sent. Default: the
   *   token at the moment of the sending.
   */
  constructor(
    client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
    isReplayable: boolean,
    prepared?: MaybePromise<Authorization | undefined>,
  ) {
    this.#client = client
    this.#isReplayable = isReplayable
    this.#prepared = prepared
    // A call that ends before it is its turn to wait for this does not hear how it failed.
    if (prepared instanceof Promise) prepared.catch(() => undefined)
  }

  /** Whether the call got as far as to carry a token. */
  get isAuthorized(): boolean {
    return this.#sent !== undefined
  }

  /** Gives the value for `authorization` at the URL that `urlOf` gives. Keeps the error that it rejects with. */
  async authorize(urlOf: () => string): Promise<string> {
    try {
      const { signal } = this.#waiting
      const request = { url: urlOf(), method: 'POST', isReplayable: this.#isReplayable, signal }
      const by = await (this.#prepared ?? this.#client.authorize(request))
      if (by === undefined) throw new Error('the call is not repeated')
      const { authorization = '', dpop } = by.headers
      if (dpop !== undefined) throw new TypeError('a token bound by DPoP cannot be sent with gRPC')
      this.#sent = { request, by }
      return authorization
    } catch (error) {
      this.failure = error
      throw error
    }
  }

  /** Tells of the outcome. Gives what to repeat the call with, if anything. */
  ended(status: CallStatus): MaybePromise<Authorization | undefined> {
    if (this.#sent === undefined) {
      this.abandon()
      return undefined
    }
    return this.#client.reauthorize(this.#sent.request, this.#sent.by, answerOf(status))
  }

  /** Nobody waits for its token any more, nor for that of its repetition. */
  abandon(): void {
    this.#waiting.abort()
  }
}

const OK = 0
const UNAUTHENTICATED = 16

/** The status says by itself what a challenge says in HTTP; proxies that speak both add theirs. */
function answerOf({ code, metadata }: CallStatus): ResourceAnswer {
  if (code === OK) return { status: 200, wwwAuthenticate: null }
  if (code !== UNAUTHENTICATED) return { status: 500, wwwAuthenticate: null }
  const challenges = metadata?.get('www-authenticate') ?? []
  const wwwAuthenticate =
    challenges.length > 0 ? challenges.join(', ') : 'Bearer error="invalid_token"'
  return { status: 401, wwwAuthenticate }
}
