/** Tokens that are bound to a key (RFC 9449), behind nginx and behind the guard as a proxy. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createTokenClient, dpop } from '@mintmark/client'
import { freePort } from '@mintmark/testkit'
import {
  exchangeRaw,
  field,
  guardProcess,
  type IssuingServer,
  issuingServer,
  rawRequest,
  recordingApi,
  shippedNginx,
} from './forward-auth-world.ts'

function boundClient(test: TestContext, server: IssuingServer, origin: string) {
  const client = createTokenClient({
    ...{ issuer: server.issuer, clientId: 'partner-a', clientSecret: server.clientSecret },
    ...{ scope: 'decisions:read', allowedOrigins: [origin], senderBinding: dpop() },
  })
  test.after(() => client.dispose())
  return client
}

/** nginx first, so that the guard can be told what clients call it. */
async function behindNginx(test: TestContext, ...flags: readonly string[]) {
  const server = await issuingServer(test)
  const api = await recordingApi(test)
  const port = await freePort()
  const nginx = await shippedNginx(test, { guard: `http://127.0.0.1:${port}`, api: api.port })
  const place = ['--port', String(port), '--mode', 'nginx', '--public-origin', nginx.origin]
  await guardProcess(test, server.issuer, ...place, ...flags)
  return { server, api, nginx, client: boundClient(test, server, nginx.origin) }
}

describe('a token that is bound to a key', () => {
  it('gets through nginx with a proof of the URL that its client used [R5]', async (t) => {
    const { api, nginx, client } = await behindNginx(t)
    for (const path of ['/decisions/1', '/decisions/2?page=1']) {
      const response = await client.fetch(nginx.origin + path)
      assert.equal(response.status, 200)
    }
    const [request] = api.requests
    assert(request !== undefined)
    assert.equal(field(request, 'mintmark-client'), 'partner-a')
    assert.deepEqual(
      [field(request, 'dpop'), field(request, 'authorization')],
      [undefined, undefined],
    )
  })

  it('gets through with nonces, which come back through nginx [R5]', async (t) => {
    const { api, nginx, client } = await behindNginx(t, '--dpop-nonces', 'required')
    assert.equal((await client.fetch(`${nginx.origin}/decisions/1`)).status, 200)
    assert.equal((await client.fetch(`${nginx.origin}/decisions/2`)).status, 200)
    assert.equal(api.requests.length, 2)
  })

  it('does not get through without a proof, as DPoP or as Bearer [R5]', async (t) => {
    const { api, nginx, client } = await behindNginx(t)
    const token = (await client.token()).reveal()
    const before = api.requests.length
    for (const scheme of ['Bearer', 'DPoP']) {
      const request = rawRequest('GET /decisions/1', `Authorization: ${scheme} ${token}`)
      const [answer] = await exchangeRaw(nginx.port, request)
      assert.equal(answer?.status, 401)
      assert.match(field(answer, 'www-authenticate') ?? '', /DPoP/)
    }
    assert.equal(api.requests.length, before)
  })

  it('gets through the guard as a proxy [R5]', async (t) => {
    const server = await issuingServer(t)
    const api = await recordingApi(t)
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const upstream = ['--upstream', `http://127.0.0.1:${api.port}`, '--public-origin', origin]
    await guardProcess(t, server.issuer, '--port', String(port), ...upstream)
    const client = boundClient(t, server, origin)
    const response = await client.fetch(`${origin}/a`, { method: 'POST', body: 'b' })
    assert.equal(response.status, 200)
    assert.equal(field(api.requests[0] ?? { fields: [] }, 'dpop'), undefined)
  })
})
