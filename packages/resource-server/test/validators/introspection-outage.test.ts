import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jsonResponse, some, the } from '@mintmark/testkit'
import { type GuardWorld, guardWorld, signedToken } from '../guard-world.ts'
import {
  active,
  answer,
  codeOf,
  ENDPOINT,
  failuresIn,
  holding,
  inactive,
  introspectionWorld,
  offline,
  opaque,
  questions,
} from './introspection-world.ts'

const outages: readonly (readonly [
  title: string,
  respond: (world: GuardWorld) => void,
  failure: string,
])[] = [
  ['there is no network', offline, 'unreachable'],
  ['it answers 500', (world) => answer(world, active(), { status: 500 }), 'status_not_ok'],
  ['it answers 404', (world) => answer(world, active(), { status: 404 }), 'status_not_ok'],
  ['it redirects', (world) => answer(world, '', { status: 307 }), 'redirected'],
  ['it does not know the guard', (world) => answer(world, '{}', { status: 401 }), 'caller_refused'],
  ['it does not let it ask', (world) => answer(world, '{}', { status: 403 }), 'caller_refused'],
  ['it says nothing', (world) => answer(world, ''), 'not_json'],
  ['it says no more than {}', (world) => answer(world, '{}'), 'active_missing'],
  ['it says "true" in words', (world) => answer(world, '{"active":"true"}'), 'active_missing'],
  ['it says both', (world) => answer(world, '{"active":false,"active":true}'), 'duplicate_member'],
  [
    'its metadata has no place to ask',
    ({ network }) => network.respond(the.metadataUrl, jsonResponse(some.serverMetadata())),
    'endpoint_not_found',
  ],
]

describe('an issuer that signs nothing', () => {
  const withoutKeys = { jwks_uri: undefined, introspection_endpoint: ENDPOINT }

  test('is ready once it was asked where to ask: it has no keys to wait for [R2] [R3]', async () => {
    const world = introspectionWorld()
    world.network.respond(the.metadataUrl, jsonResponse(some.serverMetadata(withoutKeys)))
    await world.guard.warm()
    assert.equal(world.guard.ready().state, 'ready')
    assert.equal(await codeOf(world), 'admitted')
    assert.equal(await codeOf(world, signedToken()), 'keys_unavailable')
    assert.equal(world.guard.ready().state, 'ready')
    offline(world)
    assert.equal(await codeOf(world, `2${opaque}`), 'introspection_unavailable')
    assert.equal(world.guard.ready().state, 'failing')
  })

  test('is a failing one for a guard that asks nobody [R2]', async () => {
    const world = guardWorld()
    world.network.respond(the.metadataUrl, jsonResponse(some.serverMetadata(withoutKeys)))
    await world.guard.warm()
    assert.equal(world.guard.ready().state, 'failing')
  })
})

describe('an issuer that cannot be asked', () => {
  for (const [title, respond, failure] of outages) {
    test(`is an outage and nobody's fault: ${title} [R3] [R4]`, async () => {
      const world = introspectionWorld()
      respond(world)
      const verdict = await world.check(opaque)
      assert.ok(!verdict.admitted)
      assert.deepEqual([verdict.status, verdict.code], [503, 'introspection_unavailable'])
      assert.ok((verdict.retryAfterSeconds ?? 0) >= 1)
      assert.deepEqual(failuresIn(world), [failure])
      assert.equal(world.guard.ready().state, 'failing')
    })
  }

  test('goes on being asked, whatever one token makes it answer [R3]', async () => {
    for (const [body, init, failure] of [
      [inactive, { status: 400 }, 'question_refused'],
      [' '.repeat(65_537), {}, 'body_too_large'],
      [active({ scope: 'a  b' }), {}, undefined],
    ] as const) {
      const world = introspectionWorld()
      answer(world, body, init)
      for (let at = 0; at < 20; at += 1) await world.check(`token-${at}`)
      assert.equal(questions(world).length, 20)
      assert.equal(failuresIn(world)[0], failure)
      answer(world, active())
      assert.equal(await codeOf(world), 'admitted')
      await world.guard.warm()
      assert.equal(world.guard.ready().state, 'ready')
    }
  })

  test('may be asked again at once after one failure, and is ready when it answers [R3]', async () => {
    const world = introspectionWorld()
    offline(world)
    await world.check(opaque)
    answer(world, active())
    assert.equal(await codeOf(world), 'admitted')
    await world.guard.warm()
    assert.equal(world.guard.ready().state, 'ready')
  })

  test('is left alone after five failures, and then asked once [R3]', async () => {
    const world = introspectionWorld()
    offline(world)
    for (let at = 0; at < 20; at += 1) await world.check(`token-${at}`)
    assert.equal(questions(world).length, 5)
    await world.clock.advance(1_000)
    const held = holding(world)
    const codes = ['a', 'b', 'c'].map((token) => codeOf(world, token))
    await world.clock.advance(0)
    assert.equal(held.length, 1)
    held[0]?.(active())
    assert.deepEqual(await Promise.all(codes), [
      'admitted',
      'introspection_unavailable',
      'introspection_unavailable',
    ])
    answer(world, active())
    assert.equal(await codeOf(world, 'b'), 'admitted')
  })

  test('is left alone at once when it does not know the guard, longer each time [R3]', async () => {
    const world = introspectionWorld()
    answer(world, '{}', { status: 401 })
    for (let at = 0; at < 240; at += 1) {
      await world.check(opaque)
      await world.clock.advance(1_000)
    }
    const asked = questions(world).length
    assert.ok(asked >= 16 && asked <= 40, `${asked} questions in four minutes`)
  })

  test('is left alone for as long as it says [R3]', async () => {
    const world = introspectionWorld()
    answer(world, '{}', { status: 503, headers: { 'retry-after': '120' } })
    const first = await world.check(opaque)
    assert.equal(!first.admitted && first.retryAfterSeconds, 120)
    answer(world, active())
    await world.clock.advance(119_000)
    const second = await world.check(opaque)
    assert.equal(!second.admitted && second.retryAfterSeconds, 1)
    assert.equal(questions(world).length, 1)
    await world.clock.advance(1_000)
    assert.equal(await codeOf(world), 'admitted')
  })
})
