import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PrivateJwk } from '@mintmark/jwt'
import { attackerKeys, fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import { guardWorld, keySetOf, signedToken } from './guard-world.ts'

describe('several issuers', () => {
  const other = 'https://other.example/tenant'
  const otherKeys = 'https://other.example/keys'

  function twoIssuers() {
    const world = guardWorld({
      issuers: [
        { issuer: the.issuer, jwksUri: the.jwksUri },
        { issuer: other, audience: 'urn:api:other', jwksUri: otherKeys },
      ],
    })
    world.network.respond(otherKeys, jsonResponse(keySetOf(attackerKeys.EdDSA)))
    return world
  }

  const ofOther = some.claims({ iss: other, aud: 'urn:api:other' })

  test('are each judged by their own keys [R7]', async () => {
    const world = twoIssuers()
    const own = await world.check(signedToken())
    const others = await world.check(
      signedToken({ alg: 'EdDSA', key: attackerKeys.EdDSA, claims: ofOther }),
    )
    assert.equal(own.admitted && own.issuer, the.issuer)
    assert.equal(others.admitted && others.issuer, other)
  })

  test('cannot sign for one another [R7]', async () => {
    const world = twoIssuers()
    const forged = signedToken({ alg: 'EdDSA', key: attackerKeys.EdDSA })
    const verdict = await world.check(forged)
    assert.ok(!verdict.admitted)
    assert.notEqual(verdict.status, 503)
  })

  test('have their own audiences [R7]', async () => {
    const world = twoIssuers()
    const claims = { ...ofOther, aud: the.audience }
    const verdict = await world.check(
      signedToken({ alg: 'EdDSA', key: attackerKeys.EdDSA, claims }),
    )
    assert.equal(!verdict.admitted && verdict.code, 'wrong_audience')
  })

  test('fail one by one [R7]', async () => {
    const world = twoIssuers()
    world.network.respond(otherKeys, jsonResponse('', { status: 500 }))
    const unavailable = await world.check(
      signedToken({ alg: 'EdDSA', key: attackerKeys.EdDSA, claims: ofOther }),
    )
    assert.equal(!unavailable.admitted && unavailable.status, 503)
    assert.equal((await world.check(signedToken())).admitted, true)
    assert.equal(world.guard.ready().state, 'failing')
  })

  test('are asked only when a token names them', async () => {
    const world = twoIssuers()
    await world.check(signedToken({ claims: some.claims({ iss: 'https://evil.example' }) }))
    await world.check(signedToken())
    assert.deepEqual(
      world.network.requests.map(({ url }) => url),
      [the.jwksUri],
    )
  })

  test('that lose a key keep the verdicts of the others', async () => {
    const world = twoIssuers()
    const own = signedToken()
    const first = await world.check(own)
    const others = signedToken({ alg: 'EdDSA', key: attackerKeys.EdDSA, claims: ofOther })
    await world.check(others)
    const next: PrivateJwk = { ...fixtureKeys.EdDSA, kid: 'next' }
    world.network.respond(otherKeys, jsonResponse(keySetOf(next)))
    await world.check(signedToken({ alg: 'EdDSA', key: next, claims: ofOther }))
    const verdict = await world.check(others)
    assert.equal(!verdict.admitted && verdict.code, 'unknown_key')
    assert.equal(await world.check(own), first)
  })
})
