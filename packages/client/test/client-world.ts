/**
 * A client in a world that a test controls: clock, network, token endpoint and events. Fresh for
 * each test.
 */
import assert from 'node:assert/strict'
import {
  createTokenClient,
  TokenAcquisitionError,
  type TokenClient,
  type TokenClientEvent,
} from '@mintmark/client'
import {
  createScriptedTransport,
  FakeClock,
  jsonResponse,
  type ScriptedTokenEndpoint,
  type ScriptedTokenEndpointOptions,
  type ScriptedTransport,
  scriptedTokenEndpoint,
  seededRandom,
  some,
  the,
} from '@mintmark/testkit'
import type { TokenClientOptions } from '../src/options.ts'

export interface ClientWorld {
  readonly client: TokenClient
  readonly clock: FakeClock
  readonly network: ScriptedTransport
  readonly tokenEndpoint: ScriptedTokenEndpoint
  readonly events: readonly TokenClientEvent[]
}

/** The resource server's one URL. */
export const apiUrl = `${the.audience}/decisions`

/**
 * A client with default options but those given, and a token endpoint that answers unless told
 * otherwise.
 */
export function clientWorld(
  options: Partial<TokenClientOptions> = {},
  endpoint: ScriptedTokenEndpointOptions = {},
): ClientWorld {
  const clock = new FakeClock()
  const network = createScriptedTransport()
  const tokenEndpoint = scriptedTokenEndpoint(endpoint)
  network.respond(the.tokenEndpoint, tokenEndpoint.responder)
  const events: TokenClientEvent[] = []
  const client = createTokenClient({
    ...(options.issuer === undefined && { tokenEndpoint: the.tokenEndpoint }),
    clientId: the.clientId,
    ...(options.clientAuthentication === undefined && { clientSecret: the.clientSecret }),
    scope: the.scope,
    clock,
    random: seededRandom(1),
    transport: network.transport,
    observer: (event) => events.push(event),
    ...options,
  })
  return { client, clock, network, tokenEndpoint, events }
}

/**
 * What a promise came to. Attached at once, so that a rejection in the meantime is not an unhandled
 * one.
 */
export interface Outcome<Value> {
  readonly value?: Value
  readonly error?: unknown
}

/** Follows a promise; the result itself never rejects. */
export function outcomeOf<Value>(promise: Promise<Value>): Promise<Outcome<Value>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/** Asserts that `error` is the client's own. */
export function acquisitionError(error: unknown): TokenAcquisitionError {
  assert(error instanceof TokenAcquisitionError)
  return error
}

/** Asserts that a promise rejects with the client's own error, and gives it. */
export async function failureOf(promise: Promise<unknown>): Promise<TokenAcquisitionError> {
  return acquisitionError((await outcomeOf(promise)).error)
}

/** A fault: an error answer of the token endpoint (RFC 6749 section 5.2). */
export function tokenError(error: string, status: number, headers: Record<string, string> = {}) {
  return () => jsonResponse(some.tokenError({ error }), { status, headers })
}

/** A fault: an answer without a body. */
export function emptyAnswer(status: number, headers: Record<string, string> = {}) {
  return () => new Response(null, { status, headers })
}
