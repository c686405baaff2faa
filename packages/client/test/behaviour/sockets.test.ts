/** What only real sockets show: connections, and redirects of the platform's `fetch`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import { test } from 'node:test'
import { createTokenClient, TokenAcquisitionError, type TokenClient } from '@mintmark/client'
import { findSecret, type LoopbackServer, some, startLoopbackServer, the } from '@mintmark/testkit'
import { outcomeOf } from '../client-world.ts'

const accessToken = JSON.parse(some.tokenResponse()).access_token as string

/** Answers every request as a token endpoint would. */
const issuing: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(some.tokenResponse())
}

async function withServers<Count extends readonly RequestListener[]>(
  listeners: Count,
  use: (...servers: { readonly [Index in keyof Count]: LoopbackServer }) => Promise<void>,
): Promise<void> {
  const servers = await Promise.all(listeners.map(startLoopbackServer))
  try {
    await use(...(servers as unknown as { readonly [Index in keyof Count]: LoopbackServer }))
  } finally {
    await Promise.all(servers.map((server) => server.close()))
  }
}

function clientOf(tokenEndpoint: string, ...origins: readonly string[]): TokenClient {
  return createTokenClient({
    tokenEndpoint,
    clientId: the.clientId,
    clientSecret: the.clientSecret,
    scope: the.scope,
    allowedOrigins: origins,
  })
}

/** Everything of a request that may hold a secret. */
async function everythingIn(request: IncomingMessage): Promise<string> {
  let text = `${request.url} ${request.rawHeaders.join(' ')} `
  for await (const chunk of request) text += chunk
  return text
}

test('opens one connection and sends one request for ten thousand callers [T1] [C5]', async () => {
  const connections = new Set<unknown>()
  let requests = 0
  const counting: RequestListener = (request, response) => {
    connections.add(request.socket)
    requests += 1
    issuing(request, response)
  }
  await withServers([counting], async ({ origin }) => {
    const client = clientOf(`${origin}/token`)
    const tokens = await Promise.all(Array.from({ length: 10_000 }, () => client.token()))
    assert.equal(new Set(tokens).size, 1)
    assert.equal(tokens[0]?.reveal(), accessToken)
    assert.deepEqual([requests, connections.size], [1, 1])
    await client.dispose()
  })
})

test('closes the socket of the token request when the last caller aborts [C5]', async () => {
  let onArrival: (request: IncomingMessage) => void = () => undefined
  const arrival = new Promise<IncomingMessage>((resolve) => {
    onArrival = resolve
  })
  await withServers([(request) => onArrival(request)], async ({ origin }) => {
    const client = clientOf(`${origin}/token`)
    const callers = [new AbortController(), new AbortController()]
    const waiting = callers.map(({ signal }) => outcomeOf(client.token({ signal })))
    const { socket } = await arrival
    const closed = once(socket, 'close')
    for (const caller of callers) caller.abort()
    await closed
    for (const { error } of await Promise.all(waiting)) {
      assert(error instanceof TokenAcquisitionError)
      assert.equal(error.kind, 'aborted')
    }
  })
})

test('does not let a redirect to another origin carry the token away [C12]', async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const seen: string[] = []
    const elsewhere: RequestListener = async (request, response) => {
      seen.push(await everythingIn(request))
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
    }
    let target = ''
    const redirecting: RequestListener = (request, response) => {
      seen.push(request.headers.authorization ?? 'nothing')
      response.writeHead(status, { location: target }).end()
    }
    let tokenRequests = 0
    const counting: RequestListener = (request, response) => {
      tokenRequests += 1
      issuing(request, response)
    }
    await withServers([counting, redirecting, elsewhere], async (issuer, api, other) => {
      target = `${other.origin}/next`
      const client = clientOf(`${issuer.origin}/token`, api.origin, other.origin)
      const init = { method: 'POST', body: 'an order' }
      const response = await client.fetch(`${api.origin}/orders`, init)
      assert.equal(response.status, 401)
      assert.equal(seen.length, 2)
      assert.equal(seen[0], `Bearer ${accessToken}`)
      assert.equal(findSecret(seen[1] ?? '', accessToken), undefined, `${status}`)
      // The 401 came from where the token never went, so it says nothing about the token.
      assert.equal(tokenRequests, 1)
      await client.dispose()
    })
  }
})

test('keeps the token on a redirect within the same origin [C12]', async () => {
  const seen: (string | undefined)[] = []
  const listener: RequestListener = (request, response) => {
    seen.push(request.headers.authorization)
    if (request.url === '/orders') response.writeHead(308, { location: '/orders/' })
    response.end()
  }
  await withServers([issuing, listener], async (issuer, api) => {
    const client = clientOf(`${issuer.origin}/token`, api.origin)
    assert.equal((await client.fetch(`${api.origin}/orders`)).status, 200)
    assert.deepEqual(seen, [`Bearer ${accessToken}`, `Bearer ${accessToken}`])
    await client.dispose()
  })
})

test('follows no redirect of the token endpoint, so that no secret goes elsewhere [C12]', async () => {
  const seen: string[] = []
  const elsewhere: RequestListener = async (request, response) => {
    seen.push(await everythingIn(request))
    issuing(request, response)
  }
  let target = ''
  const redirecting: RequestListener = (_request, response) => {
    response.writeHead(307, { location: target }).end()
  }
  await withServers([redirecting, elsewhere], async (issuer, other) => {
    target = `${other.origin}/token`
    const { error } = await outcomeOf(clientOf(`${issuer.origin}/token`).token())
    assert(error instanceof TokenAcquisitionError)
    assert.equal(error.code, 'endpoint_misconfigured')
    assert.deepEqual(seen, [])
  })
})

test('renews and retries over real sockets, and uses the first connection again [T3] [C6]', async () => {
  const seen: string[] = []
  const sockets = new Set<unknown>()
  const api: RequestListener = async (request, response) => {
    sockets.add(request.socket)
    seen.push(await everythingIn(request))
    if (seen.length === 1) {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' })
    }
    response.end(seen.length === 1 ? 'refused' : 'served')
  }
  let issued = 0
  const numbering: RequestListener = (_request, response) => {
    issued += 1
    response.setHeader('content-type', 'application/json')
    response.end(some.tokenResponse({ access_token: `${accessToken}-${issued}` }))
  }
  await withServers([numbering, api], async (issuer, resource) => {
    const client = clientOf(`${issuer.origin}/token`, resource.origin)
    const response = await client.fetch(`${resource.origin}/orders`, { method: 'POST', body: 'ok' })
    assert.equal(await response.text(), 'served')
    assert.equal(seen.length, 2)
    assert(seen[1]?.includes(`${accessToken}-2`) && seen[1].endsWith('ok'))
    assert.deepEqual([issued, sockets.size], [2, 1])
    await client.dispose()
  })
})
