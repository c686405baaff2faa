/** The two Credicorp rings in front of an API, from both sides: our client, and whoever else sends requests. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { createTokenClient, type TokenClient } from '@mintmark/client'
import {
  clientAddressReader,
  createRings,
  type LimitEvent,
  limitPolicy,
  memoryLimiter,
  type RingOptions,
} from '@mintmark/limits'
import { createGuard, type GuardEvent } from '@mintmark/resource-server'
import { FakeClock } from '@mintmark/testkit'
import { createPartnerApi } from 'mintmark/partner-api'

const audience = 'https://api.example/partner/v1'
const scope = 'applications:write decisions:read'

interface RingedApi {
  readonly origin: string
  readonly clock: FakeClock
  readonly limitEvents: readonly LimitEvent[]
  readonly guardEvents: readonly GuardEvent[]
  /** Tokens that were issued. */
  issued(): number
  partner(id: string): TokenClient
  /** A call without our client. */
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/** The sample API and an authorization server of the Credicorp shape, all by one clock that the test moves. */
async function ringedApi(t: TestContext, options: Partial<RingOptions> = {}): Promise<RingedApi> {
  const clock = new FakeClock()
  const [limitEvents, guardEvents]: [LimitEvent[], GuardEvent[]] = [[], []]
  let issued = 0
  const running = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    server: (issuer) =>
      createAuthorizationServer({
        ...{ issuer, storage: sqlite(':memory:'), dialect: 'credicorp', clock },
        observer: ({ type }) => {
          if (type === 'token_issued') issued += 1
        },
      }),
  })
  const { registry } = running.server
  await registry.createResource({ id: audience, scope })
  const secrets = new Map<string, string>()
  for (const id of ['partner-a', 'partner-b']) {
    const created = await registry.createClient({ id, scope })
    assert.ok(created.ok)
    secrets.set(id, created.value.clientSecret?.reveal() ?? '')
  }
  const guard = createGuard({
    ...{ issuer: running.origin, audience, clock },
    observer: (event) => void guardEvents.push(event),
  })
  const limiter = memoryLimiter({ clock, observer: (event) => void limitEvents.push(event) })
  const server = createServer(
    createPartnerApi({
      ...{ doors: [{ path: '/partner/v1', guard }], clock },
      rings: createRings({ limiter, ...options }),
      addresses: clientAddressReader({ trustedProxies: ['127.0.0.2'] }),
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clients: TokenClient[] = []
  t.after(async () => {
    for (const client of clients) await client.dispose()
    guard.dispose()
    server.closeAllConnections()
    server.close()
    await running.close()
  })
  return {
    ...{ origin, clock, limitEvents, guardEvents, issued: () => issued },
    ask: (path, headers = {}) => fetch(origin + path, { headers }),
    partner(id) {
      const client = createTokenClient({
        ...{ issuer: running.origin, preset: 'credicorp', clock, resource: audience },
        ...{ clientId: id, clientSecret: secrets.get(id) ?? '', allowedOrigins: [origin] },
      })
      clients.push(client)
      return client
    },
  }
}

/** How many of `count` calls are answered with each status. */
async function counted(count: number, ask: (at: number) => Promise<Response>) {
  const statuses: Record<number, number> = {}
  for (let at = 0; at < count; at++) {
    const response = await ask(at)
    await response.arrayBuffer()
    statuses[response.status] = (statuses[response.status] ?? 0) + 1
  }
  return statuses
}

const waitMs = (response: Response): number => Number(response.headers.get('retry-after')) * 1_000

test('public ring: the 61st call in 60 s gets 429, and is served when it waited as that says [S2] [R9]', async (t) => {
  const { ask, clock } = await ringedApi(t)
  assert.deepEqual(await counted(60, () => ask('/public/v1/rates')), { 200: 60 })
  const refused = await ask('/public/v1/rates')
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('ratelimit-policy'), '"public";q=60;w=60')
  assert.match(refused.headers.get('ratelimit') ?? '', /^"public";r=0;t=\d+$/)
  assert.equal(refused.headers.get('content-type'), 'application/problem+json')
  const problem = (await refused.json()) as Record<string, unknown>
  assert.equal(problem.type, 'https://iana.org/assignments/http-problem-types#quota-exceeded')
  await clock.advance(waitMs(refused))
  assert.equal((await ask('/public/v1/rates')).status, 200)
  await clock.advance(60_000)
  assert.deepEqual(await counted(61, () => ask('/public/v1/rates')), { 200: 60, 429: 1 })
})

test('partner ring: 100 calls at once and ten a second, in the bucket of the credential [S2] [R9]', async (t) => {
  const { partner, origin, clock } = await ringedApi(t)
  const [a, b] = [partner('partner-a'), partner('partner-b')]
  const call = (client: TokenClient) => client.fetch(`${origin}/partner/v1/decisions`)
  const first = await call(a)
  assert.equal(first.headers.get('ratelimit-policy'), '"partner";q=600;w=60')
  assert.match(first.headers.get('ratelimit') ?? '', /^"partner";r=99;t=\d+$/)
  await first.arrayBuffer()
  assert.deepEqual(await counted(100, () => call(a)), { 200: 99, 429: 1 })
  // From the same address, and with another token of the same client.
  assert.deepEqual(await counted(10, () => call(b)), { 200: 10 })
  assert.deepEqual(await counted(1, () => call(partner('partner-a'))), { 429: 1 })
  await clock.advance(1_000)
  assert.deepEqual(await counted(12, () => call(a)), { 200: 10, 429: 2 })
})

test('our client hands a 429 over, keeps its token, and is served when it waited [S2] [C6]', async (t) => {
  const { partner, origin, clock, issued } = await ringedApi(t)
  const client = partner('partner-a')
  const call = () => client.fetch(`${origin}/partner/v1/decisions`)
  await counted(100, call)
  const token = await client.token()
  const refused = await call()
  assert.equal(refused.status, 429)
  await refused.arrayBuffer()
  assert.equal((await client.token()).fingerprint, token.fingerprint)
  await clock.advance(waitMs(refused))
  assert.equal((await call()).status, 200)
  assert.equal(issued(), 1)
})

const garbage: readonly ((at: number) => string)[] = [
  (at) => `Bearer ${'x'.repeat(at + 1)}`,
  (at) => `Bearer ${at}.e30.AA`,
  () => `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
  (at) => `Basic ${btoa(`user:${at}`)}`,
  () => '',
]

test('a flood of garbage from a partner’s address uses up the address, not the partner [S2] [R9]', async (t) => {
  const { ask, partner, origin } = await ringedApi(t)
  const client = partner('partner-a')
  const call = () => client.fetch(`${origin}/partner/v1/decisions`)
  assert.equal((await call()).status, 200)
  const flood = await counted(500, (at) =>
    ask('/partner/v1/decisions', { authorization: garbage[at % garbage.length]?.(at) ?? '' }),
  )
  assert.deepEqual(flood, { 401: 60, 429: 440 })
  const after = await call()
  assert.match(after.headers.get('ratelimit') ?? '', /^"partner";r=98;/)
  // Another partner behind the same address, whose token nobody has seen yet.
  assert.equal((await partner('partner-b').fetch(`${origin}/partner/v1/decisions`)).status, 200)
})

test('a refusal tells a stranger nothing about the bucket of a client [S2] [R9]', async (t) => {
  const { ask, partner, origin } = await ringedApi(t)
  const client = partner('partner-a')
  await counted(100, () => client.fetch(`${origin}/partner/v1/decisions`))
  const token = (await client.token()).reveal()
  const forged = `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(86)}`
  for (const authorization of [`Bearer ${forged}`, `Bearer ${token}x`]) {
    const refused = await ask('/partner/v1/decisions', { authorization })
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('ratelimit') ?? '', /^"public";/)
  }
})

test('an address that a caller writes into a header field itself counts for nothing [R9]', async (t) => {
  const { ask } = await ringedApi(t)
  const forged = (at: number) => ask('/public/v1/rates', { 'x-forwarded-for': `203.0.113.${at}` })
  assert.deepEqual(await counted(62, forged), { 200: 60, 429: 2 })
})

test('rings in shadow mode refuse nobody, say nothing, and tell their operator [S2] [R9]', async (t) => {
  const mode = 'shadow'
  const world = await ringedApi(t, {
    publicPolicies: [limitPolicy({ name: 'public', quota: 5, windowSeconds: 60, mode })],
    partnerPolicies: [limitPolicy({ name: 'partner', quota: 5, windowSeconds: 60, mode })],
  })
  const client = world.partner('partner-a')
  const call = () => client.fetch(`${world.origin}/partner/v1/decisions`)
  assert.deepEqual(await counted(10, () => world.ask('/public/v1/rates')), { 200: 10 })
  assert.deepEqual(await counted(10, call), { 200: 10 })
  assert.equal((await call()).headers.has('ratelimit'), false)
  const told = world.limitEvents.map(
    (event) => `${event.type} ${'policy' in event && event.policy}`,
  )
  assert.deepEqual([...new Set(told)], ['limit_would_exceed public', 'limit_would_exceed partner'])
})
