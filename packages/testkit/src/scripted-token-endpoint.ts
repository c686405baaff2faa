/**
 * A token endpoint under the control of a test: it numbers the tokens it hands out, counts what it is asked, fails
 * when told to and can keep its answers back. A responder for `createScriptedTransport`, and with a small wrapper
 * for a real server.
 *
 * Invariants
 *  (1) Each request takes the next scripted fault; when none is left it gets a new token.
 *  (2) Tokens are numbered from 1 without gaps; a fault takes no number.
 *  (3) While held, requests are counted but not answered; `release` answers them in the order of arrival.
 */
import { AnswerGate } from './answer-gate.ts'
import { jsonResponse } from './json-response.ts'
import type { Responder } from './scripted-transport.ts'
import { seededRandom } from './seeded-random.ts'
import { type Overrides, some } from './some.ts'

const TOKEN_BYTES = 24

/** What the tokens of a {@link ScriptedTokenEndpoint} look like. */
export interface ScriptedTokenEndpointOptions {
  /** `expires_in` of each token, in seconds. Default 3600. */
  readonly expiresInSeconds?: number
  /** Members of the token response to set or, as `undefined`, to leave out. */
  readonly overrides?: Overrides
}

/** The endpoint, its counts, and what a test can make it do. */
export interface ScriptedTokenEndpoint {
  readonly responder: Responder
  /** Requests so far, held and failed ones included. */
  readonly requestCount: number
  /** Requests that wait for `release`. */
  readonly heldCount: number
  /** The token with that number, from 1; numbers not handed out yet are known already. */
  token(number: number): string
  /** Uses these faults for the next requests, one each, after those scripted before. */
  fail(...faults: readonly Responder[]): void
  hold(): void
  release(): void
}

/**
 * Makes an endpoint that answers every request with a new opaque token.
 *
 * Does not look at the request: what a client must send is asserted on the recorded requests.
 */
export function scriptedTokenEndpoint(
  options: ScriptedTokenEndpointOptions = {},
): ScriptedTokenEndpoint {
  const gate = new AnswerGate()
  let requestCount = 0
  let tokenCount = 0

  const issue = (): Response => {
    tokenCount += 1
    return jsonResponse(
      some.tokenResponse({
        access_token: opaqueToken(tokenCount),
        expires_in: options.expiresInSeconds ?? 3600,
        ...options.overrides,
      }),
    )
  }

  return {
    responder: (request) => {
      requestCount += 1
      return gate.pass(request, issue)
    },
    get requestCount() {
      return requestCount
    },
    get heldCount() {
      return gate.heldCount
    },
    token: opaqueToken,
    fail: (...faults) => gate.fail(...faults),
    hold: () => gate.hold(),
    release: () => gate.release(),
  }
}

/** Recomputable from its number, and random enough that no other text contains a piece of it. */
function opaqueToken(number: number): string {
  const bytes = seededRandom(number).bytes(TOKEN_BYTES)
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}
