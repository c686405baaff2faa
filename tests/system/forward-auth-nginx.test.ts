/** The forward-auth endpoint behind a real nginx with the configuration that is shipped. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { eventually, startLoopbackServer } from '@mintmark/testkit'
import {
  exchangeRaw,
  field,
  guardProcess,
  issuingServer,
  type RawAnswer,
  rawRequest,
  recordingApi,
  shippedNginx,
} from './forward-auth-world.ts'

async function world(test: TestContext, ...flags: readonly string[]) {
  const server = await issuingServer(test)
  const api = await recordingApi(test)
  const guard = await guardProcess(test, server.issuer, '--mode', 'nginx', ...flags)
  const nginx = await shippedNginx(test, { guard: guard.origin, api: api.port })
  const ask = async (line: string, ...fields: readonly string[]): Promise<RawAnswer> => {
    const [answer] = await exchangeRaw(nginx.port, rawRequest(line, ...fields))
    assert(answer !== undefined)
    return answer
  }
  return { server, api, guard, nginx, ask }
}

/** What the API would believe about who is calling. */
function identity(api: { readonly requests: readonly { readonly fields: RawAnswer['fields'] }[] }) {
  const fields = api.requests.at(-1)?.fields ?? []
  return fields.filter(([name]) => /^mintmark/.test(name.replaceAll(/[^a-z]/g, '')))
}

describe('the guard behind nginx', () => {
  it('lets a good token through, with who is calling and without the token [R8]', async (t) => {
    const { server, api, ask } = await world(t)
    const token = await server.token('decisions:read')
    const answer = await ask('GET /decisions/1?a=b', `Authorization: Bearer ${token}`)
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
    const { api, ask } = await world(t)
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
    const { server, api, ask } = await world(t)
    const token = await server.token('applications:write')
    const answer = await ask('GET /decisions/1', `Authorization: Bearer ${token}`)
    assert.equal(answer.status, 403)
    const challenge = field(answer, 'www-authenticate') ?? ''
    assert.match(challenge, /error="insufficient_scope"/)
    assert.match(challenge, /scope="decisions:read"/)
    assert.equal(JSON.parse(answer.body).error, 'insufficient_scope')
    assert.equal(api.requests.length, 0)
    assert.equal((await ask('POST /applications', `Authorization: Bearer ${token}`)).status, 200)
  })

  it('answers 400 to a token in the query and to a repeated one, not 500 [R4]', async (t) => {
    const { server, api, ask } = await world(t)
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
    assert.equal(api.requests.length, 0)
  })

  it('answers 503 with Retry-After, never 401 or 500, while keys cannot be had [R2] [R4]', async (t) => {
    const down = await startLoopbackServer((_request, response) => response.writeHead(503).end())
    t.after(() => down.close())
    const server = await issuingServer(t)
    const api = await recordingApi(t)
    const keys = ['--key-set-url', `${down.origin}/jwks`]
    const guard = await guardProcess(t, server.issuer, '--mode', 'nginx', ...keys)
    const nginx = await shippedNginx(t, { guard: guard.origin, api: api.port })
    const token = await server.token('decisions:read')
    const request = rawRequest('GET /decisions/1', `Authorization: Bearer ${token}`)
    const [answer] = await exchangeRaw(nginx.port, request)
    assert.equal(answer?.status, 503)
    assert.match(field(answer, 'retry-after') ?? '', /^[1-9]\d*$/)
    assert.equal(field(answer, 'www-authenticate'), undefined)
    assert.equal(JSON.parse(answer.body).error, 'temporarily_unavailable')
    assert.equal(api.requests.length, 0)
  })

  it('answers 503 while the guard itself is gone, and lets nobody through', async (t) => {
    const { server, guard, api, ask } = await world(t)
    await guard.stop()
    const token = await server.token('decisions:read')
    const answer = await ask('GET /decisions/1', `Authorization: Bearer ${token}`)
    assert.equal(answer.status, 503)
    assert.equal(field(answer, 'retry-after'), '1')
    assert.equal(api.requests.length, 0)
  })

  it('answers 429 with Retry-After beyond a limit, by client where there is one [R9]', async (t) => {
    const { server, api, ask } = await world(
      t,
      '--limit-client',
      '2/3600',
      '--limit-address',
      '1/3600',
    )
    const token = await server.token('decisions:read')
    const good = `Authorization: Bearer ${token}`
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
    const { server, ask } = await world(t, '--follow-revocations')
    const token = await server.token('decisions:read')
    const good = `Authorization: Bearer ${token}`
    assert.equal((await ask('GET /decisions/1', good)).status, 200)
    await server.revoke(token)
    await eventually(async () => assert.equal((await ask('GET /decisions/1', good)).status, 401))
  })

  it('offers both ways to present a token where proofs are taken [R5]', async (t) => {
    const { ask } = await world(t, '--public-origin', 'https://api.example')
    const answer = await ask('GET /decisions/1')
    assert.equal(answer.status, 401)
    const challenges = field(answer, 'www-authenticate') ?? ''
    assert.match(challenges, /\bBearer realm="api"/)
    assert.match(challenges, /\bDPoP realm="api"/)
  })

  it('gives no identity on a path that is for everybody', async (t) => {
    const { api, ask } = await world(t)
    assert.equal((await ask('GET /public/a', 'Mintmark-Client: admin')).status, 200)
    assert.deepEqual(identity(api), [])
  })
})
