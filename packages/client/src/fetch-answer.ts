/** The answer of a `fetch` in the words of the authorizer. */
import type { ResourceAnswer } from './request-authorizer.ts'

/** What `fetch` answered. Reading a header or the URL is slow, so it is done when somebody asks. */
export class FetchAnswer implements ResourceAnswer {
  readonly status: number
  readonly #response: Response

  constructor(response: Response) {
    this.status = response.status
    this.#response = response
  }

  get wwwAuthenticate(): string | null {
    return this.#response.headers.get('www-authenticate')
  }

  get dpopNonce(): string | null {
    return this.#response.headers.get('dpop-nonce')
  }

  get url(): string | undefined {
    return this.#response.redirected ? this.#response.url : undefined
  }
}
