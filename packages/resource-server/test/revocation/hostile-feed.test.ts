import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { platformEngine } from '@mintmark/jwt'
import {
  attackerKeys,
  characters,
  FakeClock,
  fixtureKeys,
  jsonResponse,
  networkFailure,
  the,
} from '@mintmark/testkit'
import fc from 'fast-check'
import { verifyFeed } from '../../src/revocation/verified-feed.ts'
import { type GuardWorld, keySetOf, signedToken } from '../guard-world.ts'
import {
  codeOf,
  FEED_URL,
  type FeedDraft,
  feedDocument,
  feedResponse,
  feedWorld,
  publish,
} from './feed-world.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const now = the.nowSeconds
const token = signedToken()
const { ES256, EdDSA } = fixtureKeys
const revoking: FeedDraft = { version: 5, clients: { [the.clientId]: now } }

function lastFailure({ events }: GuardWorld): string | undefined {
  return events
    .flatMap((event) => (event.type === 'revocation_feed_failed' ? [event.failure] : []))
    .at(-1)
}

const offline = (): never => {
  throw networkFailure('ECONNREFUSED')
}

const good = feedDocument({ version: 6 })
const [firstLine = '', secondLine = ''] = good.split('\n')
const documents: readonly (readonly [title: string, document: string, failure: string])[] = [
  ['is empty', '', 'not_two_lines'],
  ['has one line', firstLine, 'not_two_lines'],
  ['has three lines', `${good}\n`, 'not_two_lines'],
  ['has lines of Windows', good.replace('\n', '\r\n'), 'malformed_claims'],
  ['is HTML', '<html>\n</html>', 'malformed_claims'],
  ['has claims that are no JWS', `e30.e30\n${secondLine}`, 'malformed_claims'],
  ['is an access token', `${token}\n${secondLine}`, 'wrong_type'],
  ['has another type', feedDocument({ header: { typ: 'JWT' } }), 'wrong_type'],
  ['has no type', feedDocument({ header: { typ: undefined } }), 'wrong_type'],
  ['has a critical extension', feedDocument({ header: { crit: ['x'], x: 1 } }), 'malformed_claims'],
  ['is signed with an unknown key', feedDocument({ key: attackerKeys.ES256 }), 'unknown_key'],
  [
    'is forged under a known kid',
    feedDocument({ key: attackerKeys.ES256, header: { kid: ES256.kid } }),
    'bad_signature',
  ],
  ['is unsigned', feedDocument({ header: { alg: 'none' } }), 'malformed_claims'],
  [
    'is of another issuer',
    feedDocument({ claims: { iss: 'https://evil.example' } }),
    'wrong_issuer',
  ],
  ['has no issuer', feedDocument({ claims: { iss: undefined } }), 'malformed_member'],
  ['has expired', feedDocument({ claims: { iat: now - 700, exp: now - 10 } }), 'not_valid_now'],
  ['is of the future', feedDocument({ claims: { iat: now + 60, exp: now + 90 } }), 'not_valid_now'],
  ['is valid for ever', feedDocument({ claims: { exp: now + 1e9 } }), 'validity_too_long'],
  ['has no version', feedDocument({ claims: { version: undefined } }), 'malformed_member'],
  ['has a version in words', feedDocument({ claims: { version: '6' } }), 'malformed_member'],
  ['has a version and a half', feedDocument({ claims: { version: 6.5 } }), 'malformed_member'],
  ['has a negative version', feedDocument({ claims: { version: -6 } }), 'malformed_member'],
  ['has no digest', feedDocument({ claims: { content_sha256: undefined } }), 'malformed_member'],
  ['has the content of another', `${firstLine}\n${secondLine} `, 'wrong_digest'],
  ['has content that is no JSON', feedDocument({ content: 'nothing' }), 'not_json'],
  ['has content without members', feedDocument({ content: '{}' }), 'malformed_member'],
  [
    'has a member twice',
    feedDocument({ content: '{"clients":{},"clients":{},"keys":{},"tokens":"AQ"}' }),
    'duplicate_member',
  ],
  [
    'has a list of tokens that is none',
    feedDocument({ content: '{"clients":{},"keys":{},"tokens":"AQAA"}' }),
    'malformed_list',
  ],
  [
    'has clients in words',
    feedDocument({ content: '{"clients":{"a":["1","2"]},"keys":{},"tokens":"AQ"}' }),
    'malformed_member',
  ],
  ['gives up its own key', feedDocument({ keys: [String(ES256.kid)] }), 'withdrawn_key'],
  ['has a lower version', feedDocument({ version: 4 }), 'rolled_back'],
]

const answers: readonly (readonly [title: string, answer: () => Response, failure: string])[] = [
  ['is a network failure', offline, 'unreachable'],
  ['is a redirect', () => Response.redirect('https://evil.example/feed'), 'redirected'],
  ['is a 404', () => new Response(good, { status: 404 }), 'status_not_ok'],
  ['is a 503', () => new Response(good, { status: 503 }), 'status_not_ok'],
  ['is a 304 that nobody asked for', () => new Response(null, { status: 304 }), 'status_not_ok'],
  ['is too large', () => new Response(new Uint8Array(8_388_609)), 'body_too_large'],
  ['is no UTF-8', () => new Response(Uint8Array.of(0xff, 0x0a, 0xff)), 'not_utf8'],
]

/** A guard that knows from version 5 that its token is revoked, and then is answered otherwise. */
async function worldAfter(answer: () => Response): Promise<GuardWorld> {
  const world = feedWorld()
  publish(world, feedDocument(revoking))
  assert.equal(await codeOf(world, token), 'revoked')
  world.network.respond(FEED_URL, answer)
  await world.clock.advance(1_000)
  return world
}

describe('the last good feed is kept', () => {
  for (const [title, document, failure] of documents) {
    test(`when the next ${title} [R6]`, async () => {
      const world = await worldAfter(() => feedResponse(document))
      assert.equal(lastFailure(world), failure)
      assert.equal(await codeOf(world, token), 'revoked')
    })
  }

  for (const [title, answer, failure] of answers) {
    test(`when the next answer ${title} [R6]`, async () => {
      const world = await worldAfter(answer)
      assert.equal(lastFailure(world), failure)
      assert.equal(await codeOf(world, token), 'revoked')
    })
  }

  test('when one octet of the next is another, whichever [R6]', async () => {
    const world = await worldAfter(() => feedResponse(good))
    assert.equal(await codeOf(world, token), 'admitted')
    publish(world, feedDocument({ ...revoking, version: 7 }))
    await world.clock.advance(1_000)
    const next = feedDocument({ version: 8 })
    await fc.assert(
      fc.asyncProperty(
        fc.nat(next.length - 1),
        fc.integer({ min: 1, max: 127 }),
        async (at, distance) => {
          const octet = (next.charCodeAt(at) + distance) % 128
          publish(world, next.slice(0, at) + String.fromCharCode(octet) + next.slice(at + 1))
          await world.clock.advance(8_000)
          world.clock.stepWall(-8_000)
          assert.equal(await codeOf(world, token), 'revoked')
        },
      ),
      { numRuns: 60 },
    )
  })

  test('when the next is any text [R6]', async () => {
    const rules = {
      issuer: the.issuer,
      keys: { keyFor: () => ({ refusal: 'unknown_key' as const }) },
      clockToleranceSeconds: 5,
      engine: platformEngine(),
      clock: new FakeClock(),
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter, maxLength: 200 }), async (text) => {
        for (const document of [text, `${text}\n${text}`, `${firstLine}\n${text}`]) {
          assert.equal((await verifyFeed(document, rules)).ok, false)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('no event tells anything of what was answered [R6]', async () => {
    const world = await worldAfter(() => feedResponse('secret words\nsecret words'))
    assert.ok(!JSON.stringify(world.events).includes('secret'))
  })
})

describe('an earlier version', () => {
  test('is taken when the last document has expired: the issuer was restored [R6]', async () => {
    const world = await worldAfter(offline)
    publish(world, feedDocument({ version: 1, claims: { iat: now + 590, exp: now + 1_200 } }))
    await world.clock.advance(595_000)
    assert.equal(await codeOf(world, token), 'revoked')
    await world.clock.advance(20_000)
    assert.equal(world.guard.ready().state, 'ready')
    const renewals = world.events.filter((event) => event.type === 'revocations_renewed')
    assert.deepEqual(
      renewals.map((event) => event.type === 'revocations_renewed' && event.version),
      [5, 1],
    )
  })

  test('is taken when it gives up the key of the last: that was a forgery [R6]', async () => {
    const forgery = { version: 2 ** 50 }
    const world = await worldAfter(() => feedResponse(edDsaFeed(forgery)))
    assert.equal(await codeOf(world, token), 'admitted')
    publish(world, feedDocument({ ...revoking, version: 6, keys: [String(EdDSA.kid)] }))
    await world.clock.advance(1_000)
    assert.equal(await codeOf(world, token), 'revoked')
  })

  test('is taken when the issuer does not publish the key of the last any more [R6] [R2]', async () => {
    const world = await worldAfter(() =>
      feedResponse(edDsaFeed({ version: 2 ** 50, keys: [String(ES256.kid)] })),
    )
    assert.equal(await codeOf(world, token), 'revoked')
    publish(world, feedDocument({ ...revoking, version: 6 }))
    await world.clock.advance(10_000)
    assert.equal(lastFailure(world), 'rolled_back')
    world.network.respond(the.jwksUri, jsonResponse(keySetOf(ES256)))
    await world.clock.advance(310_000)
    await world.check(signedToken())
    await world.clock.advance(10_000)
    assert.equal(world.guard.ready().state, 'ready')
  })

  test('by a key that the last gave up is not taken, whatever its version [R6]', async () => {
    const world = await worldAfter(() =>
      feedResponse(feedDocument({ ...revoking, version: 6, keys: [String(EdDSA.kid)] })),
    )
    publish(world, edDsaFeed({ version: 2 ** 50 }))
    await world.clock.advance(1_000)
    assert.equal(lastFailure(world), 'withdrawn_key')
    assert.equal(await codeOf(world, token), 'revoked')
  })
})

function edDsaFeed(draft: FeedDraft): string {
  return feedDocument({ ...draft, alg: 'EdDSA' })
}
