/** Header fields for `node:http`, sent by its own `request`, under the contract of all adapters and beyond it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request as sendRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TokenClient } from '@mintmark/client'
import { type AuthorizedHeaders, authorizedHeaders } from '@mintmark/client/node'
import { type Call, type Caller, contractSuite } from './adapter-contract.ts'
import { startAdapterWorld } from './adapter-world.ts'

/** One call as somebody writes it who uses `node:http` and the adapter. */
async function call(client: TokenClient, agent: Agent, request: Call) {
  const { url, method = 'GET', headers: given = {}, body, isStreamed, signal } = request
  const names = Object.keys(given).map((name) => name.toLowerCase())
  let authorized: AuthorizedHeaders | undefined = await authorizedHeaders(client, {
    ...{ url, method, isReplayable: isStreamed !== true },
    hasIdempotencyKey: names.includes('idempotency-key'),
    ...(signal !== undefined && { signal }),
  })
  for (;;) {
    const outgoing = sendRequest(url, {
      ...{ method, agent },
      headers: withAuthorization(given, authorized),
      ...(signal !== undefined && { signal }),
    })
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    const again: AuthorizedHeaders | undefined = await authorized.afterAnswer(response)
    const received = await buffer(response)
    if (again === undefined) return { status: response.statusCode ?? 0, body: received }
    authorized = again
  }
}

function withAuthorization(given: Call['headers'], { headers }: AuthorizedHeaders) {
  const kept = Object.entries(given ?? {}).filter(([name]) => !(name.toLowerCase() in headers))
  return { ...Object.fromEntries(kept), ...headers }
}

function open(client: TokenClient): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send: Caller['send'] = (request) => call(client, agent, request)
  return { send, sendPlainly: send, close: async () => agent.destroy() }
}

contractSuite({ name: 'node', open, followsRedirects: false })

test('node: takes any answer but a 401 as it is [C6]', async () => {
  const world = await startAdapterWorld()
  try {
    const client = world.client()
    const authorized = await authorizedHeaders(client, { url: `${world.api}/orders` })
    assert.equal(authorized.headers.authorization, `Bearer ${world.tokens[0]}`)
    assert.equal(await authorized.afterAnswer({ statusCode: 200, headers: {} }), undefined)
    assert.equal(await authorized.afterAnswer({ statusCode: 500, headers: {} }), undefined)
  } finally {
    await world.close()
  }
})

test('node: refuses a URL that is not absolute, without a word of what is in it [C10] [C14]', async () => {
  const world = await startAdapterWorld()
  try {
    const refused = authorizedHeaders(world.client(), { url: '/orders?code=hidden' })
    await assert.rejects(refused, (error: unknown) => {
      assert(error instanceof TypeError)
      assert.doesNotMatch(String(error.stack), /hidden/)
      return true
    })
    assert.equal(world.tokenRequestCount, 0)
  } finally {
    await world.close()
  }
})
