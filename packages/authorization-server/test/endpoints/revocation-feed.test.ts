import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeUnverified } from '@mintmark/jwt'
import { member } from '@mintmark/protocol'
import { eventLoopTurns } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  feedPaceMs,
  feedPeriodSeconds,
  feedReadersWaitingMax,
  feedWaitSecondsMax,
} from '../../src/limits.ts'
import { verifiedFeed } from '../revocation-feed/verified-feed.ts'
import { obtainToken, registerClient, type Serving, serving, the } from '../serving.ts'

const feedUrl = `${the.issuer}/oauth/revocations`

const ask = (world: Serving, headers: Record<string, string> = {}, method = 'GET') =>
  world.server.fetch(new Request(feedUrl, { headers, method }))

const administrationOf = ({ server }: Serving) =>
  server.administration({ actor: 'operator:test', via: 'library' })

async function read(world: Serving) {
  const keys = await world.server.fetch(new Request(the.jwksUri))
  return verifiedFeed(await (await ask(world)).text(), await keys.text())
}

async function revoke(world: Serving, token: string): Promise<void> {
  const response = await world.post('/oauth/revoke', { token }, { authorization: world.basic })
  assert.equal(response.status, 200)
}

function claimsOf(token: string): { jti: string; exp: number; iat: number } {
  const read = decodeUnverified(token)
  assert.ok(read.ok)
  const [jti, exp, iat] = ['jti', 'exp', 'iat'].map((name) => member(read.value.claims, name))
  return { jti: String(jti), exp: Number(exp), iat: Number(iat) }
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  await eventLoopTurns(1)
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending
}

test('the feed is signed by the issuer, and lists a revoked token and no other [A9]', async () => {
  await using world = await serving()
  const [token, other] = [await obtainToken(world), await obtainToken(world)]
  assert.equal((await read(world)).tokens.size, 0)
  await revoke(world, token)
  await world.clock.advance(feedPaceMs)
  const feed = await read(world)
  assert.deepEqual([feed.lists(claimsOf(token)), feed.lists(claimsOf(other))], [true, false])
  assert.equal(feed.iss, the.issuer)
})

test('the metadata says where the feed is, and anybody may read it with an ordinary GET [A5] [A9]', async () => {
  await using world = await serving('credicorp')
  const metadata = await (await world.server.fetch(new Request(the.metadataUrl))).json()
  const { revocation_feed_endpoint: url } = metadata as { revocation_feed_endpoint: string }
  assert.equal(url, `${the.issuer}/partner/v1/oauth/revocations`)
  const response = await world.server.fetch(new Request(url))
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('content-type'), 'application/vnd.mintmark.revocations')
  assert.equal(response.headers.get('cache-control'), 'no-cache')
})

test('all tokens of a client are one entry, and the version grows with each change [A9]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const before = await read(world)
  const revoked = await administrationOf(world).tokens.revokeTokensOf(the.clientId)
  assert.ok(revoked.ok)
  await world.clock.advance(feedPaceMs)
  const after = await read(world)
  assert.ok(after.version > before.version)
  assert.ok(claimsOf(token).iat <= (after.clients.get(the.clientId)?.notBeforeSeconds ?? 0))
  const answer = await world.post('/oauth/introspect', { token }, { authorization: world.basic })
  assert.deepEqual(await answer.json(), { active: false })
  await world.clock.advance(1_000)
  const later = await obtainToken(world)
  const again = await world.post(
    '/oauth/introspect',
    { token: later },
    { authorization: world.basic },
  )
  assert.equal(((await again.json()) as { active: boolean }).active, true)
})

test('tokens of nobody cannot be revoked: a mistyped name is told [A9]', async () => {
  await using world = await serving()
  const revoked = await administrationOf(world).tokens.revokeTokensOf('partner-aa')
  assert.deepEqual(revoked, { ok: false, violation: 'client_unknown', subject: 'partner-aa' })
})

test('a disabled and a deleted client are in the feed, too [A9]', async () => {
  await using world = await serving()
  await registerClient(world.server, { id: 'b', scope: the.scope })
  await world.server.registry.setClientDisabled(the.clientId, true)
  await world.server.registry.deleteClient('b')
  await world.clock.advance(feedPaceMs)
  assert.deepEqual([...(await read(world)).clients.keys()].toSorted(), ['b', the.clientId])
})

test('a compromised key is named, and the feed is signed with the one in its place [A8] [A9]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  const { kid } = await read(world)
  const compromised = await world.server.keys.compromise(kid)
  assert.ok(compromised.ok)
  await world.clock.advance(feedPaceMs)
  const feed = await read(world)
  assert.deepEqual([...feed.keys.keys()], [kid])
  assert.equal(feed.kid, compromised.value.replacement?.kid)
  const answer = await world.post('/oauth/introspect', { token }, { authorization: world.basic })
  assert.deepEqual(await answer.json(), { active: false })
})

test('who has the last document is told so in two lines, however its validator is written [A9]', async () => {
  await using world = await serving()
  const tag = (await ask(world)).headers.get('etag') ?? ''
  for (const known of [tag, `"other", ${tag}`, tag.replace('W/', ''), '*']) {
    const response = await ask(world, { 'if-none-match': known })
    assert.equal(response.status, 304)
    assert.equal(response.headers.get('etag'), tag)
    assert.equal(await response.text(), '')
  }
  for (const known of ['"other"', 'garbage', '']) {
    assert.equal((await ask(world, { 'if-none-match': known })).status, 200)
  }
})

test('a document is signed once for everybody, and anew after half of its validity [A9]', async () => {
  await using world = await serving()
  const first = await (await ask(world)).text()
  await world.clock.advance(feedPeriodSeconds * 500)
  assert.equal(await (await ask(world)).text(), first)
  await world.clock.advance(feedPeriodSeconds * 500)
  const { exp } = await read(world)
  assert.notEqual(await (await ask(world)).text(), first)
  assert.ok(exp - world.clock.wallMs() / 1000 > feedPeriodSeconds)
})

test('a reader that waits is answered at once when something is revoked [A9]', async () => {
  await using world = await serving()
  const token = await obtainToken(world)
  await world.clock.advance(feedPaceMs)
  const tag = (await ask(world)).headers.get('etag') ?? ''
  await world.clock.advance(feedPaceMs)
  const waiting = ask(world, { 'if-none-match': tag, prefer: 'respond-async, wait=30' })
  assert.equal(await isSettled(waiting), false)
  await revoke(world, token)
  await world.clock.advance(0)
  const response = await waiting
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('preference-applied'), 'wait=30')
  const keys = await (await world.server.fetch(new Request(the.jwksUri))).text()
  assert.ok(verifiedFeed(await response.text(), keys).lists(claimsOf(token)))
})

test('without news it is answered at its time, which is bounded [A9]', async () => {
  await using world = await serving()
  const tag = (await ask(world)).headers.get('etag') ?? ''
  const waiting = ask(world, { 'if-none-match': tag, prefer: 'wait=999999' })
  await world.clock.advance(feedWaitSecondsMax * 1000 - 1)
  assert.equal(await isSettled(waiting), false)
  await world.clock.advance(1)
  const response = await waiting
  assert.equal(response.status, 304)
  assert.equal(response.headers.get('preference-applied'), `wait=${feedWaitSecondsMax}`)
})

for (const prefer of [
  'wait=0',
  'wait=',
  'wait=-1',
  'wait=1x',
  'waiting=9',
  'wait=9999999999',
  'x',
]) {
  test(`nobody waits for "${prefer}" [A9]`, async () => {
    await using world = await serving()
    const tag = (await ask(world)).headers.get('etag') ?? ''
    const response = await ask(world, { 'if-none-match': tag, prefer })
    assert.equal(response.status, 304)
    assert.equal(response.headers.get('preference-applied'), null)
  })
}

test('when too many wait the next is answered at once, and when the server stops all are [A9] [A12]', async () => {
  await using world = await serving()
  const tag = (await ask(world)).headers.get('etag') ?? ''
  const headers = { 'if-none-match': tag, prefer: 'wait=30' }
  const waiting = Array.from({ length: feedReadersWaitingMax }, () => ask(world, headers))
  assert.equal(await isSettled(Promise.race(waiting)), false)
  assert.equal((await ask(world, headers)).status, 304)
  world.server.beginStop()
  const statuses = new Set((await Promise.all(waiting)).map(({ status }) => status))
  assert.deepEqual([...statuses], [304])
  assert.equal((await ask(world, headers)).status, 304)
})

test('many revocations are published together, within the pace [A9]', async () => {
  await using world = await serving()
  const tokens = await Promise.all(Array.from({ length: 20 }, () => obtainToken(world)))
  await ask(world)
  await world.clock.advance(feedPaceMs)
  const tags = new Set<string | null>()
  for (const token of tokens) {
    await revoke(world, token)
    await world.clock.advance(10)
    tags.add((await ask(world)).headers.get('etag'))
  }
  assert.ok(tags.size <= 2)
  await world.clock.advance(feedPaceMs)
  assert.equal((await read(world)).tokens.size, 20)
})

test('reading is all that can be done with it [A9]', async () => {
  await using world = await serving()
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const response = await ask(world, {}, method)
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
  }
  assert.equal((await ask(world, { prefer: 'wait=30', 'if-none-match': '*' }, 'HEAD')).status, 304)
})

test('whatever its headers say, a reader gets the document or is told that it has it [A9]', async () => {
  await using world = await serving()
  const tag = (await ask(world)).headers.get('etag') ?? ''
  world.server.beginStop()
  const text = fc.oneof(
    fc.stringMatching(/^[ -~]{0,60}$/),
    fc.constantFrom(tag, `${tag},`, 'W/', '*, *', 'wait=1, wait=2', 'wait="3"; x', ', '.repeat(99)),
  )
  await fc.assert(
    fc.asyncProperty(text, text, async (known, prefer) => {
      const response = await ask(world, { 'if-none-match': known, prefer })
      assert.ok(response.status === 200 || response.status === 304)
      assert.equal(response.headers.get('etag'), tag)
    }),
    { numRuns: 100 },
  )
})
