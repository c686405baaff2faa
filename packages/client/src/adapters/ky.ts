/**
 * Requests of ky, with a token (requirement C14).
 *
 * ```ts
 * import ky from 'ky'
 * import { authorizeKy } from '@mintmark/client/ky'
 *
 * const api = ky.extend({ prefix: 'https://api.example', ...authorizeKy(client) })
 * const orders = await api.get('orders').json()
 * ```
 */
import { isReplayableBody } from '../replayable-body.ts'
import type { TokenClient } from '../token-client.ts'

/** The options of one request, as an `init` hook of ky gets them. */
export interface KyInitOptions {
  readonly body?: unknown
  readonly json?: unknown
  fetch?: unknown
}

/** Options for `ky.create` and `ky.extend`. */
export interface AuthorizeKyOptions {
  readonly hooks: { readonly init: ((options: KyInitOptions) => void)[] }
}

/**
 * Makes the options that let ky send through `client.fetch`.
 *
 * That alone, `ky.create({ fetch: client.fetch })`, does all but one thing: ky hands over `Request` objects, which show
 * no more whether their body can be sent again, so nothing with a body would be repeated after a 401. These options
 * look at the body before ky does.
 *
 * The token is in none of ky's objects. A `fetch` option is replaced; a transport belongs to the client. `timeout` and
 * `signal` end the wait for a token, too. Requests reject with what `client.fetch` rejects with; ky does not repeat
 * them for a `TokenAcquisitionError`.
 */
export function authorizeKy(client: Pick<TokenClient, 'fetch'>): AuthorizeKyOptions {
  const { fetch: send } = client
  const sendBytes: TokenClient['fetch'] = async (input, init) =>
    input instanceof Request
      ? send(input, { ...init, body: await input.arrayBuffer() })
      : send(input, init)
  const chooseFetch = (options: KyInitOptions): void => {
    options.fetch = isInMemory(options) ? sendBytes : send
  }
  return { hooks: { init: [chooseFetch] } }
}

function isInMemory({ body, json }: KyInitOptions): boolean {
  return json !== undefined || (body != null && isReplayableBody(body))
}
