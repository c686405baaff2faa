/**
 * The four release tests that a partner API runs against its callers, over real HTTP, with all three parties ours: the
 * client under test, the authorization server, and an API behind the guard.
 */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  type AuthorizationServerEvent,
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { createTokenClient, TokenAcquisitionError, type TokenClient } from '@mintmark/client'
import { createGuard, type Guard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'

interface Port extends AsyncDisposable {
  readonly origin: string
}

async function serve(listener: RequestListener): Promise<Port> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

describe('the release tests of a partner API', () => {
  const events: AuthorizationServerEvent[] = []
  let running: RunningServer
  let api: Port
  let guard: Guard
  let clientSecret: string
  let calls = 0
  /** Whether the API says of every token that it is no longer good. */
  let refusesEverything = false

  const tokensIssued = (): number => events.filter(({ type }) => type === 'token_issued').length
  const connect = (tokenEndpoint?: string): TokenClient =>
    createTokenClient({
      ...(tokenEndpoint === undefined ? { issuer: running.server.issuer } : { tokenEndpoint }),
      clientId: 'partner-a',
      clientSecret,
      resource: api.origin,
    })

  before(async () => {
    let listener: RequestListener = (_request, response) => response.writeHead(503).end()
    api = await serve((request, response) => {
      calls += 1
      if (!refusesEverything) return listener(request, response)
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
    })
    running = await listen({
      host: '127.0.0.1',
      port: 0,
      server: (issuer) =>
        createAuthorizationServer({
          issuer,
          storage: sqlite(':memory:'),
          observer: (event) => events.push(event),
        }),
    })
    const { registry, issuer } = running.server
    await registry.createResource({ id: api.origin, scope: 'read' })
    const created = await registry.createClient({ id: 'partner-a', scope: 'read' })
    assert.ok(created.ok)
    clientSecret = created.value.clientSecret?.reveal() ?? ''
    guard = createGuard({ issuer, audience: api.origin })
    listener = protect({ guard, scope: 'read' })((_request, response) => void response.end('ok'))
  })
  beforeEach(() => {
    events.length = 0
    calls = 0
    refusesEverything = false
  })
  after(async () => {
    guard.dispose()
    await running.close()
    await api[Symbol.asyncDispose]()
  })

  it('T1: two hundred simultaneous calls on an empty cache make one token request [T1] [S5]', async () => {
    const client = connect()
    const responses = await Promise.all(Array.from({ length: 200 }, () => client.fetch(api.origin)))
    const texts = await Promise.all(responses.map((response) => response.text()))
    assert.deepEqual(new Set(texts), new Set(['ok']))
    assert.equal(tokensIssued(), 1)
    await client.dispose()
  })

  it('T2: after the cache is cleared by hand, callers notice nothing [T2] [S5]', async () => {
    const client = connect()
    assert.equal((await client.fetch(api.origin)).status, 200)
    client.forget()
    assert.equal((await client.fetch(api.origin)).status, 200)
    assert.equal(tokensIssued(), 2)
    await client.dispose()
  })

  it('T3: an API that answers 401 gets one retry with one new token, and no third attempt [T3] [S5]', async () => {
    const client = connect()
    await client.warm()
    refusesEverything = true
    const response = await client.fetch(api.origin)
    assert.equal(response.status, 401)
    assert.equal(tokensIssued(), 2)
    assert.equal(calls, 2)
    await client.dispose()
  })

  it('T4: a malformed token response is a typed error, and a valid token stays in use [T4] [S5]', async () => {
    let body = '<html>gateway</html>'
    let requests = 0
    await using endpoint = await serve((request, response) => {
      requests += 1
      request.resume()
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    })
    const client = connect(`${endpoint.origin}/token`)
    await assert.rejects(client.token({ deadlineMs: 1_000 }), (error) => {
      assert.ok(error instanceof TokenAcquisitionError)
      assert.deepEqual([error.kind, error.code], ['transient', 'response_not_conforming'])
      return true
    })
    await client.dispose()
    body = JSON.stringify({ access_token: 'short-lived', token_type: 'Bearer', expires_in: 3 })
    const patient = connect(`${endpoint.origin}/token`)
    const { fingerprint } = await patient.token()
    body = '{"access_token":'
    requests = 0
    const until = Date.now() + 2_600
    while (Date.now() < until) {
      assert.equal((await patient.token()).fingerprint, fingerprint)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.ok(requests >= 1, 'a renewal was tried and failed')
    await patient.dispose()
  })
})
