import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import { signedToken } from '../guard-world.ts'
import { codeOf, FEED_URL, feedDocument, feedWorld, publish } from './feed-world.ts'

const now = the.nowSeconds
const exp = now + 900
const token = signedToken({ claims: some.claims({ jti: 'lost', iat: now - 10, exp }) })
const listed = feedDocument({ version: 2, tokens: [{ jti: 'lost', exp }] })

describe('a guard that follows the revocation feed', () => {
  test('refuses a revoked token at first sight, and says so [R6] [R4]', async () => {
    const world = feedWorld()
    publish(world, listed)
    const verdict = await world.check(token)
    assert.ok(!verdict.admitted)
    assert.equal(verdict.code, 'revoked')
    assert.equal(verdict.status, 401)
    const [, challenge] = verdict.headers.find(([name]) => name === 'www-authenticate') ?? []
    assert.match(challenge ?? '', /error="invalid_token".*reason="revoked"/)
  })

  test('refuses a token that it has admitted before, from the next feed on [R6] [R3]', async () => {
    const world = feedWorld()
    assert.equal(await codeOf(world, token), 'admitted')
    publish(world, listed)
    assert.equal(await codeOf(world, token), 'admitted')
    await world.clock.advance(1_000)
    assert.equal(await codeOf(world, token), 'revoked')
    assert.equal(await codeOf(world, token), 'revoked')
    assert.equal(world.network.requestsTo(the.jwksUri).length, 1)
  })

  test('admits every other token meanwhile [R6]', async () => {
    const world = feedWorld()
    publish(world, listed)
    for (const claims of [{ jti: 'kept' }, { jti: 'lost', exp: exp + 7_200 }]) {
      const other = signedToken({ claims: some.claims({ iat: now - 10, exp, ...claims }) })
      assert.equal(await codeOf(world, other), 'admitted')
    }
  })

  const ages: readonly (readonly [string, number, string])[] = [
    ['of an earlier second', now - 11, 'revoked'],
    ['of the very second', now - 10, 'revoked'],
    ['from a fraction of the second on', now - 9.5, 'revoked'],
    ['of the next second', now - 9, 'admitted'],
  ]
  for (const [title, iat, expected] of ages) {
    test(`takes the tokens of a client by their age: one ${title} is ${expected} [R6]`, async () => {
      const world = feedWorld()
      publish(world, feedDocument({ clients: { [the.clientId]: now - 10 } }))
      const claims = some.claims({ iat, exp, client_id: the.clientId })
      assert.equal(await codeOf(world, signedToken({ claims })), expected)
    })
  }

  test('leaves the tokens of other clients alone, also of one that is called __proto__ [R6]', async () => {
    const world = feedWorld()
    publish(world, feedDocument({ clients: { somebody: now } }))
    for (const clientId of [the.clientId, '__proto__', 'constructor']) {
      const claims = some.claims({ iat: now - 10, exp, client_id: clientId })
      assert.equal(await codeOf(world, signedToken({ claims })), 'admitted')
    }
  })

  test('refuses what a withdrawn key has signed, while others vouch for the feed [R6]', async () => {
    const world = feedWorld()
    const kid = fixtureKeys.EdDSA.kid
    publish(world, feedDocument({ keys: [String(kid)] }))
    assert.equal(await codeOf(world, signedToken({ alg: 'EdDSA' })), 'revoked')
    assert.equal(await codeOf(world, signedToken({ alg: 'ES256' })), 'admitted')
  })

  test('admits again what the issuer takes from the list [R6]', async () => {
    const world = feedWorld()
    publish(world, listed)
    assert.equal(await codeOf(world, token), 'revoked')
    publish(world, feedDocument({ version: 3 }))
    await world.clock.advance(1_000)
    assert.equal(await codeOf(world, token), 'admitted')
  })

  test('keeps verdicts of one feed that is only signed anew [R3] [R6]', async () => {
    const world = feedWorld()
    await world.check(token)
    publish(world, feedDocument({ claims: { iat: now + 1 } }))
    await world.clock.advance(1_000)
    assert.equal(world.network.requestsTo(FEED_URL).length, 2)
    const news = world.events.filter(({ type }) => type === 'revocations_renewed')
    assert.equal(news.length, 1)
  })

  test('asks for nothing before it judges its first token, and not for garbage [R6]', async () => {
    const world = feedWorld()
    await world.clock.advance(60_000)
    await world.check('garbage')
    await world.check(signedToken({ claims: some.claims({ iss: 'https://evil.example' }) }))
    assert.equal(world.network.requests.length, 0)
    assert.equal(world.clock.pendingCount, 0)
  })

  test('begins with warm(), so that the first request waits for nothing [R6]', async () => {
    const world = feedWorld()
    assert.equal(world.guard.ready().state, 'cold')
    await world.guard.warm()
    assert.deepEqual(world.guard.ready(), {
      state: 'ready',
      keysAgeSeconds: 0,
      revocationsAgeSeconds: 0,
    })
    const asked = world.network.requests.length
    assert.equal(await codeOf(world, token), 'admitted')
    assert.equal(world.network.requests.length, asked)
  })

  test('ends with dispose(): no timer, no request, what is known stays in force [R6]', async () => {
    const world = feedWorld()
    publish(world, listed)
    await world.check(token)
    world.guard.dispose()
    assert.equal(world.clock.pendingCount, 0)
    const asked = world.network.requestsTo(FEED_URL).length
    await world.clock.advance(60_000)
    assert.equal(world.network.requestsTo(FEED_URL).length, asked)
    assert.equal(await codeOf(world, token), 'revoked')
  })

  test('follows each of several issuers, but for one that has no feed [R6] [R7]', async () => {
    const other = 'https://other.example'
    const world = feedWorld(
      {},
      { issuers: [{ issuer: the.issuer }, { issuer: other, revocationFeed: false }] },
    )
    publish(world, listed)
    world.network.respond(
      `${other}/.well-known/oauth-authorization-server`,
      jsonResponse(some.serverMetadata({ issuer: other })),
    )
    assert.equal(await codeOf(world, token), 'revoked')
    const foreign = signedToken({ claims: some.claims({ iss: other, jti: 'lost', exp }) })
    assert.equal(await codeOf(world, foreign), 'admitted')
    assert.equal(world.network.requestsTo(FEED_URL).length, 1)
  })

  test('is told where the feed is, instead of asking metadata [R6]', async () => {
    const url = 'https://feeds.example/ours'
    const world = feedWorld({}, { jwksUri: the.jwksUri, revocation: { follow: url } })
    world.network.respond(url, () => new Response(listed))
    assert.equal(await codeOf(world, token), 'revoked')
    assert.equal(world.network.requestsTo(the.metadataUrl).length, 0)
  })
})
