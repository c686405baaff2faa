import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { the } from '@mintmark/testkit'
import { FEED_URL, feedDocument, feedResponse } from '../revocation/feed-world.ts'
import { active, answer, codeOf, introspectionWorld, questions } from './introspection-world.ts'

const now = the.nowSeconds

describe('introspection and the revocation feed together', () => {
  test('refuse a remembered opaque token as soon as the feed lists it [R3] [R6]', async () => {
    const world = introspectionWorld(
      { cacheSecondsMax: 3_600 },
      { revocation: { follow: FEED_URL } },
    )
    world.network.respond(FEED_URL, () => feedResponse(feedDocument()))
    assert.equal(await codeOf(world), 'admitted')
    const revoking = feedDocument({ version: 2, tokens: [{ jti: 'j-1', exp: now + 900 }] })
    world.network.respond(FEED_URL, () => feedResponse(revoking))
    await world.clock.advance(1_000)
    assert.equal(await codeOf(world), 'revoked')
    assert.equal(questions(world).length, 1)
  })

  test('take a token without iat for one of the second of the question [R3] [R6]', async () => {
    const world = introspectionWorld(
      { cacheSecondsMax: 3_600 },
      { revocation: { follow: FEED_URL } },
    )
    answer(world, active({ iat: undefined }))
    const earlier = feedDocument({ clients: { [the.clientId]: now - 1 } })
    world.network.respond(FEED_URL, () => feedResponse(earlier))
    assert.equal(await codeOf(world), 'admitted')
    const later = feedDocument({ version: 2, clients: { [the.clientId]: now } })
    world.network.respond(FEED_URL, () => feedResponse(later))
    await world.clock.advance(1_000)
    assert.equal(await codeOf(world), 'revoked')
  })
})
