/** The two Credicorp rings at the token endpoint, from both sides: our client, and somebody with a raw request. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import {
  type AuthorizationServerEvent,
  createAuthorizationServer,
  listen,
  sqlite,
} from '@mintmark/authorization-server'
import { createTokenClient, TokenAcquisitionError } from '@mintmark/client'
import { FakeClock } from '@mintmark/testkit'

const resource = 'https://api.example'
const scope = 'applications:write decisions:read'

interface Ring extends AsyncDisposable {
  readonly origin: string
  readonly clock: FakeClock
  readonly events: AuthorizationServerEvent[]
  readonly secret: string
  ask(clientSecret?: string, headers?: Record<string, string>): Promise<Response>
}

/** For a caller that does not want to wait for a pause to end. */
const soon = { deadlineMs: 500 }

/** A server as Credicorp's, on a port, by a clock that the test moves. */
async function serve(): Promise<Ring> {
  const clock = new FakeClock()
  const events: AuthorizationServerEvent[] = []
  const running = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (issuer) =>
      createAuthorizationServer({
        ...{ issuer, storage: sqlite(':memory:'), dialect: 'credicorp', clock },
        observer: (event) => void events.push(event),
      }),
  })
  const { registry } = running.server
  await registry.createResource({ id: resource, scope })
  const created = await registry.createClient({ id: 'partner-a', scope })
  assert.ok(created.ok)
  const secret = created.value.clientSecret?.reveal() ?? ''
  const ask = (clientSecret = secret, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${running.origin}/partner/v1/oauth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        ...{ grant_type: 'client_credentials', scope: 'decisions:read' },
        ...{ client_id: 'partner-a', client_secret: clientSecret },
      }),
    })
  return {
    ...{ origin: running.origin, clock, events, secret, ask },
    [Symbol.asyncDispose]: () => running.close(),
  }
}

async function statusesOf(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const statuses: number[] = []
  for (let at = 0; at < count; at++) {
    const response = await ask()
    statuses.push(response.status)
    await response.arrayBuffer()
  }
  return statuses
}

function wait(response: Response): number {
  return Number(response.headers.get('retry-after')) * 1_000
}

test('public ring: the 61st anonymous request in a minute gets 429 and the right time to wait [S2] [A10]', async () => {
  await using ring = await serve()
  const statuses = await statusesOf(60, () => ring.ask('wrong-secret'))
  assert.deepEqual([...new Set(statuses)], [401])
  const refused = await ring.ask('wrong-secret')
  assert.equal(refused.status, 429)
  const policy = refused.headers.get('ratelimit-policy') ?? ''
  assert.ok(policy.startsWith('"public";q=60;w=60'), policy)
  const body = (await refused.json()) as Record<string, string>
  assert.equal(body.error, 'temporarily_unavailable')
  await ring.clock.advance(wait(refused))
  assert.equal((await ring.ask()).status, 200)
})

test('partner ring: 100 tokens at once and ten a second, and each answer says what is left [S2] [A10]', async () => {
  await using ring = await serve()
  const first = await ring.ask()
  assert.equal(first.headers.get('ratelimit-policy'), '"partner";q=600;w=60')
  assert.match(first.headers.get('ratelimit') ?? '', /^"partner";r=99;t=\d+$/)
  assert.deepEqual([...new Set(await statusesOf(99, () => ring.ask()))], [200])
  const refused = await ring.ask()
  assert.equal(refused.status, 429)
  await ring.clock.advance(wait(refused))
  assert.equal((await ring.ask()).status, 200)
  await ring.clock.advance(60_000)
  assert.deepEqual([...new Set(await statusesOf(100, () => ring.ask()))], [200])
})

test('our client waits as the ring says, sends nothing meanwhile, and gets its token then [S2] [C7]', async () => {
  await using ring = await serve()
  await statusesOf(100, () => ring.ask())
  const client = createTokenClient({
    ...{ issuer: ring.origin, preset: 'credicorp', clientId: 'partner-a' },
    ...{ clientSecret: ring.secret, scope: 'decisions:read', clock: ring.clock },
  })
  const failed = await client.token(soon).then(
    () => assert.fail('there was room'),
    (error: unknown) => error,
  )
  assert.ok(failed instanceof TokenAcquisitionError)
  assert.equal(failed.kind, 'throttled')
  const refusals = () => ring.events.filter(({ type }) => type === 'request_refused').length
  const before = refusals()
  await assert.rejects(client.token(soon), { kind: 'throttled' })
  assert.equal(refusals(), before)
  await ring.clock.advance(failed.retryAfterMs ?? 0)
  assert.equal((await client.token()).scope, 'decisions:read')
  await client.dispose()
})

test('partners behind one address do not share a bucket, and guessing uses up no partner’s [S2] [A10]', async () => {
  await using ring = await serve()
  await statusesOf(59, () => ring.ask('wrong-secret'))
  const granted = await ring.ask()
  assert.match(granted.headers.get('ratelimit') ?? '', /^"partner";r=99;/)
})

test('our client obeys the Retry-After of a ring that somebody else made [S2] [C7]', async (t) => {
  const clock = new FakeClock()
  let taken = 0
  const other = createServer((_request, response) => {
    taken += 1
    if (taken > 1) {
      response.setHeader('content-type', 'application/json')
      response.end('{"access_token":"at-1","token_type":"Bearer","expires_in":900}')
    } else response.writeHead(429, { 'retry-after': '7' }).end('Too many requests')
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.after(() => other.close().closeAllConnections())
  const address = other.address()
  assert.ok(typeof address === 'object' && address !== null)
  const client = createTokenClient({
    tokenEndpoint: `http://127.0.0.1:${address.port}/partner/v1/oauth/token`,
    ...{ preset: 'credicorp', clientId: 'partner-a', clientSecret: 'a-secret-of-theirs', clock },
  })
  await assert.rejects(client.token(soon), { kind: 'throttled', retryAfterMs: 7_000 })
  await clock.advance(6_000)
  await assert.rejects(client.token(soon), { kind: 'throttled' })
  assert.equal(taken, 1)
  await clock.advance(1_000)
  await client.token()
  assert.equal(taken, 2)
  await client.dispose()
})
