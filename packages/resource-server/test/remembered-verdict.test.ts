import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import { guardWorld, keySetOf, signedToken } from './guard-world.ts'

const { ES256 } = fixtureKeys

describe('a remembered verdict', () => {
  test('is the very one of the first time, and needs no request [R3]', async () => {
    const world = guardWorld()
    const token = signedToken()
    const first = await world.check(token)
    for (let at = 0; at < 10; at += 1) {
      assert.equal(await world.check(token.split('').join('')), first)
    }
    assert.equal(world.network.requests.length, 2)
  })

  test('is found however the scheme before the token is spelled [R3]', async () => {
    const world = guardWorld()
    const token = signedToken()
    const first = await world.check(token)
    for (const scheme of ['bearer', 'BEARER', 'Bearer  ']) {
      const headers = { authorization: `${scheme} ${token}` }
      assert.equal(await world.guard.check({ headers }), first)
    }
    const asked = await world.guard.check({
      headers: { authorization: `Bearer ${token}` },
      url: '/decisions?access_token=x',
    })
    assert.equal(!asked.admitted && asked.code, 'token_in_query')
  })

  test('ends with its token [R3]', async () => {
    const world = guardWorld()
    const token = signedToken({ claims: some.claims({ exp: the.nowSeconds + 60 }) })
    assert.equal((await world.check(token)).admitted, true)
    await world.clock.advance(64_999)
    assert.equal((await world.check(token)).admitted, true)
    await world.clock.advance(1)
    const verdict = await world.check(token)
    assert.equal(!verdict.admitted && verdict.code, 'expired')
  })

  test('is judged anew when the clock steps back behind it', async () => {
    const world = guardWorld()
    const token = signedToken({ claims: some.claims({ nbf: the.nowSeconds }) })
    assert.equal((await world.check(token)).admitted, true)
    world.clock.stepWall(-6_000)
    const verdict = await world.check(token)
    assert.equal(!verdict.admitted && verdict.code, 'not_yet_valid')
  })

  test('ends when its key disappears, though it is all that is ever asked for [R2] [R3]', async () => {
    const world = guardWorld({ jwksUri: the.jwksUri })
    const check = () => world.check(signedToken({ alg: 'EdDSA' }))
    await check()
    world.network.respond(the.jwksUri, jsonResponse(keySetOf(ES256)))
    await world.clock.advance(239_999)
    assert.equal((await check()).admitted, true)
    await world.clock.advance(2_000)
    assert.equal((await check()).admitted, true)
    await world.clock.advance(0)
    const verdict = await check()
    assert.equal(!verdict.admitted && verdict.code, 'unknown_key')
    // The first fetch, the renewal, and the one that a kid missing from the new set may cause.
    assert.equal(world.network.requests.length, 3)
  })

  test('is not used after a quiet time until the issuer was asked again [R3]', async () => {
    const world = guardWorld({ jwksUri: the.jwksUri })
    const check = () => world.check(signedToken({ alg: 'EdDSA' }))
    await check()
    world.network.respond(the.jwksUri, jsonResponse(keySetOf(ES256)))
    await world.clock.advance(1_800_000)
    const verdict = await check()
    assert.equal(!verdict.admitted && verdict.code, 'unknown_key')
  })

  test('survives a renewal that keeps its key', async () => {
    const world = guardWorld({ jwksUri: the.jwksUri })
    const token = signedToken()
    const first = await world.check(token)
    await world.clock.advance(250_000)
    await world.check(token)
    await world.clock.advance(0)
    assert.equal(world.network.requests.length, 2)
    assert.equal(await world.check(token), first)
  })

  test('is not made of a refusal: a token that was early is admitted when its time comes', async () => {
    const world = guardWorld()
    const token = signedToken({ claims: some.claims({ nbf: the.nowSeconds + 60 }) })
    assert.equal((await world.check(token)).admitted, false)
    await world.clock.advance(60_000)
    assert.equal((await world.check(token)).admitted, true)
  })

  test('is not kept where none may be', async () => {
    const world = guardWorld({ verdictCacheBytesMax: 0 })
    const token = signedToken()
    assert.notEqual(await world.check(token), await world.check(token))
  })
})
