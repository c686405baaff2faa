/** How callers leave, over real sockets and by the real clock (requirement C5). */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createTokenClient, TokenAcquisitionError, type TokenClient } from '@mintmark/client'
import { some, startLoopbackServer, the } from '@mintmark/testkit'

/** What may pass between an instant and what happens at it. */
const TOLERANCE_MS = 50

async function clientOf(context: TestContext, issuing: RequestListener): Promise<TokenClient> {
  const issuer = await startLoopbackServer(issuing)
  context.after(() => issuer.close())
  return createTokenClient({
    tokenEndpoint: `${issuer.origin}/token`,
    clientId: the.clientId,
    clientSecret: the.clientSecret,
  })
}

/** How a call ended, and after how long. */
async function ended(call: Promise<unknown>) {
  const start = performance.now()
  const error: unknown = await call.then(
    () => undefined,
    (reason) => reason,
  )
  return { error, tookMs: performance.now() - start }
}

function codeOf(error: unknown): string {
  return error instanceof TokenAcquisitionError ? error.code : String(error)
}

function granting(response: Parameters<RequestListener>[1]): void {
  response.setHeader('content-type', 'application/json')
  response.end(some.tokenResponse({ expires_in: 1 }))
}

test('closes the socket of a token request within 50 ms of its last caller leaving [C5]', async (context) => {
  let socketOf: (socket: Socket) => void = () => undefined
  const arrival = new Promise<Socket>((resolve) => {
    socketOf = resolve
  })
  const client = await clientOf(context, ({ socket }) => socketOf(socket))
  const callers = [new AbortController(), new AbortController(), new AbortController()]
  const calls = callers.map(({ signal }) => ended(client.token({ signal })))
  const socket = await arrival
  callers[0]?.abort()
  assert.equal(codeOf((await calls[0])?.error), 'aborted')
  await delay(2 * TOLERANCE_MS)
  assert.equal(socket.destroyed, false)
  const closed = once(socket, 'close')
  const start = performance.now()
  for (const caller of callers) caller.abort()
  await closed
  assert(performance.now() - start <= TOLERANCE_MS)
  for (const call of calls) assert.equal(codeOf((await call).error), 'aborted')
})

test('gives the token to everybody else when one caller aborts [C5]', async (context) => {
  let arrived: () => void = () => undefined
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const client = await clientOf(context, (_request, response) => {
    arrived()
    setTimeout(granting, TOLERANCE_MS, response)
  })
  const caller = new AbortController()
  const leaving = ended(client.token({ signal: caller.signal }))
  const others = [client.token(), client.token({ signal: new AbortController().signal })]
  await arrival
  caller.abort()
  assert.equal(codeOf((await leaving).error), 'aborted')
  assert.equal(new Set(await Promise.all(others)).size, 1)
})

test('exceeds no deadline by 50 ms, with an expired token and a server that is slow or silent', async (context) => {
  let requests = 0
  const client = await clientOf(context, (_request, response) => {
    requests += 1
    if (requests === 1) granting(response)
    else setTimeout(granting, 200, response)
  })
  const silent = await startLoopbackServer(() => undefined)
  context.after(() => silent.close())
  await client.token()
  await delay(1_000)
  // The token has expired, its successor takes 200 ms, and the API never answers.
  const deadlines = [100, 300, 500]
  const calls = deadlines.map((deadlineMs) => ended(client.fetch(silent.origin, { deadlineMs })))
  for (const [index, { error, tookMs }] of (await Promise.all(calls)).entries()) {
    const isBeforeToken = index === 0
    if (isBeforeToken) assert.equal(codeOf(error), 'deadline_exceeded')
    else assert(error instanceof DOMException && error.name === 'TimeoutError')
    const lateMs = tookMs - (deadlines[index] ?? 0)
    assert(lateMs >= -1 && lateMs <= TOLERANCE_MS, `${lateMs} ms late`)
  }
})
