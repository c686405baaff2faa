/**
 * Tokens for clients of the Model Context Protocol (requirement C14).
 *
 * ```ts
 * import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
 * import { mcpAuthProvider } from '@mintmark/client/mcp'
 *
 * const url = new URL('https://mcp.example/mcp')
 * const transport = new StreamableHTTPClientTransport(url, { authProvider: mcpAuthProvider(client, { url }) })
 * ```
 *
 * A transport that takes a `fetch` does better with `{ fetch: client.fetch }` and nothing else: then it is known which
 * token each 401 is about, and tokens bound by DPoP work.
 *
 * Invariant: the last two tokens given out are known. A transport does not say which of its requests was refused. Each
 * 401 is taken to be about the last token. When that one is not renewed, having just replaced a refused one, the 401
 * may be a late answer to the one before, and the request gets its second sending.
 */
import { FetchAnswer } from '../fetch-answer.ts'
import type { Authorization, ResourceAnswer } from '../request-authorizer.ts'
import type { TokenClient } from '../token-client.ts'

/** What the provider is for. */
export interface McpAuthProviderOptions {
  /** The URL of the server, as the transport has it. */
  readonly url: string | URL
}

/** The minimal `AuthProvider` of `@modelcontextprotocol/client`. */
export interface McpAuthProvider {
  readonly token: () => Promise<string>
  readonly onUnauthorized: (context: { readonly response: Response }) => Promise<void>
}

/** A server does not accept the token, and there is no other that it might accept. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError'

  constructor() {
    super('the MCP server does not accept the token, and a new one would not help')
  }
}

/**
 * Makes the option `authProvider` of one transport.
 *
 * After a 401 the transport asks for a token once more and repeats the request, unless `onUnauthorized` rejects. It
 * does so, with {@link TokenRefusedError}, where `client.fetch` would not repeat the request: after a 401 that is not
 * about the token, and when there is no new one.
 *
 * `token` rejects with `TokenAcquisitionError` without a token or for a URL that it may not be sent to, with
 * `TypeError` for a URL that is not absolute, and for a token that is bound by DPoP: it cannot be attached this way.
 */
export function mcpAuthProvider(
  client: Pick<TokenClient, 'authorize' | 'reauthorize'>,
  { url }: McpAuthProviderOptions,
): McpAuthProvider {
  const request = { url, method: 'POST', isReplayable: true }
  let last: Authorization | undefined
  let previous: Authorization | undefined
  const hasBetter = async (sent: Authorization | undefined, answer: ResourceAnswer) =>
    sent !== undefined && (await client.reauthorize(request, sent, answer)) !== undefined
  return {
    token: async () => {
      const authorization = await client.authorize(request)
      if (authorization.headers.dpop !== undefined) {
        throw new TypeError('mcpAuthProvider: a token bound by DPoP needs { fetch: client.fetch }')
      }
      if (authorization.token !== last?.token) previous = last
      last = authorization
      return authorization.token.reveal()
    },
    onUnauthorized: async ({ response }) => {
      const [sent, before] = [last, previous]
      const answer = new FetchAnswer(response)
      const isWorthAnother = (await hasBetter(sent, answer)) || (await hasBetter(before, answer))
      if (!isWorthAnother) throw new TokenRefusedError()
    },
  }
}
