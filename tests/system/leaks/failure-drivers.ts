/** For every failure code the ways into it: options for a client, and what to do with it. */
import {
  type ClientAuthentication,
  clientAssertion,
  clientSecretBasic,
  clientSecretJson,
  clientSecretJwt,
  clientSecretPost,
  dpop,
  privateKeyJwt,
  type SenderBinder,
  type TokenClient,
  type TokenClientOptions,
} from '@mintmark/client'
import type { RandomSource } from '@mintmark/runtime'
import { fixtureKeys } from '@mintmark/testkit'
import { clientId, knownSecrets } from './known-secrets.ts'
import { malformedAnswers } from './token-answers.ts'

/** One way to drive a client into a failure. */
export interface FailureDriver {
  readonly options: Partial<TokenClientOptions>
  /** Default: asks for a token. */
  readonly act?: (client: TokenClient) => Promise<unknown>
}

/** The drivers by the code in which each must end, with a partner at `origin`. */
export function failureDrivers(origin: string): Readonly<Record<string, readonly FailureDriver[]>> {
  const at = (name: string, more: Partial<TokenClientOptions> = {}): FailureDriver => ({
    options: { tokenEndpoint: `${origin}/token/${name}`, ...more },
  })
  const under = (name: string): FailureDriver => ({ options: { issuer: `${origin}/${name}` } })
  return {
    network_failed: [
      { options: { tokenEndpoint: 'http://127.0.0.1:9/token' } },
      { options: { tokenEndpoint: `https://${knownSecrets.wireText}.invalid/token` } },
      { options: { tokenEndpoint: origin.replace('http:', 'https:') } },
      at('hung-up'),
      at('cut-off'),
      at('good', { transport: throwingTransport }),
    ],
    timed_out: [at('never', { tokenRequestTimeoutMs: 30 })],
    deadline_exceeded: [at('never', { deadlineMs: 30 })],
    server_unavailable: [at('unavailable'), at('unavailable-page')],
    response_not_conforming: Object.keys(malformedAnswers)
      .filter((name) => !tolerated.has(name) && name !== 'cut-off')
      .map((name) => at(name)),
    metadata_unavailable: [under('unavailable'), under('absent')],
    credential_unavailable: [at('good', { clientSecret: unableToGiveTheSecret })],
    internal_failure: [at('good', { random: brokenRandom() })],
    nonce_refused: [at('nonce-wanted', { senderBinding: withProofs() })],
    rate_limited: [at('rate-limited')],
    mint_budget_spent: [
      {
        ...at('good', { mintBudget: { perHour: 5, isEnforced: true } }),
        act: spendingAll,
      },
    ],
    client_refused: [
      at('client-refused-in-own-words'),
      ...everyAuthentication().map((clientAuthentication) =>
        at('client-refused', { clientAuthentication }),
      ),
    ],
    client_not_permitted: [at('client-not-permitted')],
    request_refused: [at('scope-refused'), at('secret-as-code'), at('error-in-success')],
    token_not_usable: [at('expired')],
    proof_refused: [at('proof-refused', { senderBinding: withProofs() })],
    token_type_mismatch: [at('other-type'), at('good', { senderBinding: withProofs() })],
    scope_narrowed: [at('narrowed')],
    endpoint_misconfigured: [at('redirect'), at('absent')],
    metadata_not_conforming: [under('of-another')],
    token_endpoint_foreign: [under('foreign')],
    authentication_not_supported: [under('other-methods')],
    origin_not_allowed: [
      {
        ...at('good', { allowedOrigins: [origin] }),
        act: (client) => client.fetch(`https://elsewhere.example/?t=${knownSecrets.query}`),
      },
    ],
    too_many_waiters: [{ ...at('never', { waitersMax: 1 }), act: twoCallers }],
    aborted: [{ ...at('never'), act: (client) => client.token({ signal: abortedSoon() }) }],
    disposed: [{ ...at('good'), act: disposedAndAsked }],
  }
}

/** Malformed answers that the client can live with: what is wrong with them says nothing about the token. */
export const tolerated: ReadonlySet<string> = new Set<string>(['null-renewal-token'])

/** The options that every client here has unless its driver says otherwise. */
export function usualOptions(more: Partial<TokenClientOptions>): TokenClientOptions {
  return {
    clientId,
    ...(more.clientAuthentication === undefined && { clientSecret: knownSecrets.clientSecret }),
    scope: 'a b',
    extraParameters: { extension: knownSecrets.parameter },
    deadlineMs: 3_000,
    ...more,
  }
}

/** Every way to authenticate that has something to hide. */
export function everyAuthentication(): readonly ClientAuthentication[] {
  const { clientSecret, otherClientSecret, federatedAssertion } = knownSecrets
  return [
    clientSecretBasic(clientSecret),
    clientSecretBasic(clientSecret, { encoding: 'raw' }),
    clientSecretPost(clientSecret),
    clientSecretJson(clientSecret),
    clientSecretJwt(`${clientSecret}${otherClientSecret}`),
    privateKeyJwt({ key: fixtureKeys.ES256 }),
    clientAssertion(() => federatedAssertion),
  ]
}

/** A binding whose key is known, so that it can be looked for. */
export function withProofs(): SenderBinder {
  return dpop({ key: fixtureKeys.EdDSA })
}

/** Fails as HTTP libraries do: with an error that holds the whole request. */
async function throwingTransport(input: unknown, init?: RequestInit): Promise<Response> {
  const error = new TypeError(`request failed: ${String(init?.body)}`)
  const { headers, body } = init ?? {}
  throw Object.assign(error, { code: 'ECONNRESET', config: { input, headers, body } })
}

function unableToGiveTheSecret(): string {
  throw new Error(`the vault's entry ${knownSecrets.otherClientSecret} has expired`)
}

/** Fails once, at the first draw for an instant of renewal, which takes six bytes. */
function brokenRandom(): RandomSource {
  let isBroken = true
  return {
    bytes: (length) => {
      if (!isBroken || length > 6) return new Uint8Array(length)
      isBroken = false
      throw new Error('the source of randomness is exhausted')
    },
  }
}

function abortedSoon(): AbortSignal {
  return AbortSignal.timeout(20)
}

async function twoCallers(client: TokenClient): Promise<unknown> {
  const waiting = client.token({ deadlineMs: 30 }).catch(() => undefined)
  return await client.token().finally(() => waiting)
}

async function spendingAll(client: TokenClient): Promise<unknown> {
  for (let round = 0; round < 5; round += 1) {
    await client.token()
    client.forget()
  }
  return await client.token()
}

async function disposedAndAsked(client: TokenClient): Promise<unknown> {
  await client.token()
  await client.dispose()
  return await client.token()
}
