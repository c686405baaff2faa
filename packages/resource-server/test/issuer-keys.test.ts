import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PrivateJwk } from '@mintmark/jwt'
import {
  attackerKeys,
  fixtureKeys,
  jsonResponse,
  networkFailure,
  some,
  the,
} from '@mintmark/testkit'
import { guardWorld, keySetOf, signedToken } from './guard-world.ts'

const { ES256 } = fixtureKeys

describe('keys', () => {
  test('are fetched once for a thousand first requests at the same time [R2]', async () => {
    const world = guardWorld()
    const checks = Array.from({ length: 1_000 }, (_, at) =>
      world.check(signedToken({ alg: 'EdDSA', claims: some.claims({ jti: `jti-${at % 10}` }) })),
    )
    const verdicts = await Promise.all(checks)
    assert.ok(verdicts.every(({ admitted }) => admitted))
    assert.equal(world.network.requestsTo(the.metadataUrl).length, 1)
    assert.equal(world.network.requestsTo(the.jwksUri).length, 1)
    assert.equal(world.network.requests.length, 2)
  })

  test('that cannot be had are 503 with Retry-After, and asked for once per cool-down [R4]', async () => {
    const world = guardWorld()
    world.network.respond(the.metadataUrl, jsonResponse('', { status: 503 }))
    const token = signedToken()
    const first = await Promise.all(Array.from({ length: 20 }, () => world.check(token)))
    const later = await Promise.all(Array.from({ length: 20 }, () => world.check(token)))
    for (const verdict of [...first, ...later]) {
      assert.ok(!verdict.admitted)
      assert.equal(verdict.status, 503)
      assert.equal(verdict.code, 'keys_unavailable')
      assert.deepEqual(verdict.headers[0], ['retry-after', '1'])
    }
    assert.equal(world.network.requests.length, 1)
    await world.clock.advance(1_000)
    await world.check(token)
    assert.equal(world.network.requests.length, 2)
  })

  test('are had as soon as the issuer is back', async () => {
    const world = guardWorld()
    world.network.respond(the.metadataUrl, () => {
      throw networkFailure('ECONNREFUSED')
    })
    const token = signedToken()
    assert.equal((await world.check(token)).admitted, false)
    world.network.respond(the.metadataUrl, jsonResponse(some.serverMetadata()))
    await world.clock.advance(1_000)
    assert.equal((await world.check(token)).admitted, true)
  })

  test('outlive an outage of their issuer without a failed request [R2]', async () => {
    const world = guardWorld()
    const longLived = some.claims({ exp: the.nowSeconds + 86_400 })
    const check = (jti: string) =>
      world.check(signedToken({ alg: 'EdDSA', claims: { ...longLived, jti } }))
    await check('before')
    for (const url of [the.metadataUrl, the.jwksUri]) {
      world.network.respond(url, jsonResponse('', { status: 503 }))
    }
    await world.clock.advance(301_000)
    for (let at = 0; at < 20; at += 1) assert.equal((await check('before')).admitted, true)
    assert.equal((await check('never seen before')).admitted, true)
    assert.equal(world.network.requestsTo(the.jwksUri).length, 2)
    assert.equal(world.guard.ready().state, 'stale')
  })

  test('that are too old to go on with are 503, also for remembered tokens [R2] [R3]', async () => {
    const world = guardWorld()
    const token = signedToken({ claims: some.claims({ exp: the.nowSeconds + 86_400 }) })
    await world.check(token)
    world.network.respond(the.jwksUri, jsonResponse('', { status: 500 }))
    world.network.respond(the.metadataUrl, jsonResponse('', { status: 500 }))
    await world.clock.advance(2 * 3_600_000)
    const verdict = await world.check(token)
    assert.equal(!verdict.admitted && verdict.code, 'keys_unavailable')
    assert.deepEqual(world.guard.ready(), {
      state: 'failing',
      keysAgeSeconds: undefined,
      revocationsAgeSeconds: undefined,
    })
  })

  test('that nobody published are 401 after one fetch per pause [R2]', async () => {
    const world = guardWorld({ jwksUri: the.jwksUri })
    await world.check(signedToken())
    const flood = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        world.check(signedToken({ header: { kid: `nobody-${at}` } })),
      ),
    )
    assert.ok(flood.every((verdict) => !verdict.admitted && verdict.code === 'unknown_key'))
    assert.equal(world.network.requests.length, 2)
  })

  test('that moved are found again, also when their old place answers with something else', async () => {
    const world = guardWorld()
    await world.check(signedToken())
    const moved = 'https://issuer.example/new/jwks'
    world.network.respond(the.jwksUri, new Response('<!doctype html>'))
    world.network.respond(the.metadataUrl, jsonResponse(some.serverMetadata({ jwks_uri: moved })))
    world.network.respond(moved, jsonResponse(keySetOf(ES256)))
    await world.clock.advance(300_000)
    assert.equal((await world.check(signedToken())).admitted, true)
    await world.clock.advance(1_000)
    await world.check(signedToken())
    await world.clock.advance(0)
    assert.equal(world.network.requestsTo(moved).length, 1)
    assert.equal(world.guard.ready().state, 'ready')
  })

  test('that rotate are noticed by the first token that names a new one [R2]', async () => {
    const world = guardWorld({ jwksUri: the.jwksUri })
    const next: PrivateJwk = { ...attackerKeys.ES256, kid: 'next' }
    await world.check(signedToken())
    world.network.respond(the.jwksUri, jsonResponse(keySetOf(ES256, next)))
    assert.equal((await world.check(signedToken({ key: next }))).admitted, true)
    assert.equal(world.network.requests.length, 2)
  })
})

describe('readiness', () => {
  test('goes from cold to ready, and tells the age of the keys', async () => {
    const world = guardWorld()
    assert.deepEqual(world.guard.ready(), {
      state: 'cold',
      keysAgeSeconds: undefined,
      revocationsAgeSeconds: undefined,
    })
    await world.guard.warm()
    assert.deepEqual(world.guard.ready(), {
      state: 'ready',
      keysAgeSeconds: 0,
      revocationsAgeSeconds: undefined,
    })
    await world.clock.advance(12_500)
    assert.deepEqual(world.guard.ready(), {
      state: 'ready',
      keysAgeSeconds: 12.5,
      revocationsAgeSeconds: undefined,
    })
    await world.clock.advance(300_000)
    assert.deepEqual(world.guard.ready(), {
      state: 'stale',
      keysAgeSeconds: 312.5,
      revocationsAgeSeconds: undefined,
    })
  })

  test('starts nothing by being asked', async () => {
    const world = guardWorld()
    world.guard.ready()
    await world.clock.advance(0)
    assert.equal(world.network.requests.length, 0)
  })

  test('is failing after the keys could not be had, and warming up resolves all the same', async () => {
    const world = guardWorld()
    world.network.respond(the.metadataUrl, jsonResponse('', { status: 500 }))
    await world.guard.warm()
    assert.deepEqual(world.guard.ready(), {
      state: 'failing',
      keysAgeSeconds: undefined,
      revocationsAgeSeconds: undefined,
    })
  })

  test('warming up spares the first request the wait', async () => {
    const world = guardWorld()
    await world.guard.warm()
    await world.guard.warm()
    assert.equal(world.network.requests.length, 2)
    await world.check(signedToken())
    assert.equal(world.network.requests.length, 2)
  })

  test('warming up asks nothing more of an issuer whose keys are fresh, whatever they are', async () => {
    const world = guardWorld()
    world.network.respond(the.jwksUri, jsonResponse(keySetOf(fixtureKeys.RS256)))
    await world.guard.warm()
    await world.guard.warm()
    assert.equal(world.network.requests.length, 2)
  })

  test('tells the age of the oldest keys', async () => {
    const other = 'https://other.example'
    const issuers = [
      { issuer: the.issuer, jwksUri: the.jwksUri },
      { issuer: other, jwksUri: `${other}/keys` },
    ]
    const world = guardWorld({ issuers })
    world.network.respond(`${other}/keys`, jsonResponse(keySetOf(ES256)))
    await world.check(signedToken())
    await world.clock.advance(10_000)
    await world.check(signedToken({ claims: some.claims({ iss: other }) }))
    assert.deepEqual(world.guard.ready(), {
      state: 'ready',
      keysAgeSeconds: 10,
      revocationsAgeSeconds: undefined,
    })
  })

  test('is that of the worst issuer', async () => {
    const issuers = [
      { issuer: the.issuer, jwksUri: the.jwksUri },
      { issuer: 'https://other.example', jwksUri: 'https://other.example/keys' },
    ]
    const world = guardWorld({ issuers })
    await world.check(signedToken())
    assert.equal(world.guard.ready().state, 'cold')
    await world.guard.warm()
    assert.equal(world.guard.ready().state, 'failing')
  })
})

describe('disposing of a guard', () => {
  test('ends the request under way, its timer and everything that waits for it', async () => {
    const world = guardWorld()
    world.network.respond(the.metadataUrl, () => new Promise<Response>(() => undefined))
    const waiting = world.check(signedToken())
    await world.clock.advance(0)
    world.guard.dispose()
    const verdict = await waiting
    assert.equal(!verdict.admitted && verdict.code, 'keys_unavailable')
    assert.equal(world.clock.pendingCount, 0)
  })

  test('sends nothing any more and judges by what is in hand', async () => {
    const world = guardWorld()
    await world.check(signedToken())
    world.guard.dispose()
    await world.clock.advance(400_000)
    assert.equal((await world.check(signedToken())).admitted, true)
    assert.equal(world.network.requests.length, 2)
  })
})
