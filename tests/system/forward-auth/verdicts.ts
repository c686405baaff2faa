/** What clients and the API get of the guard's verdicts through a proxy. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { eventually, startLoopbackServer } from '@mintmark/testkit'
import {
  exchangeRaw,
  field,
  guardProcess,
  issuingServer,
  type RawAnswer,
  rawRequest,
  recordingApi,
} from '../forward-auth-world.ts'
import { proxyWorld, type ShippedProxy } from './shipped-proxy.ts'

/** What the API would believe about who is calling. */
function identity(api: { readonly requests: readonly Pick<RawAnswer, 'fields'>[] }) {
  const fields = api.requests.at(-1)?.fields ?? []
  return fields.filter(([name]) => /^mintmark/.test(name.replaceAll(/[^a-z]/g, '')))
}

/** An outage of the verification, not of the caller's: RFC 9110 section 15.6.4. */
function assertTemporary(answer: RawAnswer | undefined): void {
  assert(answer !== undefined)
  assert.equal(answer.status, 503)
  assert.match(field(answer, 'retry-after') ?? '', /^[1-9]\d*$/)
  assert.equal(field(answer, 'www-authenticate'), undefined)
  assert.equal(JSON.parse(answer.body).error, 'temporarily_unavailable')
}

/** Declares the tests. */
export function verdictTests(proxy: ShippedProxy): void {
  it('lets a good token through, with who is calling and without the token [R8]', async (t) => {
    const { server, api, ask, bearer } = await proxyWorld(t, proxy)
    const answer = await ask('GET /decisions/1?a=b', await bearer('decisions:read'))
    assert.equal(answer.status, 200)
    assert.equal(answer.body, 'reached')
    assert.equal(api.requests[0]?.target, '/decisions/1?a=b')
    const { expires = '', ...known } = Object.fromEntries(
      identity(api).map(([name, value]) => [name.replace('mintmark-', ''), value]),
    )
    assert.deepEqual(known, {
      ...{ client: 'partner-a', subject: 'partner-a', scope: 'decisions:read' },
      issuer: server.issuer,
    })
    assert.match(expires, /^\d{10}$/)
    assert.deepEqual(
      api.requests.map((request) => field(request, 'authorization')),
      [undefined],
    )
  })

  it('answers 401 with the challenge, once, to no token and to a bad one [R4]', async (t) => {
    const { api, ask } = await proxyWorld(t, proxy)
    const none = await ask('GET /decisions/1')
    assert.equal(none.status, 401)
    assert.equal(field(none, 'www-authenticate'), 'Bearer realm="api"')
    assert.equal(none.body, '')
    const bad = await ask('GET /decisions/1', 'Authorization: Bearer abc')
    assert.equal(bad.status, 401)
    assert.match(
      field(bad, 'www-authenticate') ?? '',
      /^Bearer realm="api", error="invalid_token",/,
    )
    assert.equal(JSON.parse(bad.body).error, 'invalid_token')
    assert.equal(api.requests.length, 0)
  })

  it('answers 403 with the scope that a location takes [R4]', async (t) => {
    const { api, ask, bearer } = await proxyWorld(t, proxy)
    const good = await bearer('applications:write')
    const answer = await ask('GET /decisions/1', good)
    assert.equal(answer.status, 403)
    const challenge = field(answer, 'www-authenticate') ?? ''
    assert.match(challenge, /error="insufficient_scope"/)
    assert.match(challenge, /scope="decisions:read"/)
    assert.equal(JSON.parse(answer.body).error, 'insufficient_scope')
    assert.equal(api.requests.length, 0)
    assert.equal((await ask('POST /applications', good)).status, 200)
  })

  it('answers 400 to a token in the query and to a repeated one, not 500 [R4]', async (t) => {
    const { server, api, ask } = await proxyWorld(t, proxy)
    const token = await server.token('decisions:read')
    const good = `Authorization: Bearer ${token}`
    for (const answer of [
      await ask(`GET /decisions/1?access_token=${token}`, good),
      await ask('GET /decisions/1', 'Authorization: Bearer a, Bearer b'),
    ]) {
      assert.equal(answer.status, 400)
      assert.match(field(answer, 'www-authenticate') ?? '', /error="invalid_request"/)
      assert.equal(JSON.parse(answer.body).error, 'invalid_request')
    }
    // nginx does not even ask the guard.
    assert.equal((await ask('GET /decisions/1', good, good)).status, 400)
    assert.equal(api.requests.length, 0)
  })

  it('answers 503 with Retry-After, never 401 or 500, while keys cannot be had [R2] [R4]', async (t) => {
    const down = await startLoopbackServer((_request, response) => response.writeHead(503).end())
    t.after(() => down.close())
    const server = await issuingServer(t)
    const api = await recordingApi(t)
    const keys = ['--key-set-url', `${down.origin}/jwks`]
    const guard = await guardProcess(t, server.issuer, '--mode', proxy.mode, ...keys)
    const { port } = await proxy.start(t, { guard: guard.origin, api: api.port })
    const token = await server.token('decisions:read')
    const request = rawRequest('GET /decisions/1', `Authorization: Bearer ${token}`)
    const [answer] = await exchangeRaw(port, request)
    assertTemporary(answer)
    assert.equal(api.requests.length, 0)
  })

  const status = proxy.lacks.includes('outages') ? 500 : 503
  it(`answers ${status} while the guard itself is gone, and lets nobody through`, async (t) => {
    const { guard, api, ask, bearer } = await proxyWorld(t, proxy)
    await guard.stop()
    const good = await bearer('decisions:read')
    for (const fields of [[good], [], [good, 'Mintmark-Client: admin']]) {
      const answer = await ask('GET /decisions/1', ...fields)
      if (status === 503) assertTemporary(answer)
      assert.equal(answer.status, status)
    }
    assert.equal((await ask('GET /public/a')).status, 200)
    assert.deepEqual(identity(api), [])
    assert.equal(api.requests.length, 1)
  })

  it('answers 429 with Retry-After beyond a limit, by client where there is one [R9]', async (t) => {
    const flags = ['--limit-client', '2/3600', '--limit-address', '1/3600']
    const { api, ask, bearer } = await proxyWorld(t, proxy, { flags })
    const good = await bearer('decisions:read')
    const statuses = [
      // Who has no token uses up nothing of a client's.
      (await ask('GET /decisions/1')).status,
      (await ask('GET /decisions/1')).status,
      (await ask('GET /decisions/1', good)).status,
      (await ask('GET /decisions/1', good)).status,
    ]
    assert.deepEqual(statuses, [401, 429, 200, 200])
    const answer = await ask('GET /decisions/1', good)
    assert.equal(answer.status, 429)
    assert.match(field(answer, 'retry-after') ?? '', /^[1-9]\d*$/)
    assert.match(field(answer, 'ratelimit') ?? '', /^"partner";r=0/)
    assert.equal(JSON.parse(answer.body).status, 429)
    assert.equal(api.requests.length, 2)
  })

  it('answers 401 to a revoked token where it follows revocations [R6]', async (t) => {
    const { server, ask } = await proxyWorld(t, proxy, { flags: ['--follow-revocations'] })
    const token = await server.token('decisions:read')
    const good = `Authorization: Bearer ${token}`
    assert.equal((await ask('GET /decisions/1', good)).status, 200)
    await server.revoke(token)
    await eventually(async () => assert.equal((await ask('GET /decisions/1', good)).status, 401))
  })

  it('gives no identity on a path that is for everybody', async (t) => {
    const { api, ask } = await proxyWorld(t, proxy)
    const spoofed = ['Mintmark-Client: admin', 'Authorization: Bearer a.b.c', 'DPoP: a.b.c']
    assert.equal((await ask('GET /public/a', ...spoofed)).status, 200)
    assert.deepEqual(identity(api), [])
  })

  if (proxy.lacks.includes('announcements')) return
  it('tells an admitted client what is left of its limit [R9]', async (t) => {
    const { ask, bearer } = await proxyWorld(t, proxy, { flags: ['--limit-client', '2/3600'] })
    const answer = await ask('GET /decisions/1', await bearer('decisions:read'))
    assert.equal(answer.status, 200)
    assert.match(field(answer, 'ratelimit') ?? '', /^"partner";r=1/)
  })
}
