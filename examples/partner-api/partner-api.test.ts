/** The sample API as a program, an authorization server of the Credicorp shape, and our own client: all over HTTP. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { createTokenClient, type TokenClient } from '@mintmark/client'
import { parseChallenges } from '@mintmark/protocol'

const audience = 'https://api.example/partner/v1'
const both = 'applications:write decisions:read'
const partners = { 'partner-a': both, 'partner-b': 'applications:write', 'partner-c': both }
const draft = { applicant: 'Ada Lovelace', amount: 250_000, currency: 'EUR', reference: 'r-1' }

let issuer: RunningServer
let program: ChildProcess
let origin = ''
const clients = new Map<string, TokenClient>()

before(async () => {
  issuer = await listen({
    ...{ host: '127.0.0.1', port: 0 },
    server: (identifier) =>
      createAuthorizationServer({
        ...{ issuer: identifier, storage: sqlite(':memory:'), dialect: 'credicorp' },
      }),
  })
  await issuer.server.registry.createResource({ id: audience, scope: both })
  const argv = ['--conditions=source', join(import.meta.dirname, 'main.ts')]
  program = spawn(process.execPath, [...argv, issuer.origin, audience, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(program.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  origin = `http://127.0.0.1:${/port (\d+)/.exec(String(line))?.[1]}`
  for (const [id, scope] of Object.entries(partners)) clients.set(id, await partner(id, scope))
})

after(async () => {
  for (const client of clients.values()) await client.dispose()
  program.kill('SIGKILL')
  await issuer.close()
})

async function partner(id: string, scope: string): Promise<TokenClient> {
  const created = await issuer.server.registry.createClient({ id, scope })
  assert.ok(created.ok)
  const clientSecret = created.value.clientSecret?.reveal() ?? ''
  return createTokenClient({
    ...{ issuer: issuer.origin, preset: 'credicorp', clientId: id, clientSecret },
    ...{ resource: audience, allowedOrigins: [origin] },
  })
}

/** A call of a partner; `path` is below the door. */
function call(id: keyof typeof partners, path: string, init?: RequestInit): Promise<Response> {
  const client = clients.get(id)
  assert.ok(client !== undefined)
  return client.fetch(`${origin}/partner/v1${path}`, init)
}

function apply(
  id: keyof typeof partners,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return call(id, '/applications', {
    ...{ method: 'POST', body: text },
    headers: { 'content-type': 'application/json', ...headers },
  })
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of each answer is what the tests are about
const documentOf = async (response: Response): Promise<any> => await response.json()

describe('the sample partner API, to partners', () => {
  it('takes an application and tells its decision, at both addresses [S3]', async () => {
    const taken = await apply('partner-a', draft)
    assert.equal(taken.status, 201)
    const location = taken.headers.get('location') ?? ''
    const { id, status, received_at, ...sent } = await documentOf(taken)
    assert.equal(location, `/partner/v1/applications/${id}`)
    assert.deepEqual([status, sent], ['received', draft])
    assert.match(received_at, /^\d{4}-\d\d-\d\dT/)
    for (const path of [`/applications/${id}/decision`, `/decisions/${id}`]) {
      const response = await call('partner-a', path)
      assert.equal(response.status, 200)
      assert.deepEqual(await documentOf(response), {
        ...{ application: id, reference: 'r-1', decision: 'approved' },
      })
    }
    const { decisions } = await documentOf(await call('partner-a', '/decisions'))
    assert.equal(decisions[0].application, id)
  })

  it('does not let somebody who may only apply read decisions: 403, never 401 [S3]', async () => {
    const taken = await apply('partner-b', draft)
    assert.equal(taken.status, 201)
    const { id } = await documentOf(taken)
    assert.equal((await call('partner-b', `/applications/${id}`)).status, 200)
    for (const path of [`/applications/${id}/decision`, `/decisions/${id}`, '/decisions']) {
      const refused = await call('partner-b', path)
      assert.equal(refused.status, 403)
      const [challenge] = parseChallenges(refused.headers.get('www-authenticate') ?? '')
      assert.equal(challenge?.parameters.get('error'), 'insufficient_scope')
      assert.equal(challenge?.parameters.get('scope'), 'decisions:read')
      await refused.body?.cancel()
    }
  })

  it('shows nothing of one partner to another [S3]', async () => {
    const { id } = await documentOf(await apply('partner-a', draft))
    for (const path of [`/applications/${id}`, `/decisions/${id}`]) {
      const response = await call('partner-c', path)
      assert.equal(response.status, 404)
      assert.equal((await documentOf(response)).title, 'Not Found')
    }
  })

  it('takes an application once, however often it is sent [S3]', async () => {
    const key = { 'idempotency-key': '"2026-0001"' }
    const first = await apply('partner-a', draft, key)
    const again = await apply('partner-a', draft, key)
    assert.deepEqual([first.status, again.status], [201, 201])
    assert.equal(first.headers.get('location'), again.headers.get('location'))
    const other = await apply('partner-a', { ...draft, amount: 1 }, key)
    assert.equal(other.status, 422)
    const elsewhere = await apply('partner-c', draft, key)
    assert.notEqual(elsewhere.headers.get('location'), first.headers.get('location'))
    assert.equal((await apply('partner-a', draft, { 'idempotency-key': '"' })).status, 400)
  })
})

describe('the sample partner API, given something wrong', () => {
  const wrong: readonly (readonly [number, string, string, Record<string, string>?])[] = [
    [415, 'another media type', 'a=b', { 'content-type': 'text/plain' }],
    [400, 'what is no JSON', '{'],
    [400, 'a member twice', '{"amount":1,"amount":2}'],
    [413, 'a body of 17 KiB', `{"applicant":"${'x'.repeat(17_000)}"}`],
    [422, 'a member too few', '{"applicant":"Ada"}'],
  ]
  for (const [status, title, body, headers] of wrong) {
    it(`answers ${title} with ${status} and a problem document`, async () => {
      const response = await apply('partner-a', body, headers)
      assert.equal(response.status, status)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      const document = await documentOf(response)
      assert.equal(document.status, status)
      if (status === 422) {
        const pointers = document.errors.map(({ pointer }: { pointer: string }) => pointer)
        assert.deepEqual(pointers, ['/amount', '/currency'])
      }
    })
  }
})

describe('the sample partner API, to anybody', () => {
  it('asks whoever has no token for one, and says which methods a path has', async () => {
    const anonymous = await fetch(`${origin}/partner/v1/decisions`)
    assert.equal(anonymous.status, 401)
    assert.equal(anonymous.headers.get('ratelimit-policy'), '"public";q=60;w=60')
    const wrongMethod = await fetch(`${origin}/partner/v1/decisions`, { method: 'DELETE' })
    assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'GET, HEAD'])
    assert.equal((await fetch(`${origin}/partner/v2`)).status, 404)
    const head = await fetch(`${origin}/public/v1/status`, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
  })

  it('outlives a partner that hangs up in the middle of an application', async () => {
    const token = await clients.get('partner-c')?.token()
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.write(
      'POST /partner/v1/applications HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n' +
        `Authorization: Bearer ${token?.reveal()}\r\nContent-Length: 100\r\n\r\n{"amount":`,
      () => socket.resetAndDestroy(),
    )
    await once(socket, 'close')
    assert.equal((await call('partner-c', '/decisions')).status, 200)
  })
})

describe('the sample partner API, under load and at its end', () => {
  it('counts each partner in a bucket of its own, and everybody else by address [S2] [S3]', async () => {
    const statuses = async (count: number, ask: () => Promise<Response>): Promise<Set<number>> => {
      const seen = new Set<number>()
      for (let at = 0; at < count; at++) {
        const response = await ask()
        await response.arrayBuffer()
        seen.add(response.status)
      }
      return seen
    }
    assert.ok((await statuses(80, () => fetch(`${origin}/public/v1/rates`))).has(429))
    const before = await call('partner-c', '/decisions')
    assert.match(before.headers.get('ratelimit') ?? '', /^"partner";r=\d\d;t=\d+$/)
    await before.arrayBuffer()
    assert.ok((await statuses(300, () => call('partner-a', '/decisions'))).has(429))
    assert.deepEqual([...(await statuses(20, () => call('partner-c', '/decisions')))], [200])
  })

  it('ends when it is asked to', async () => {
    program.kill('SIGTERM')
    const [exitCode] = (await once(program, 'exit')) as [number]
    assert.equal(exitCode, 0)
  })
})
