/** A token endpoint behind a real port, and a client of it. */
import type { TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  createTokenClient,
  type TokenClient,
  type TokenClientEvent,
  type TokenClientOptions,
} from '@mintmark/client'
import {
  findSecret,
  responderListener,
  type ScriptedTokenEndpoint,
  type ScriptedTokenEndpointOptions,
  scriptedTokenEndpoint,
  startLoopbackServer,
  the,
} from '@mintmark/testkit'

/** The endpoint, a client with default options but those given, and what the client reported. */
export interface TokenService {
  readonly client: TokenClient
  readonly tokenEndpoint: ScriptedTokenEndpoint
  readonly events: readonly TokenClientEvent[]
}

/** Starts both; they end with the test. */
export async function tokenService(
  test: TestContext,
  options: Partial<TokenClientOptions> = {},
  endpoint: ScriptedTokenEndpointOptions = {},
): Promise<TokenService> {
  const tokenEndpoint = scriptedTokenEndpoint(endpoint)
  const server = await startLoopbackServer(responderListener(tokenEndpoint.responder))
  const events: TokenClientEvent[] = []
  const client = createTokenClient({
    tokenEndpoint: `${server.origin}/token`,
    ...{ clientId: the.clientId, clientSecret: the.clientSecret },
    observer: (event) => events.push(event),
    ...options,
  })
  test.after(() => Promise.all([client.dispose(), server.close()]))
  return { client, tokenEndpoint, events }
}

/** The form in which one of the secrets is in what a program prints of `value`; `undefined` when there is none. */
export function secretIn(
  value: unknown,
  { tokenEndpoint }: Pick<TokenService, 'tokenEndpoint'>,
): string | undefined {
  const output = printsOf(value).join('\n')
  const secrets = [the.clientSecret, ...[1, 2, 3].map((number) => tokenEndpoint.token(number))]
  return secrets.map((secret) => findSecret(output, secret)).find((form) => form !== undefined)
}

function printsOf(value: unknown): readonly string[] {
  const prints = [
    inspect(value, { depth: 10, showHidden: true }),
    String(value),
    JSON.stringify(value),
  ]
  if (!(value instanceof Error)) return prints
  return [...prints, String(value.stack), JSON.stringify({ ...value }), ...printsOf(value.cause)]
}

/** What a promise rejects with. Fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}
