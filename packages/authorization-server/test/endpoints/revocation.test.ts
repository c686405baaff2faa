import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import { createAuthorizationServer, type Storage, sqlite } from '../../src/index.ts'
import { basicOf, obtainToken, registerClient, type Serving, serving, the } from '../serving.ts'

const revoke = (world: Serving, token: string, authorization = world.basic) =>
  world.post('/oauth/revoke', { token }, { authorization })

async function isActive(world: Serving, token: string): Promise<boolean> {
  const response = await world.post('/oauth/introspect', { token }, { authorization: world.basic })
  return ((await response.json()) as { active: boolean }).active
}

test('a revoked token is inactive at once, and other tokens of the client are not touched [A5]', async () => {
  await using world = await serving()
  const [token, other] = [await obtainToken(world), await obtainToken(world)]
  const response = await revoke(world, token)
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal(await response.text(), '')
  assert.deepEqual([await isActive(world, token), await isActive(world, other)], [false, true])
})

test('revoking what is already revoked, expired, garbage or forged is a success without effect [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  await revoke(world, token)
  for (const one of [token, 'garbage', `${token}x`])
    assert.equal((await revoke(world, one)).status, 200)
  const expired = await obtainToken(world)
  await world.clock.advance(600_000)
  assert.equal((await revoke(world, expired)).status, 200)
})

test('a client cannot revoke the token of another, and is not told so [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const peer = await registerClient(world.server, { id: 'peer', scope: the.scope })
  assert.equal((await revoke(world, token, basicOf('peer', peer.reveal()))).status, 200)
  assert.equal(await isActive(world, token), true)
})

test('a wrong type hint does not matter [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const parameters = { token, token_type_hint: 'refresh_token' }
  await world.post('/oauth/revoke', parameters, { authorization: world.basic })
  assert.equal(await isActive(world, token), false)
})

test('revocation needs the client to prove itself [A5]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const response = await world.post('/oauth/revoke', { token })
  assert.equal(response.status, 401)
  assert.equal(await isActive(world, token), true)
})

test('a revocation survives a restart, and reaches another server on the same data [A5] [A11]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-revocation-'))
  const clock = new FakeClock()
  const open = () =>
    createAuthorizationServer({ issuer: the.issuer, storage: sqlite(folder, { clock }), clock })
  const first = await open()
  await first.registry.createResource({ id: the.audience, scope: the.scope })
  const secret = (await registerClient(first, { id: the.clientId, scope: the.scope })).reveal()
  const authorization = basicOf(the.clientId, secret)
  const post = (server: typeof first, path: string, form: Record<string, string>) =>
    server.fetch(
      new Request(the.issuer + path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { authorization },
      }),
    )
  const second = await open()
  const issued = await post(first, '/oauth/token', { grant_type: 'client_credentials' })
  const { access_token: token } = (await issued.json()) as { access_token: string }
  const active = async (server: typeof first) =>
    ((await (await post(server, '/oauth/introspect', { token })).json()) as { active: boolean })
      .active
  assert.equal(await active(second), true)
  await post(first, '/oauth/revoke', { token })
  await clock.advance(1_000)
  assert.equal(await active(second), false)
  await first.close()
  const third = await open()
  assert.equal(await active(third), false)
  await second.close()
  await third.close()
  rmSync(folder, { recursive: true })
})

test('a token of a node whose clock is ahead can be revoked right after it was issued [A5] [A12]', async () => {
  await using world = await serving()
  await world.clock.advance(3_000)
  const token = await obtainToken(world)
  world.clock.stepWall(-3_000)
  assert.equal(await isActive(world, token), true)
  await revoke(world, token)
  assert.equal(await isActive(world, token), false)
  world.clock.stepWall(3_000)
  assert.equal(await isActive(world, token), false)
})

test('success is not claimed while the revocation cannot be stored: 503, and when to come back [A5]', async () => {
  let isDown = false
  const inMemory = sqlite(':memory:')
  const storage: Storage = {
    ...inMemory,
    async open() {
      const session = await inMemory.open()
      const down = () => Promise.reject(new Error('down'))
      return { ...session, apply: (...change) => (isDown ? down() : session.apply(...change)) }
    },
  }
  const clock = new FakeClock()
  const server = await createAuthorizationServer({ issuer: the.issuer, storage, clock })
  await server.registry.createResource({ id: the.audience, scope: the.scope })
  const secret = (await registerClient(server, { id: the.clientId, scope: the.scope })).reveal()
  const post = (path: string, form: Record<string, string>) =>
    server.fetch(
      new Request(the.issuer + path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { authorization: basicOf(the.clientId, secret) },
      }),
    )
  const issued = await post('/oauth/token', { grant_type: 'client_credentials' })
  const { access_token: token } = (await issued.json()) as { access_token: string }
  const ask = async () => (await post('/oauth/introspect', { token })).json()
  isDown = true
  const refused = await post('/oauth/revoke', { token })
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'])
  assert.equal(((await refused.json()) as { error: string }).error, 'temporarily_unavailable')
  assert.equal(((await ask()) as { active: boolean }).active, true)
  isDown = false
  assert.equal((await post('/oauth/revoke', { token })).status, 200)
  assert.deepEqual(await ask(), { active: false })
  await server.close()
})
