/** The credentials and the interceptor for gRPC, with the real library and a server with TLS. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { dpop, TokenAcquisitionError, type TokenClientOptions } from '@mintmark/client'
import { authorizeGrpc } from '@mintmark/client/grpc'
import { jsonResponse, type ScriptedTokenEndpointOptions } from '@mintmark/testkit'
import { eventually } from '../service-world.ts'
import { type CallOptions, lend, list, type Refusal, startGrpcServer } from './grpc-world.ts'
import { errorOf, secretIn, tokenService } from './token-service.ts'

async function grpcWorld(
  t: TestContext,
  options: Partial<TokenClientOptions> = {},
  endpoint: ScriptedTokenEndpointOptions = {},
) {
  const service = await tokenService(t, options, endpoint)
  const refusals = new Map<string, Refusal>()
  const server = await startGrpcServer(t, (authorization) => refusals.get(authorization))
  const carrying = (number: number) => `Bearer ${service.tokenEndpoint.token(number)}`
  const refuse = (number: number, challenge?: string) => {
    const code = status.UNAUTHENTICATED
    refusals.set(carrying(number), challenge === undefined ? { code } : { code, challenge })
  }
  return { ...service, server, arrivals: server.arrivals, carrying, refuse }
}

async function statusOf(promise: Promise<unknown>): Promise<ServiceError & { cause?: unknown }> {
  const error = await errorOf(promise)
  assert(error instanceof Error && 'code' in error && 'details' in error)
  return error as ServiceError
}

test('attaches the token to unary calls and streams, one for fifty cold calls [C14] [C5]', async (t) => {
  const { arrivals, carrying, client, server, tokenEndpoint } = await grpcWorld(t)
  const books = server.connect(client)
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => lend(books, `book ${index}`)),
  )
  assert.equal(answers[49], 'book 49')
  assert.deepEqual(await list(books, 'all'), ['all'])
  assert.equal(arrivals.length, 51)
  assert.deepEqual(new Set(arrivals), new Set([carrying(1)]))
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('attaches the token without the interceptor as well [C14]', async (t) => {
  const { arrivals, carrying, client, server } = await grpcWorld(t)
  assert.equal(await lend(server.connect(client, { withInterceptor: false }), 'Emma'), 'Emma')
  assert.deepEqual(arrivals, [carrying(1)])
})

test('repeats all unary calls that a revoked token broke, for one new token [C14] [C6]', async (t) => {
  const { arrivals, carrying, client, refuse, server, tokenEndpoint } = await grpcWorld(t)
  const books = server.connect(client)
  await lend(books, 'Emma')
  refuse(1)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => lend(books, `book ${index}`)),
  )
  assert.deepEqual(
    answers,
    Array.from({ length: 20 }, (_, index) => `book ${index}`),
  )
  assert.equal(arrivals.filter((authorization) => authorization === carrying(2)).length, 20)
  assert.equal(arrivals.length, 41)
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('repeats once and no more at a server that always refuses [C14] [C6] [C10]', async (t) => {
  const world = await grpcWorld(t)
  const { arrivals, carrying, client, refuse, server, tokenEndpoint } = world
  for (let number = 1; number <= 9; number++) refuse(number)
  const books = server.connect(client)
  const error = await statusOf(lend(books, 'Emma'))
  assert.equal(error.code, status.UNAUTHENTICATED)
  assert.equal(error.details, 'refused by the server')
  assert.equal(secretIn(error, world), undefined)
  assert.deepEqual(arrivals, [carrying(1), carrying(2)])
  for (let call = 0; call < 20; call++) await statusOf(lend(books, 'Emma'))
  assert(arrivals.length <= 42)
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('never repeats a stream, but gives the next call another token [C14] [C6]', async (t) => {
  const world = await grpcWorld(t)
  const { arrivals, carrying, client, refuse, server, tokenEndpoint } = world
  const books = server.connect(client)
  refuse(1)
  const error = await statusOf(list(books, 'all'))
  assert.equal(error.code, status.UNAUTHENTICATED)
  assert.equal(secretIn(error, world), undefined)
  assert.deepEqual(arrivals, [carrying(1)])
  assert.deepEqual(await list(books, 'all'), ['all'])
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('leaves a refusal alone that says it is about something else [C14] [C6]', async (t) => {
  const { arrivals, client, refuse, server, tokenEndpoint } = await grpcWorld(t)
  refuse(1, 'Bearer error="insufficient_scope"')
  const error = await statusOf(lend(server.connect(client), 'Emma'))
  assert.equal(error.details, 'refused by the server')
  assert.equal(arrivals.length, 1)
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('hands over the refusal when there is no new token to be had [C14] [C6] [C7]', async (t) => {
  const { arrivals, client, refuse, server, tokenEndpoint } = await grpcWorld(t)
  const books = server.connect(client)
  await lend(books, 'Emma')
  refuse(1)
  tokenEndpoint.fail(() => jsonResponse({ error: 'invalid_client' }, { status: 401 }))
  const error = await statusOf(lend(books, 'Emma'))
  assert.equal(error.details, 'refused by the server')
  assert.equal(arrivals.length, 2)
})

test('sends nothing to a host that the token may not be sent to [C14] [C12]', async (t) => {
  const world = await grpcWorld(t, { allowedOrigins: ['https://books.example'] })
  const error = await statusOf(lend(world.server.connect(world.client), 'Emma'))
  assert.equal(error.code, status.UNAUTHENTICATED)
  assert(error.cause instanceof TokenAcquisitionError)
  assert.equal(error.cause.code, 'origin_not_allowed')
  assert.deepEqual(world.arrivals, [])
  assert.equal(world.tokenEndpoint.requestCount, 0)
})

test('goes by the port of the given URL, and to no other host than that of the URL [C14] [C12]', async (t) => {
  const world = await grpcWorld(t, { allowedOrigins: ['https://localhost:8443'] })
  const { arrivals, client, server } = world
  const listed = server.connect(client, { url: 'https://localhost:8443' })
  assert.equal(await lend(listed, 'Emma'), 'Emma')
  const otherPort = server.connect(client, { url: 'https://localhost:9443' })
  const foreign = server.connect(client.for({ allowedOrigins: ['https://books.example'] }), {
    url: 'https://books.example',
  })
  for (const books of [otherPort, foreign]) {
    const { cause } = await statusOf(lend(books, 'Emma'))
    assert(cause instanceof TokenAcquisitionError)
    assert.equal(cause.code, 'origin_not_allowed')
  }
  assert.equal(arrivals.length, 1)
  assert.throws(() => authorizeGrpc(client, { url: 'localhost' }), TypeError)
})

const failures = [
  { answer: { error: 'invalid_client' }, httpStatus: 401, code: status.UNAUTHENTICATED },
  { answer: { error: 'temporarily_unavailable' }, httpStatus: 503, code: status.UNAVAILABLE },
]

for (const { answer, httpStatus, code } of failures) {
  test(`fails with status ${code} when the token endpoint answers ${httpStatus} [C14] [C10]`, async (t) => {
    const world = await grpcWorld(t, { deadlineMs: 200 })
    const failing = () => jsonResponse(answer, { status: httpStatus })
    world.tokenEndpoint.fail(...Array.from({ length: 9 }, () => failing))
    for (const withInterceptor of [true, false]) {
      const error = await statusOf(
        lend(world.server.connect(world.client, { withInterceptor }), 'Emma'),
      )
      assert.equal(error.code, code)
      assert.equal(error.cause instanceof TokenAcquisitionError, withInterceptor)
      assert.equal(secretIn(error, world), undefined)
    }
    assert.deepEqual(world.arrivals, [])
  })
}

/** A world that knows the signals of its token requests. */
async function signalledWorld(t: TestContext) {
  const signals: (AbortSignal | null | undefined)[] = []
  const world = await grpcWorld(t, {
    transport: (input, init) => {
      signals.push(init?.signal)
      return fetch(input, init)
    },
  })
  return { ...world, signals }
}

test('ends the wait for a token at the deadline of the call, and with it the token request [C14] [C5]', async (t) => {
  const { arrivals, client, server, signals, tokenEndpoint } = await signalledWorld(t)
  tokenEndpoint.hold()
  const error = await statusOf(lend(server.connect(client), 'Emma', { deadline: Date.now() + 150 }))
  assert.equal(error.code, status.DEADLINE_EXCEEDED)
  assert.deepEqual(arrivals, [])
  assert.deepEqual(
    signals.map((signal) => signal?.aborted),
    [true],
  )
})

/** A call that waits for the token after a refused one. */
async function waitingCall(t: TestContext, options: CallOptions) {
  const world = await signalledWorld(t)
  const { client, refuse, server, tokenEndpoint } = world
  const books = server.connect(client)
  await lend(books, 'Emma')
  refuse(1)
  tokenEndpoint.hold()
  let cancel: () => void = () => undefined
  const ended = statusOf(
    new Promise((resolve, fail) => {
      const call = books.lend(Buffer.from('Emma'), options, (error, message) =>
        error ? fail(error) : resolve(message),
      )
      cancel = () => call.cancel()
    }),
  )
  await eventually(() => tokenEndpoint.heldCount > 0, 'the renewal')
  return { ...world, cancel, ended }
}

test('ends the wait for a new token at the deadline of the call [C14] [C5] [C10]', async (t) => {
  const world = await waitingCall(t, { deadline: Date.now() + 500 })
  const error = await world.ended
  assert.equal(error.code, status.DEADLINE_EXCEEDED)
  assert.equal(secretIn(error, world), undefined)
  assert.equal(world.arrivals.length, 2)
  assert.equal(world.signals.at(-1)?.aborted, true)
})

test('ends the wait for a new token when the call is cancelled [C14] [C5]', async (t) => {
  const { arrivals, cancel, ended, signals } = await waitingCall(t, {})
  cancel()
  assert.equal((await ended).code, status.CANCELLED)
  assert.equal(arrivals.length, 2)
  assert.equal(signals.at(-1)?.aborted, true)
})

test('cannot be combined with a channel without TLS [C14] [C12]', async (t) => {
  const { client } = await tokenService(t)
  const { callCredentials } = authorizeGrpc(client)
  const insecure = credentials.createInsecure()
  assert.throws(() => credentials.combineChannelCredentials(insecure, callCredentials))
})

test('does not send a token that is bound by DPoP [C14] [C13]', async (t) => {
  const world = await grpcWorld(t, { senderBinding: dpop() }, { overrides: { token_type: 'DPoP' } })
  const error = await statusOf(lend(world.server.connect(world.client), 'Emma'))
  assert.equal(secretIn(error, world), undefined)
  assert.deepEqual(world.arrivals, [])
})
