/** Tokens that are bound to a key (RFC 9449), behind a proxy. */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { createTokenClient, dpop } from '@mintmark/client'
import { systemTransport } from '@mintmark/runtime'
import { freePort } from '@mintmark/testkit'
import {
  exchangeRaw,
  field,
  guardProcess,
  type IssuingServer,
  issuingServer,
  rawRequest,
  recordingApi,
} from '../forward-auth-world.ts'
import { proxyWorld, type ShippedProxy } from './shipped-proxy.ts'

/** A client with a key of its own, which ends with the test. */
export function boundClient(
  test: TestContext,
  server: IssuingServer,
  origin: string,
  transport: typeof systemTransport = systemTransport,
) {
  const client = createTokenClient({
    transport,
    ...{ issuer: server.issuer, clientId: 'partner-a', clientSecret: server.clientSecret },
    ...{ scope: 'decisions:read', allowedOrigins: [origin], senderBinding: dpop() },
  })
  test.after(() => client.dispose())
  return client
}

/** The proxy first, so that the guard can be told what clients call it. */
async function boundWorld(test: TestContext, proxy: ShippedProxy, ...flags: readonly string[]) {
  const server = await issuingServer(test)
  const api = await recordingApi(test)
  const port = await freePort()
  const running = await proxy.start(test, { guard: `http://127.0.0.1:${port}`, api: api.port })
  const place = ['--port', String(port), '--mode', proxy.mode, '--public-origin', running.origin]
  await guardProcess(test, server.issuer, ...place, ...flags)
  return { server, api, running, client: boundClient(test, server, running.origin) }
}

/** What a client says in a request that is held back before it is sent. */
async function stolenFields(
  test: TestContext,
  server: IssuingServer,
  url: string,
): Promise<readonly string[]> {
  let stolen: readonly string[] = []
  const transport: typeof systemTransport = async (place, init) => {
    if (String(place) !== url) return await systemTransport(place, init)
    const headers = new Headers(init?.headers)
    stolen = ['authorization', 'dpop'].map((name) => `${name}: ${headers.get(name)}`)
    return new Response()
  }
  await boundClient(test, server, new URL(url).origin, transport).fetch(url)
  return stolen
}

/** Declares the tests. */
export function boundTokenTests(proxy: ShippedProxy): void {
  it('lets a bound token through with a proof of the URL that its client used [R5]', async (t) => {
    const { api, running, client } = await boundWorld(t, proxy)
    for (const path of ['/decisions/1', '/decisions/2?page=1', '/decisions/a%20b/%C3%BC']) {
      const response = await client.fetch(running.origin + path, { method: 'POST', body: 'a' })
      assert.equal(response.status, 200, path)
    }
    const [request] = api.requests
    assert(request !== undefined)
    assert.equal(field(request, 'mintmark-client'), 'partner-a')
    assert.deepEqual(
      [field(request, 'dpop'), field(request, 'authorization')],
      [undefined, undefined],
    )
  })

  it('takes nonces for bound tokens, which come back to the client [R5]', async (t) => {
    const { api, running, client } = await boundWorld(t, proxy, '--dpop-nonces', 'required')
    assert.equal((await client.fetch(`${running.origin}/decisions/1`)).status, 200)
    assert.equal((await client.fetch(`${running.origin}/decisions/2`)).status, 200)
    assert.equal(api.requests.length, 2)
  })

  it('lets no bound token through without a proof, as DPoP or as Bearer [R5]', async (t) => {
    const { api, running, client } = await boundWorld(t, proxy)
    const token = (await client.token()).reveal()
    const before = api.requests.length
    for (const scheme of ['Bearer', 'DPoP']) {
      const request = rawRequest('GET /decisions/1', `Authorization: ${scheme} ${token}`)
      const [answer] = await exchangeRaw(running.port, request)
      assert.equal(answer?.status, 401)
      assert.match(field(answer, 'www-authenticate') ?? '', /DPoP/)
    }
    assert.equal(api.requests.length, before)
  })

  it('lets no proof through that was made for another path or method [R5]', async (t) => {
    const { server, api, running } = await boundWorld(t, proxy)
    const url = `${running.origin}/decisions/1`
    const stolen = await stolenFields(t, server, url)
    const statusOf = async (line: string, ...more: readonly string[]) => {
      const [answer] = await exchangeRaw(running.port, rawRequest(line, ...stolen, ...more))
      return answer?.status
    }
    // A client may say what it likes about what it asked for.
    const lies = ['X-Forwarded-Uri', 'X-Original-URI'].map((name) => `${name}: /decisions/1`)
    const lying = [...lies, 'X-Forwarded-Method: GET', 'X-Original-Method: GET']
    for (const line of ['GET /decisions/2', 'GET /decisions/1/', 'DELETE /decisions/1']) {
      assert.equal(await statusOf(line), 401, line)
      assert.equal(await statusOf(line, ...lying), 401, `${line}, lying`)
    }
    assert.equal(api.requests.length, 0)
    assert.equal(await statusOf('GET /decisions/1'), 200)
  })

  it('offers both ways to present a token where proofs are taken [R5]', async (t) => {
    const flags = ['--public-origin', 'https://api.example']
    const { ask } = await proxyWorld(t, proxy, { flags })
    const answer = await ask('GET /decisions/1')
    assert.equal(answer.status, 401)
    const challenges = field(answer, 'www-authenticate') ?? ''
    assert.match(challenges, /\bBearer realm="api"/)
    assert.match(challenges, /\bDPoP realm="api"/)
  })
}
