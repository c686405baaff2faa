/** What can happen to a client, with what its flight recorder has to say of it. Played by `explain.test.ts`. */
import { jsonResponse, networkFailure, type Overrides, type Responder } from '@mintmark/testkit'
import type { TokenClientOptions } from '../../src/options.ts'
import { apiUrl, type ClientWorld, emptyAnswer, outcomeOf, tokenError } from '../client-world.ts'
import { api, bearerChallenge, unauthorized } from '../revocable-api.ts'

/** What happens, and what the recorder says of it in the end. */
export interface Scenario {
  readonly options?: Partial<TokenClientOptions>
  readonly answer?: Overrides
  readonly play: (world: ClientWorld) => Promise<unknown>
  readonly recorded: readonly string[]
}

const RENEWAL_DUE_MS = 3_100_000

export const scenarios: Readonly<Record<string, Scenario>> = {
  'a first call': {
    play: ({ client }) => client.token(),
    recorded: ['token_requested', 'token_obtained: empty, for 1'],
  },
  'a crowd that joins it': {
    play: ({ client }) => Promise.all(Array.from({ length: 100 }, () => client.token())),
    recorded: ['token_requested', 'token_obtained: empty, for 100'],
  },
  'a renewal in time': {
    play: (world) => renewal(world),
    recorded: ['token_requested', 'token_obtained: due, for 0'],
  },
  'a call that wants more life': {
    play: async ({ client, clock }) => {
      await client.token()
      await clock.advance(1_000_000)
      await client.token({ minTtlSeconds: 3_000 })
    },
    recorded: ['token_requested', 'token_obtained: too_short, for 1'],
  },
  'more life than the server grants': {
    play: ({ client }) => client.token({ minTtlSeconds: 86_400 }),
    recorded: ['token_obtained: empty, for 1', 'lifetime_floor_unreachable'],
  },
  'a revoked token': {
    play: (world) => {
      api(world).revoke(1)
      return world.client.fetch(apiUrl)
    },
    recorded: ['token_refused: token_invalid', 'token_requested', 'token_obtained: refused, for 1'],
  },
  'a 401 of the business': {
    play: (world) => refusedWith(world, () => new Response('locked', { status: 401 })),
    recorded: ['token_refused: no_bearer_challenge'],
  },
  'a missing scope': {
    play: (world) => refusedWith(world, () => unauthorized('Bearer error="insufficient_scope"')),
    recorded: ['token_refused: not_about_the_token'],
  },
  'a wrong audience': {
    play: (world) =>
      refusedWith(world, () => unauthorized(`${bearerChallenge}, reason="wrong_audience"`)),
    recorded: ['token_refused: renewal_would_not_help'],
  },
  'a stream that was refused': {
    play: (world) => {
      const stream = new Blob(['chunk']).stream()
      const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
      return refusedWith(world, () => unauthorized(), init)
    },
    recorded: ['token_refused: body_not_replayable'],
  },
  'a bare 401 to a request that may have had an effect': {
    options: { unauthorizedWithoutChallenge: 'renew' },
    play: (world) =>
      refusedWith(world, () => new Response(null, { status: 401 }), { method: 'POST' }),
    recorded: ['token_refused: not_safe_to_repeat'],
  },
  'an API that refuses every token': {
    play: async (world) => {
      await refusedWith(world, () => unauthorized())
      await world.client.fetch(apiUrl)
    },
    recorded: ['token_refused: replacement_refused'],
  },
  'an API that has refused too many': {
    play: async (world) => {
      world.network.respond(apiUrl, () => unauthorized())
      for (let minute = 0; minute < 7; minute += 1) {
        await world.client.fetch(apiUrl)
        await world.clock.advance(60_000)
      }
    },
    recorded: ['token_refused: renewal_budget_spent'],
  },
  'a call whose token another one renewed': {
    play: async ({ client, clock, network, tokenEndpoint }) => {
      network.respond(apiUrl, async (request) => {
        if (!request.headers.get('authorization')?.endsWith(tokenEndpoint.token(1))) {
          return jsonResponse({})
        }
        await new Promise<void>((resolve) => clock.schedule(100, resolve))
        return unauthorized()
      })
      await client.warm()
      const call = client.fetch(apiUrl)
      client.forget()
      await client.warm()
      await clock.advance(100)
      await call
    },
    recorded: ['token_refused: renewed_already'],
  },
  'a 401 from where a redirect led': {
    play: (world) =>
      refusedWith(world, () =>
        Object.defineProperties(unauthorized(), {
          redirected: { value: true },
          url: { value: 'https://elsewhere.example/' },
        }),
      ),
    recorded: ['token_refused: answered_elsewhere'],
  },
  'an outage in the background': {
    play: (world) => renewal(world, emptyAnswer(503)),
    recorded: ['token_requested', 'token_request_failed: due, server_unavailable, still served'],
  },
  'an outage without a token': {
    play: async ({ client, tokenEndpoint }) => {
      tokenEndpoint.fail(emptyAnswer(503))
      await outcomeOf(client.token())
    },
    recorded: ['token_requested', 'token_request_failed: empty, server_unavailable'],
  },
  'no connection': {
    play: (world) =>
      renewal(world, () => {
        throw networkFailure('ECONNREFUSED')
      }),
    recorded: ['token_request_failed: due, network_failed, still served'],
  },
  'a silent server': {
    play: async (world) => {
      await renewal(world, () => new Promise(() => undefined))
      await world.clock.advance(10_000)
    },
    recorded: ['token_requested', 'token_request_failed: due, timed_out, still served'],
  },
  'rubbish instead of a token': {
    play: (world) => renewal(world, () => new Response('<html>')),
    recorded: ['token_request_failed: due, response_not_conforming, still served'],
  },
  'a server that wants a pause': {
    play: (world) => renewal(world, emptyAnswer(429, { 'retry-after': '60' })),
    recorded: ['token_requested', 'token_request_failed: due, rate_limited, still served'],
  },
  'a wrong secret': {
    play: (world) => renewal(world, tokenError('invalid_client', 401)),
    recorded: [
      'circuit_opened: credential',
      'token_request_failed: due, client_refused, still served',
    ],
  },
  'a scope that is not to be had': {
    play: (world) => renewal(world, tokenError('invalid_scope', 400)),
    recorded: [
      'circuit_opened: request',
      'token_request_failed: due, request_refused, still served',
    ],
  },
  'a secret that is right again': {
    play: async (world) => {
      await renewal(world, tokenError('invalid_client', 401))
      await world.clock.advance(30_000)
      await world.client.token()
      await world.clock.advance(0)
    },
    recorded: ['token_requested', 'circuit_closed: credential', 'token_obtained: due, for 0'],
  },
  'a token of unknown lifetime': {
    answer: { expires_in: undefined },
    play: ({ client }) => client.token(),
    recorded: ['lifetime_missing', 'token_obtained: empty, for 1'],
  },
  'lifetimes too short for the outage to survive': {
    options: { surviveOutageSeconds: 7_200 },
    play: ({ client }) => client.token(),
    recorded: ['outage_budget_unreachable', 'token_obtained: empty, for 1'],
  },
  'less than was asked for': {
    answer: { scope: 'decisions:read' },
    play: ({ client }) => outcomeOf(client.token()),
    recorded: [
      'scope_narrowed: not accepted',
      'circuit_opened: request',
      'token_request_failed: empty, scope_narrowed',
    ],
  },
  'more callers than may wait': {
    options: { waitersMax: 1 },
    play: ({ client }) => Promise.all([client.token(), outcomeOf(client.token())]),
    recorded: ['callers_turned_away', 'token_requested', 'token_obtained: empty, for 1'],
  },
  'a budget that is spent': {
    options: { mintBudget: { perHour: 1 } },
    play: ({ client }) => client.token(),
    recorded: ['mint_budget_spent', 'token_requested', 'token_obtained: empty, for 1'],
  },
  'a cache that is cleared by hand': {
    play: async ({ client }) => {
      await client.token()
      client.forget()
    },
    recorded: ['tokens_forgotten'],
  },
}

/** A renewal in the background, answered by `faults` if there are any. */
async function renewal(
  { client, clock, tokenEndpoint }: ClientWorld,
  ...faults: readonly Responder[]
): Promise<void> {
  await client.token()
  tokenEndpoint.fail(...faults)
  await clock.advance(RENEWAL_DUE_MS)
  await client.token()
  await clock.advance(0)
}

function refusedWith(
  { client, network }: ClientWorld,
  answer: () => Response,
  init?: RequestInit,
): Promise<Response> {
  network.respond(apiUrl, answer)
  return client.fetch(apiUrl, init)
}
