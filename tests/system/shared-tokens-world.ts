/**
 * Clients that share tokens through a real Redis, and servers that count: a token endpoint whose tokens tell nothing
 * but are known to the test, and an API that takes those that were not revoked.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import {
  createTokenClient,
  type TokenClient,
  type TokenClientEvent,
  type TokenClientOptions,
} from '@mintmark/client'
import { type RedisTokenStoreOptions, redisTokenStore } from '@mintmark/client/redis'
import { systemRandom } from '@mintmark/runtime'
import { type RedisProcess, startLoopbackServer, startRedisServer, the } from '@mintmark/testkit'
import { ioredisTo } from './redis-worlds.ts'

/** A client as a process of its own would have it. */
export interface Member {
  readonly client: TokenClient
  readonly events: readonly TokenClientEvent[]
  /** Ends it, as a deployment does. */
  leave(): Promise<void>
}

/** Both servers and Redis. */
export interface SharedTokensWorld {
  readonly redis: RedisProcess
  readonly api: string
  readonly counts: { tokenRequests: number; apiCalls: number }
  /** Every token that was handed out, with the scope that it was asked for with. */
  readonly tokens: ReadonlyMap<string, string>
  /** The API takes this token no more. */
  revoke(token: string): void
  /** The token endpoint refuses the client from now on, or no longer. */
  refuseClients(isRefusing: boolean): void
  join(
    keys: Omit<RedisTokenStoreOptions, 'redis'>,
    options?: Partial<TokenClientOptions>,
  ): Promise<Member>
}

/** Starts them; everything ends with the test. */
export async function sharedTokensWorld(
  t: TestContext,
  { lifetimeSeconds = 3_600 } = {},
): Promise<SharedTokensWorld> {
  const redis = await startRedisServer()
  const counts = { tokenRequests: 0, apiCalls: 0 }
  const tokens = new Map<string, string>()
  const revoked = new Set<string>()
  let isRefusing = false
  const server = await startLoopbackServer(async (request, response) => {
    if (request.url === '/api') {
      counts.apiCalls += 1
      const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
      const isTaken = tokens.has(token) && !revoked.has(token)
      answer(response, isTaken ? 200 : 401, { isTaken })
      return
    }
    counts.tokenRequests += 1
    const scope = new URLSearchParams(await bodyOf(request)).get('scope') ?? ''
    if (isRefusing) return answer(response, 401, { error: 'invalid_client' })
    const token = Buffer.from(systemRandom.bytes(48)).toString('base64url')
    tokens.set(token, scope)
    const type = request.headers.dpop === undefined ? 'Bearer' : 'DPoP'
    const body = { access_token: token, token_type: type, expires_in: lifetimeSeconds, scope }
    answer(response, 200, body)
  })
  const members = new Set<Member>()
  t.after(async () => {
    await Promise.all([...members].map((member) => member.leave()))
    await server.close()
    await redis.stop()
  })
  return {
    ...{ redis, counts, tokens, api: `${server.origin}/api` },
    revoke: (token) => revoked.add(token),
    refuseClients: (refuses) => {
      isRefusing = refuses
    },
    join: async (keys, options = {}) => {
      const member = await join(redis, server.origin, keys, options)
      members.add(member)
      return member
    },
  }
}

async function join(
  redis: RedisProcess,
  origin: string,
  keys: Omit<RedisTokenStoreOptions, 'redis'>,
  options: Partial<TokenClientOptions>,
): Promise<Member> {
  const connection = await ioredisTo(redis)()
  // A busy machine is not a store in trouble.
  const store = redisTokenStore({ redis: connection.redis, deadlineMs: 5_000, ...keys })
  const events: TokenClientEvent[] = []
  const client = createTokenClient({
    tokenEndpoint: `${origin}/token`,
    ...{ clientId: the.clientId, scope: the.scope, allowedOrigins: [origin], store },
    ...(options.clientAuthentication === undefined && { clientSecret: the.clientSecret }),
    observer: (event) => events.push(event),
    ...options,
  })
  const leave = async (): Promise<void> => {
    await client.dispose()
    connection.end()
  }
  return { client, events, leave }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}

function answer(response: ServerResponse, status: number, body: object): void {
  const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' }
  const headers = { 'content-type': 'application/json', ...(status === 401 && challenge) }
  response.writeHead(status, headers).end(JSON.stringify(body))
}

/** Reasons for which a member refused shared entries. */
export function refusals({ events }: Member): readonly string[] {
  return events.flatMap((event) => (event.type === 'shared_entry_refused' ? [event.reason] : []))
}
