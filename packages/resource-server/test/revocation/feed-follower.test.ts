import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jsonResponse, networkFailure, some, the } from '@mintmark/testkit'
import { type GuardWorld, signedToken } from '../guard-world.ts'
import { codeOf, FEED_URL, feedDocument, feedResponse, feedWorld, publish } from './feed-world.ts'

const token = signedToken()
const offline = (): never => {
  throw networkFailure('ECONNREFUSED')
}

const TAG = 'W/"abc.1"'

/** Requests for the feed so far, as what they asked: tag and wait. */
function questions({ network }: GuardWorld): readonly string[] {
  return network
    .requestsTo(FEED_URL)
    .map(({ headers }) => `${headers.get('if-none-match')} ${headers.get('prefer')}`)
}

function failures({ events }: GuardWorld): readonly string[] {
  return events.flatMap((event) => (event.type === 'revocation_feed_failed' ? [event.failure] : []))
}

/** Waits as the authorization server does: until it is told, or as long as the reader wants to. */
function waiting(world: GuardWorld) {
  const held: ((response: Response) => void)[] = []
  world.network.respond(FEED_URL, (request) => {
    if (request.headers.get('if-none-match') !== TAG) return feedResponse(feedDocument(), TAG)
    return new Promise<Response>((resolve) => held.push(resolve))
  })
  return held
}

describe('following a feed', () => {
  test('asks first for the document, then for news, and lets the issuer wait [R6]', async () => {
    const world = feedWorld()
    const held = waiting(world)
    await world.check(token)
    await world.clock.advance(15_000)
    assert.deepEqual(questions(world), ['null null', `${TAG} wait=20`])
    held[0]?.(new Response(null, { status: 304 }))
    await world.clock.advance(0)
    assert.equal(questions(world).length, 3)
    assert.equal(world.guard.ready().revocationsAgeSeconds, 0)
  })

  test('knows news as soon as the issuer sends them, and asks on at its pace [R6]', async () => {
    const world = feedWorld()
    const held = waiting(world)
    await world.check(token)
    await world.clock.advance(1_300)
    const revoking = feedDocument({ version: 2, clients: { [the.clientId]: the.nowSeconds } })
    held[0]?.(feedResponse(revoking, 'W/"abc.2"'))
    await world.clock.advance(0)
    assert.equal(await codeOf(world, token), 'revoked')
    assert.equal(questions(world).length, 2)
    await world.clock.advance(699)
    assert.equal(questions(world).length, 2)
    await world.clock.advance(1)
    assert.equal(questions(world).length, 3)
  })

  test('keeps its pace with an issuer that does not wait: one request a second [R6]', async () => {
    const world = feedWorld()
    world.network.respond(FEED_URL, (request) =>
      request.headers.has('if-none-match')
        ? new Response(null, { status: 304 })
        : feedResponse(feedDocument(), TAG),
    )
    await world.check(token)
    await world.clock.advance(10_000)
    assert.equal(questions(world).length, 11)
    assert.equal(world.clock.pendingCount, 1)
  })

  test('has another pace where it is told one, and does not wait where it is told not to [R6]', async () => {
    const world = feedWorld({ intervalSeconds: 5, waitSeconds: 0 })
    publish(world, feedDocument(), TAG)
    await world.check(token)
    await world.clock.advance(10_000)
    assert.deepEqual(questions(world), ['null null', `${TAG} null`, `${TAG} null`])
  })

  test('waits no longer than half of the time that makes it stale [R6]', async () => {
    const world = feedWorld({ staleSecondsMax: 9 })
    publish(world, feedDocument(), TAG)
    await world.check(token)
    await world.clock.advance(1_000)
    assert.equal(questions(world)[1], `${TAG} wait=4`)
  })

  test('sends back no entity tag that is none [R6]', async () => {
    for (const tag of ['abc', '"a" b"', `"${'a'.repeat(300)}"`]) {
      const world = feedWorld()
      publish(world, feedDocument(), tag)
      await world.check(token)
      await world.clock.advance(1_000)
      assert.equal(questions(world)[1], 'null null')
    }
  })

  test('lets the first requests wait for one attempt, together [R6]', async () => {
    const world = feedWorld()
    let answer: (response: Response) => void = () => undefined
    world.network.respond(
      FEED_URL,
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve
        }),
    )
    const codes = [codeOf(world, token), codeOf(world, signedToken())]
    await world.clock.advance(3_000)
    answer(feedResponse(feedDocument({ clients: { [the.clientId]: the.nowSeconds } })))
    assert.deepEqual(await Promise.all(codes), ['revoked', 'revoked'])
    assert.equal(questions(world).length, 1)
  })

  test('gives an attempt ten seconds beyond its wait, and forgets what comes later [R6]', async () => {
    const world = feedWorld()
    const held = waiting(world)
    await world.check(token)
    await world.clock.advance(1_000)
    await world.clock.advance(29_999)
    assert.deepEqual(failures(world), [])
    await world.clock.advance(1)
    assert.deepEqual(failures(world), ['deadline_exceeded'])
    held[0]?.(
      feedResponse(feedDocument({ version: 9, clients: { [the.clientId]: the.nowSeconds } })),
    )
    await world.clock.advance(0)
    assert.equal(await codeOf(world, token), 'admitted')
  })

  test('asks without waiting after a failure, to be sure soon [R6]', async () => {
    const world = feedWorld()
    publish(world, feedDocument(), TAG)
    await world.check(token)
    world.network.respond(FEED_URL, offline)
    await world.clock.advance(1_000)
    publish(world, feedDocument(), TAG)
    await world.clock.advance(1_000)
    assert.equal(questions(world).at(-1), `${TAG} null`)
    assert.equal(world.guard.ready().state, 'ready')
  })

  test('pauses longer after each failure, up to eight seconds, and starts anew after a success [R6]', async () => {
    const world = feedWorld()
    await world.check(token)
    world.network.respond(FEED_URL, offline)
    await world.clock.advance(120_000)
    const attempts = questions(world).length
    assert.ok(attempts >= 1 + 120 / 8 && attempts <= 1 + 4 + 120 / 4, `${attempts} attempts`)
    publish(world, feedDocument())
    await world.clock.advance(8_000)
    assert.equal(world.guard.ready().state, 'ready')
  })

  for (const [title, value, waitMs] of [
    ['seconds', '30', 30_000],
    ['a date', new Date(the.nowSeconds * 1000 + 30_000).toUTCString(), 29_000],
    ['more than is believed', '999999', 300_000],
  ] as const) {
    test(`obeys Retry-After in ${title} [R6]`, async () => {
      const world = feedWorld()
      await world.check(token)
      world.network.respond(
        FEED_URL,
        () => new Response(null, { status: 503, headers: { 'retry-after': value } }),
      )
      await world.clock.advance(1_000)
      const asked = questions(world).length
      await world.clock.advance(waitMs - 1)
      assert.equal(questions(world).length, asked)
      await world.clock.advance(1)
      assert.equal(questions(world).length, asked + 1)
    })
  }

  test('looks again where the feed is after a failure [R6]', async () => {
    const world = feedWorld()
    await world.check(token)
    const moved = `${the.issuer}/moved`
    world.network.respond(FEED_URL, new Response(null, { status: 404 }))
    world.network.respond(
      the.metadataUrl,
      jsonResponse(some.serverMetadata({ revocation_feed_endpoint: moved })),
    )
    world.network.respond(moved, () => new Response(feedDocument({ version: 2 })))
    await world.clock.advance(3_000)
    assert.ok(world.network.requestsTo(moved).length > 0)
    assert.equal(world.guard.ready().state, 'ready')
  })
})

describe('a feed that cannot be had', () => {
  test('is shown as stale from the bound on, once, and tokens are admitted all the same [R6]', async () => {
    const world = feedWorld({ staleSecondsMax: 30 })
    await world.check(token)
    world.network.respond(FEED_URL, offline)
    await world.clock.advance(30_000)
    assert.deepEqual(
      [world.guard.ready().state, world.guard.ready().revocationsAgeSeconds],
      ['ready', 30],
    )
    await world.clock.advance(60_000)
    assert.deepEqual(
      [world.guard.ready().state, world.guard.ready().revocationsAgeSeconds],
      ['stale', 90],
    )
    assert.equal(await codeOf(world, token), 'admitted')
    const stale = world.events.filter(({ type }) => type === 'revocations_stale')
    assert.equal(stale.length, 1)
    publish(world, feedDocument({ version: 2 }))
    await world.clock.advance(8_000)
    assert.equal(world.guard.ready().state, 'ready')
  })

  test('lets no unlisted token pass where that is asked for: 503 with Retry-After [R6] [R4]', async () => {
    const world = feedWorld({ staleSecondsMax: 30, whenStale: 'refuse' })
    await world.check(token)
    world.network.respond(FEED_URL, offline)
    await world.clock.advance(30_000)
    assert.equal(await codeOf(world, token), 'admitted')
    await world.clock.advance(1)
    const verdict = await world.check(token)
    assert.ok(!verdict.admitted)
    assert.deepEqual([verdict.status, verdict.code], [503, 'revocations_unknown'])
    assert.ok(verdict.retryAfterSeconds !== undefined && verdict.retryAfterSeconds <= 8)
    assert.equal(world.guard.ready().state, 'failing')
    publish(world, feedDocument({ version: 2 }))
    await world.clock.advance(8_000)
    assert.equal(await codeOf(world, token), 'admitted')
  })

  test('keeps what was revoked revoked, however stale [R6]', async () => {
    const world = feedWorld({ staleSecondsMax: 30, whenStale: 'refuse' })
    publish(world, feedDocument({ clients: { [the.clientId]: the.nowSeconds } }))
    const claims = some.claims({ exp: the.nowSeconds + 86_400 })
    const longLived = signedToken({ claims })
    await world.check(longLived)
    world.network.respond(FEED_URL, offline)
    await world.clock.advance(200_000)
    assert.equal(await codeOf(world, longLived), 'revoked')
  })

  for (const [whenStale, code, state] of [
    ['admit', 'admitted', 'stale'],
    ['refuse', 'revocations_unknown', 'failing'],
  ] as const) {
    test(`from the start on is stale at once: ${whenStale} [R6]`, async () => {
      const world = feedWorld({ whenStale })
      world.network.respond(FEED_URL, offline)
      assert.equal(await codeOf(world, token), code)
      assert.equal(world.guard.ready().state, state)
      assert.equal(world.guard.ready().revocationsAgeSeconds, undefined)
      assert.deepEqual(failures(world), ['unreachable'])
    })
  }

  test('is one that metadata does not name [R6]', async () => {
    const world = feedWorld()
    world.network.respond(the.metadataUrl, jsonResponse(some.serverMetadata()))
    assert.equal(await codeOf(world, token), 'admitted')
    assert.deepEqual(failures(world), ['feed_not_found'])
    assert.ok(
      world.events.some(
        (event) => event.type === 'metadata_failed' && event.failure === 'revocation_feed_missing',
      ),
    )
  })
})
