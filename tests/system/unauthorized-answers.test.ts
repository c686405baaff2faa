/** What 401 answers cost a token endpoint, over real sockets (requirement C6). */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { createTokenClient, type TokenClient, type TokenClientOptions } from '@mintmark/client'
import type { RefusalReason } from '@mintmark/resource-server'
import { some, startLoopbackServer, the } from '@mintmark/testkit'

interface World {
  readonly client: TokenClient
  readonly url: string
  readonly requests: { token: number; api: number }
}

/** The challenge that the API answers to a token with; `undefined` to serve it, an empty text for none. */
type Judge = (token: string, number: number) => string | undefined

const invalidToken = 'Bearer error="invalid_token"'

/** A client, a token endpoint that numbers its tokens, and an API that judges them. */
async function world(
  context: TestContext,
  judge: Judge,
  options: Partial<TokenClientOptions> = {},
): Promise<World> {
  const requests = { token: 0, api: 0 }
  const issuing: RequestListener = (_request, response) => {
    requests.token += 1
    response.setHeader('content-type', 'application/json')
    response.end(some.tokenResponse({ access_token: `an-opaque-token-${requests.token}` }))
  }
  const serving: RequestListener = (request, response) => {
    requests.api += 1
    const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
    const challenge = judge(token, requests.api)
    if (challenge === undefined) return void response.end('served')
    if (challenge !== '') response.setHeader('www-authenticate', challenge)
    response.writeHead(401).end(`refused, answer ${requests.api}`)
  }
  const [issuer, api] = await Promise.all([issuing, serving].map(startLoopbackServer))
  context.after(() => Promise.all([issuer?.close(), api?.close()]))
  const client = createTokenClient({
    tokenEndpoint: `${issuer?.origin}/token`,
    clientId: the.clientId,
    clientSecret: the.clientSecret,
    ...options,
  })
  return { client, url: `${api?.origin}/orders`, requests }
}

/** Makes calls, some at the same time, and gives their statuses. */
async function statusesOf(
  { client, url }: World,
  calls: number,
  atOnce: number,
): Promise<readonly number[]> {
  const statuses: number[] = []
  let left = calls
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const response = await client.fetch(url)
      await response.arrayBuffer()
      statuses.push(response.status)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return statuses
}

test('makes three token requests at most for 10,000 calls to an API that says 401 [C6]', async (context) => {
  const calls = 10_000
  const made = await world(context, () => invalidToken)
  const first = await statusesOf(made, 10, 1)
  const statuses = [...first, ...(await statusesOf(made, calls - 10, 20))]
  assert.equal(statuses.filter((status) => status === 401).length, calls)
  assert(made.requests.token <= 3, `${made.requests.token} token requests`)
  assert(made.requests.api <= calls + 3, `${made.requests.api} calls arrived`)
})

test('costs such an API one retry for each call in flight with a replaced token [C6]', async (context) => {
  const [calls, atOnce] = [500, 50]
  const made = await world(context, () => invalidToken)
  await statusesOf(made, calls, atOnce)
  assert(made.requests.token <= 3, `${made.requests.token} token requests`)
  assert(made.requests.api <= calls + 2 * atOnce, `${made.requests.api} calls arrived`)
})

test('makes one token request for a thousand calls in flight with one revoked token [C6]', async (context) => {
  const held: (() => void)[] = []
  const made = await world(context, () => undefined)
  await made.client.warm()
  const revoked = 'an-opaque-token-1'
  const api = await startLoopbackServer((request, response) => {
    if (!request.headers.authorization?.endsWith(revoked)) return void response.end('served')
    held.push(() => response.writeHead(401, { 'www-authenticate': invalidToken }).end())
    // All of them carry the token before the first hears that it is revoked.
    if (held.length === 1_000) for (const refuse of held) refuse()
  })
  context.after(() => api.close())
  const view = made.client.for({ allowedOrigins: [api.origin] })
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async () => (await view.fetch(`${api.origin}/orders`)).text()),
  )
  assert.equal(answers.filter((text) => text === 'served').length, 1_000)
  assert.equal(made.requests.token, 2)
})

test('returns the first answer, body and all, when a 401 is about the business [C6]', async (context) => {
  for (const challenge of ['', 'Basic realm="users"', 'Bearer error="insufficient_scope"']) {
    const made = await world(context, () => challenge)
    const response = await made.client.fetch(made.url, { method: 'POST', body: 'an order' })
    assert.equal(response.status, 401)
    assert.equal(await response.text(), 'refused, answer 1')
    assert.deepEqual(made.requests, { token: 1, api: 1 })
  }
})

/** What a new token of the same request can do about each reason: one that is missing here does not compile. */
const cures: Readonly<Record<RefusalReason, 'cured' | 'hopeless' | 'no 401 about the token'>> = {
  bad_signature: 'cured',
  expired: 'cured',
  inactive: 'cured',
  revoked: 'cured',
  unknown_key: 'cured',
  // The client has a newer one since: the next token is bound to that.
  wrong_certificate: 'cured',
  dpop_not_accepted: 'hopeless',
  lifetime_too_long: 'hopeless',
  malformed: 'hopeless',
  malformed_claim: 'hopeless',
  missing_certificate: 'hopeless',
  missing_claim: 'hopeless',
  not_bound: 'hopeless',
  not_yet_valid: 'hopeless',
  sender_constrained: 'hopeless',
  wrong_algorithm: 'hopeless',
  wrong_audience: 'hopeless',
  wrong_issuer: 'hopeless',
  wrong_type: 'hopeless',
  insufficient_scope: 'no 401 about the token',
  malformed_proof: 'no 401 about the token',
  missing_proof: 'no 401 about the token',
  nonce_needed: 'no 401 about the token',
  rate_limited: 'no 401 about the token',
  repeated_credentials: 'no 401 about the token',
  repeated_proof: 'no 401 about the token',
  replayed_proof: 'no 401 about the token',
  stale_proof: 'no 401 about the token',
  token_in_query: 'no 401 about the token',
  unavailable: 'no 401 about the token',
  wrong_proof_key: 'no 401 about the token',
  wrong_proof_signature: 'no 401 about the token',
  wrong_proof_target: 'no 401 about the token',
  wrong_proof_token: 'no 401 about the token',
}

test('spends on each reason of the guard what it can gain, and no more [C6]', async (context) => {
  for (const [reason, cure] of Object.entries(cures)) {
    if (cure === 'no 401 about the token') continue
    const challenge = `${invalidToken}, reason="${reason}"`
    const made = await world(context, (token) => (token.endsWith('-1') ? challenge : undefined))
    const { status } = await made.client.fetch(made.url)
    const expected = cure === 'cured' ? [200, { token: 2, api: 2 }] : [401, { token: 1, api: 1 }]
    assert.deepEqual([status, made.requests], expected, reason)
  }
})

test('takes a bare 401 for one about the token where it is told to [C6] [S4]', async (context) => {
  const rows: readonly (readonly [init: RequestInit, status: number])[] = [
    [{}, 200],
    [{ method: 'PUT', body: 'an order' }, 200],
    [{ method: 'POST', body: 'an order', headers: { 'idempotency-key': '7' } }, 200],
    [{ method: 'POST', body: 'an order' }, 401],
  ]
  for (const [init, status] of rows) {
    const refusesFirst: Judge = (token) => (token.endsWith('-1') ? '' : undefined)
    const made = await world(context, refusesFirst, { unauthorizedWithoutChallenge: 'renew' })
    assert.equal((await made.client.fetch(made.url, init)).status, status)
    // Whatever became of this call, the next one has a new token.
    assert.equal((await made.client.fetch(made.url)).status, 200)
    assert.deepEqual(made.requests, { token: 2, api: status === 200 ? 3 : 2 })
  }
})
