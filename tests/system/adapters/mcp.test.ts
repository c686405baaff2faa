/** The provider for the MCP SDK, with the real SDK and an MCP server of a few lines behind a real port. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { dpop, TokenAcquisitionError, type TokenClientOptions } from '@mintmark/client'
import { mcpAuthProvider, TokenRefusedError } from '@mintmark/client/mcp'
import { jsonResponse, responderListener, startLoopbackServer } from '@mintmark/testkit'
import { Client, StreamableHTTPClientTransport } from './mcp-sdk.ts'
import { errorOf, secretIn, tokenService } from './token-service.ts'

interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly protocolVersion?: string }
}

/** What the server got with one request: the method of JSON-RPC, or of HTTP without one, and `Authorization`. */
interface Received {
  readonly method: string
  readonly authorization: string
}

/** Gives the answer to a request that is not to be served. */
type Judge = (received: Received) => Response | undefined

async function startMcpServer(t: TestContext, judge: Judge) {
  const received: Received[] = []
  const server = await startLoopbackServer(
    responderListener(async (request) => {
      const body: unknown = request.method === 'POST' ? await request.json() : request
      const { id, method, params } = body as Message
      const one = { method, authorization: request.headers.get('authorization') ?? '' }
      received.push(one)
      return (
        judge(one) ?? answerTo({ ...(id !== undefined && { id }), method, params: params ?? {} })
      )
    }),
  )
  t.after(() => server.close())
  return { url: new URL(`${server.origin}/mcp`), received }
}

function answerTo({ id, method, params }: Message): Response {
  if (method === 'GET') return new Response(null, { status: 405 })
  if (id === undefined) return new Response(null, { status: 202 })
  const tools = [{ name: 'lend', inputSchema: { type: 'object' } }]
  const identity = {
    protocolVersion: params?.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'books', version: '1' },
  }
  return jsonResponse({
    jsonrpc: '2.0',
    id,
    result: method === 'initialize' ? identity : { tools },
  })
}

function unauthorized(challenge = 'Bearer error="invalid_token"'): Response {
  return new Response('no', { status: 401, headers: { 'www-authenticate': challenge } })
}

async function mcpWorld(
  t: TestContext,
  judge: Judge = () => undefined,
  options: Partial<TokenClientOptions> = {},
) {
  const service = await tokenService(t, options)
  const server = await startMcpServer(t, judge)
  const sdk = new Client({ name: 'test', version: '1' })
  const connect = () => {
    const authProvider = mcpAuthProvider(service.client, { url: server.url })
    return sdk.connect(new StreamableHTTPClientTransport(server.url, { authProvider }))
  }
  t.after(() => sdk.close())
  return { ...service, ...server, sdk, connect }
}

test('attaches the token to every request of the transport, and asks for it once [C14]', async (t) => {
  const { connect, received, sdk, tokenEndpoint } = await mcpWorld(t)
  await connect()
  const answers = await Promise.all(Array.from({ length: 10 }, () => sdk.listTools()))
  assert.deepEqual(new Set(answers.map(({ tools }) => tools[0]?.name)), new Set(['lend']))
  assert(received.length >= 12)
  const carried = new Set(received.map(({ authorization }) => authorization))
  assert.deepEqual(carried, new Set([`Bearer ${tokenEndpoint.token(1)}`]))
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('renews a revoked token once and sends once more [C14] [C6]', async (t) => {
  const revoked = new Set<string>()
  const world = await mcpWorld(t, ({ authorization }) =>
    revoked.has(authorization) ? unauthorized() : undefined,
  )
  const { connect, received, sdk, tokenEndpoint } = world
  await connect()
  revoked.add(`Bearer ${tokenEndpoint.token(1)}`)
  const { tools } = await sdk.listTools()
  assert.equal(tools.length, 1)
  const calls = received.filter(({ method }) => method === 'tools/list')
  assert.deepEqual(
    calls.map(({ authorization }) => authorization),
    [1, 2].map((number) => `Bearer ${tokenEndpoint.token(number)}`),
  )
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('serves all of ten calls that come upon a revoked token, for one new one [C14] [C6]', async (t) => {
  const revoked = new Set<string>()
  const world = await mcpWorld(t, ({ authorization }) =>
    revoked.has(authorization) ? unauthorized() : undefined,
  )
  const { connect, sdk, tokenEndpoint } = world
  await connect()
  revoked.add(`Bearer ${tokenEndpoint.token(1)}`)
  const answers = await Promise.all(Array.from({ length: 10 }, () => sdk.listTools()))
  assert.equal(answers.length, 10)
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('stops after two sendings at a server that always refuses, and tells no secret [C14] [C6] [C10]', async (t) => {
  const world = await mcpWorld(t, () => unauthorized())
  const error = await errorOf(world.connect())
  assert.equal(secretIn(error, world), undefined)
  assert.equal(world.received.filter(({ method }) => method === 'initialize').length, 2)
  assert.equal(world.tokenEndpoint.requestCount, 2)
})

for (const challenge of ['Bearer error="insufficient_scope"', 'Basic realm="books"']) {
  test(`neither renews nor repeats after a 401 that says ${challenge} [C14] [C6]`, async (t) => {
    const world = await mcpWorld(t, ({ method }) =>
      method === 'tools/list' ? unauthorized(challenge) : undefined,
    )
    await world.connect()
    const error = await errorOf(world.sdk.listTools())
    assert(error instanceof TokenRefusedError)
    assert.equal(secretIn(error, world), undefined)
    assert.equal(world.received.filter(({ method }) => method === 'tools/list').length, 1)
    assert.equal(world.tokenEndpoint.requestCount, 1)
  })
}

test('gives up when there is no new token to be had, and tells no secret [C14] [C7] [C10]', async (t) => {
  const world = await mcpWorld(t, ({ method }) =>
    method === 'tools/list' ? unauthorized() : undefined,
  )
  await world.connect()
  world.tokenEndpoint.fail(() => jsonResponse({ error: 'invalid_client' }, { status: 401 }))
  const error = await errorOf(world.sdk.listTools())
  assert(error instanceof TokenRefusedError)
  assert.equal(secretIn(error, world), undefined)
  assert.equal(world.received.filter(({ method }) => method === 'tools/list').length, 1)
})

test('repeats a request whose 401 comes after the renewal that another one caused [C14] [C6]', async (t) => {
  const { client, tokenEndpoint } = await tokenService(t)
  const { onUnauthorized, token } = mcpAuthProvider(client, { url: 'https://mcp.example/mcp' })
  const refused = await token()
  await onUnauthorized({ response: unauthorized() })
  assert.notEqual(await token(), refused)
  await onUnauthorized({ response: unauthorized() })
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('sends nothing to a server that the token may not be sent to [C14] [C12]', async (t) => {
  const world = await mcpWorld(t, undefined, { allowedOrigins: ['https://api.example'] })
  const error = await errorOf(world.connect())
  assert(error instanceof TokenAcquisitionError)
  assert.equal(error.code, 'origin_not_allowed')
  assert.deepEqual(world.received, [])
})

test('fails with the reason when there is no token, and tells no secret [C14] [C10]', async (t) => {
  const world = await mcpWorld(t)
  world.tokenEndpoint.fail(() => jsonResponse({ error: 'invalid_client' }, { status: 401 }))
  const error = await errorOf(world.connect())
  assert(error instanceof TokenAcquisitionError)
  assert.equal(error.code, 'client_refused')
  assert.equal(secretIn(error, world), undefined)
  assert.deepEqual(world.received, [])
})

test('attaches a token that is bound by DPoP through fetch, and refuses to without [C14] [C13]', async (t) => {
  const options = { senderBinding: dpop() }
  const service = await tokenService(t, options, { overrides: { token_type: 'DPoP' } })
  const { url, received } = await startMcpServer(t, () => undefined)
  const authProvider = mcpAuthProvider(service.client, { url })
  const refused = new Client({ name: 'test', version: '1' })
  const error = await errorOf(
    refused.connect(new StreamableHTTPClientTransport(url, { authProvider })),
  )
  assert(error instanceof TypeError)
  assert.equal(secretIn(error, service), undefined)
  assert.equal(received.length, 0)
  const sdk = new Client({ name: 'test', version: '1' })
  t.after(() => sdk.close())
  await sdk.connect(new StreamableHTTPClientTransport(url, { fetch: service.client.fetch }))
  assert.equal(received[0]?.authorization, `DPoP ${service.tokenEndpoint.token(1)}`)
})
