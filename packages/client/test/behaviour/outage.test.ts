import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClientEvent } from '@mintmark/client'
import { networkFailure, type Responder, the } from '@mintmark/testkit'
import {
  acquisitionError,
  clientWorld,
  emptyAnswer,
  failureOf,
  outcomeOf,
  tokenError,
} from '../client-world.ts'

function failuresIn(events: readonly TokenClientEvent[]) {
  return events.filter((event) => event.type === 'token_request_failed')
}

const down: Responder = emptyAnswer(503)

test('fails no call while the token is valid and the endpoint is down, with few attempts [C7]', async () => {
  const outages: readonly [what: string, fault: Responder][] = [
    ['503', down],
    ['garbage', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    [
      'no connection',
      () => {
        throw networkFailure('ECONNREFUSED')
      },
    ],
    ['silence', () => new Promise(() => undefined)],
    ['wrong secret', tokenError('invalid_client', 401)],
  ]
  for (const [what, fault] of outages) {
    const { client, tokenEndpoint, clock, network, events } = clientWorld()
    const token = await client.token()
    let attempts = 0
    network.respond(the.tokenEndpoint, (request) => {
      attempts += 1
      return fault(request)
    })
    await clock.advance(2_400_000)
    for (let second = 2400; second < 3569; second += 1) {
      await clock.advance(1_000)
      assert.equal(await client.token(), token, `${what}, after ${second} s`)
    }
    assert(attempts >= 3 && attempts <= 120, `${what}: ${attempts} attempts`)
    const { error } = failuresIn(events)[0] ?? {}
    assert.equal(error?.servedFromCacheUntil?.getTime(), token.expiresAt.getTime() - 30_000, what)
    // The endpoint comes back just before the end, and the client with it.
    network.respond(the.tokenEndpoint, tokenEndpoint.responder)
    await clock.advance(1_000)
    const next = outcomeOf(client.token({ deadlineMs: 400_000 }))
    await clock.advance(300_000)
    assert.equal((await outcomeOf(client.token())).value?.reveal(), tokenEndpoint.token(2), what)
    await next
  }
})

test('makes ten attempts or more in what is left of a token, spread over it [C7]', async () => {
  const { client, clock, network } = clientWorld({}, { expiresInSeconds: 300 })
  await client.token()
  const attemptsAt: number[] = []
  const start = clock.monotonicMs()
  network.respond(the.tokenEndpoint, (request) => {
    attemptsAt.push(clock.monotonicMs() - start)
    return down(request)
  })
  for (let at = 0; at < 269_900; at += 100) {
    await clock.advance(100)
    await client.token()
  }
  assert(attemptsAt.length >= 10, `${attemptsAt.length} attempts`)
  assert(attemptsAt.length <= 60, `${attemptsAt.length} attempts`)
  assert((attemptsAt.at(-1) ?? 0) > 255_000, 'attempts go on until the end')
})

test('fails at once with a typed error when there is no token, and waits for the next attempt then [C7]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  tokenEndpoint.fail(down, down)
  const first = await failureOf(client.token())
  assert.deepEqual(
    [first.code, first.kind, first.httpStatus, first.attempts],
    ['server_unavailable', 'transient', 503, 1],
  )
  assert(first.retryAfterMs !== undefined && first.retryAfterMs <= 251)
  const second = outcomeOf(client.token())
  const hasty = await failureOf(client.token({ deadlineMs: 10 }))
  assert.deepEqual([hasty.code, hasty.attempts], ['server_unavailable', 0])
  assert(hasty.retryAfterMs !== undefined && hasty.retryAfterMs > 10)
  await clock.advance(249)
  assert.equal(tokenEndpoint.requestCount, 1)
  await clock.advance(2)
  assert.equal(acquisitionError((await second).error).code, 'server_unavailable')
  assert.equal(tokenEndpoint.requestCount, 2)
  const third = client.token()
  await clock.advance(5_000)
  assert.equal((await third).reveal(), tokenEndpoint.token(1))
})

test('makes no more than one request per five seconds for callers without a token in a long outage [C7]', async () => {
  const { client, clock, network } = clientWorld()
  let attempts = 0
  network.respond(the.tokenEndpoint, (request) => {
    attempts += 1
    return down(request)
  })
  for (let second = 0; second < 600; second += 1) {
    for (let call = 0; call < 10; call += 1) void outcomeOf(client.token())
    await clock.advance(1_000)
  }
  assert(attempts >= 600 / 5 && attempts <= 600, `${attempts} attempts in ten minutes`)
})

test('repeats a request once whose connection broke, for somebody who waits [C7]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  const reset: Responder = () => {
    throw networkFailure('ECONNRESET')
  }
  tokenEndpoint.fail(reset)
  const token = client.token()
  await clock.advance(49)
  assert.equal(tokenEndpoint.requestCount, 1)
  await clock.advance(101)
  assert.equal((await token).reveal(), tokenEndpoint.token(1))

  client.forget()
  tokenEndpoint.fail(reset, reset)
  const failing = outcomeOf(client.token())
  await clock.advance(150)
  const { code, attempts, causeCode, kind } = acquisitionError((await failing).error)
  assert.deepEqual(
    [code, kind, attempts, causeCode],
    ['network_failed', 'transient', 2, 'ECONNRESET'],
  )
})

test('cuts a token request off after its own timeout, whatever the transport does [C7]', async () => {
  const { client, clock, network } = clientWorld({ tokenRequestTimeoutMs: 3_000 })
  const deaf = clientWorld({
    tokenRequestTimeoutMs: 3_000,
    transport: () => new Promise(() => undefined),
  })
  network.respond(the.tokenEndpoint, () => new Promise(() => undefined))
  for (const world of [{ client, clock }, deaf]) {
    const failing = outcomeOf(world.client.token())
    await world.clock.advance(3_000)
    const { code, kind, attempts } = acquisitionError((await failing).error)
    assert.deepEqual([code, kind, attempts], ['timed_out', 'transient', 1])
  }
})

test('treats a secret that cannot be read as an outage, and tells nothing of it [C10] [C11]', async () => {
  const sources: readonly (() => string | Promise<string>)[] = [
    () => {
      throw new Error(the.clientSecret)
    },
    () => Promise.reject(new Error(the.clientSecret)),
    () => '',
    () => undefined as unknown as string,
  ]
  for (const clientSecret of sources) {
    const { client, network } = clientWorld({ clientSecret })
    const error = await failureOf(client.token())
    assert.deepEqual(
      [error.code, error.kind, error.attempts],
      ['credential_unavailable', 'transient', 0],
    )
    assert.equal(error.cause, undefined)
    assert.equal(network.requests.length, 0)
  }
  const { client, clock } = clientWorld({ clientSecret: () => new Promise(() => undefined) })
  const hanging = outcomeOf(client.token({ deadlineMs: 20_000 }))
  await clock.advance(10_000)
  assert.equal(acquisitionError((await hanging).error).code, 'credential_unavailable')
})

test('lets callers whose token ran out during a background request join it [C3] [C5]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld({ tokenRequestTimeoutMs: 600_000 })
  await client.token()
  await clock.advance(3_060_000)
  tokenEndpoint.hold()
  await client.token()
  await clock.advance(510_000)
  const waiting = Promise.all([client.token(), client.token()])
  await clock.advance(0)
  tokenEndpoint.release()
  const [token] = await waiting
  assert.equal(token?.reveal(), tokenEndpoint.token(2))
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('never leaves a rejection unhandled, whoever leaves and whatever fails [C7]', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown): void => {
    unhandled.push(error)
  }
  process.on('unhandledRejection', onUnhandled)
  try {
    const { client, tokenEndpoint, clock, network } = clientWorld()
    await client.token()
    // A background renewal that nobody waits for fails in every way there is.
    const faults: readonly Responder[] = [
      down,
      tokenError('invalid_scope', 400),
      () => Promise.reject(networkFailure('ECONNRESET')),
      () => new Promise(() => undefined),
    ]
    for (const fault of faults) {
      const world = clientWorld()
      await world.client.token()
      world.network.respond(the.tokenEndpoint, fault)
      await world.clock.advance(3_100_000)
      await world.client.token()
      await world.clock.advance(20_000)
    }
    // Callers that leave before the failure, and a client that is disposed of in the middle.
    client.forget()
    network.respond(the.tokenEndpoint, () => new Promise(() => undefined))
    const caller = new AbortController()
    const left = outcomeOf(client.token({ signal: caller.signal }))
    await clock.advance(0)
    caller.abort()
    await left
    const disposed = outcomeOf(client.token())
    await client.dispose()
    await disposed
    await clock.advance(60_000)
    assert.equal(tokenEndpoint.requestCount, 1)
    assert.deepEqual(unhandled, [])
  } finally {
    process.off('unhandledRejection', onUnhandled)
  }
})
