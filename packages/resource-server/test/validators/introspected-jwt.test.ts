import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { some, the } from '@mintmark/testkit'
import { signedToken } from '../guard-world.ts'
import {
  active,
  answer,
  codeOf,
  inactive,
  introspectionWorld,
  questions,
} from './introspection-world.ts'

const now = the.nowSeconds

describe('a JWT', () => {
  test('is verified here and not asked about [R1] [R3]', async () => {
    const world = introspectionWorld()
    assert.equal(await codeOf(world, signedToken()), 'admitted')
    assert.equal(await codeOf(world, 'eyJ.e30.AAAA'), 'malformed_token')
    assert.equal(questions(world).length, 0)
  })

  test('is asked about after it was verified, where that is wanted [R3]', async () => {
    const world = introspectionWorld({ introspect: 'all' })
    const token = signedToken()
    assert.equal(await codeOf(world, token), 'admitted')
    assert.equal(await codeOf(world, token), 'admitted')
    assert.equal(questions(world).length, 1)
    answer(world, inactive)
    assert.equal(await codeOf(world, token), 'admitted')
    await world.clock.advance(30_000)
    assert.equal(await codeOf(world, token), 'inactive')
    assert.equal(questions(world).length, 2)
  })

  test('costs its issuer no question when it is no good anyway [R3]', async () => {
    const world = introspectionWorld({ introspect: 'all' })
    const expired = signedToken({ claims: some.claims({ exp: now - 60 }) })
    assert.equal(await codeOf(world, expired), 'expired')
    assert.equal(questions(world).length, 0)
  })

  test('expires when its issuer says so, if that is earlier [R3]', async () => {
    const world = introspectionWorld({ introspect: 'all', cacheSecondsMax: 3_600 })
    answer(world, active({ exp: now + 60 }))
    const token = signedToken()
    await world.check(token)
    await world.clock.advance(65_000)
    answer(world, inactive)
    assert.equal(await codeOf(world, token), 'inactive')
  })

  test('of another trusted issuer is nothing that this one can be asked about [R3] [R7]', async () => {
    const issuers = [{ issuer: 'https://other.example' }, { issuer: the.issuer }]
    const options = { introspect: 'all', issuer: the.issuer } as const
    const world = introspectionWorld(options, { issuers })
    await world.check(signedToken())
    assert.equal(questions(world).length, 1)
  })
})
