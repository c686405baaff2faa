import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { the } from '@mintmark/testkit'
import { carrying, type GuardWorld, signedToken } from '../guard-world.ts'
import {
  active,
  answer,
  codeOf,
  failuresIn,
  holding,
  inactive,
  introspectionWorld,
  offline,
  opaque,
  questions,
} from './introspection-world.ts'

const now = the.nowSeconds

async function freshCode({ guard }: GuardWorld, token = opaque): Promise<string> {
  const verdict = await guard.check(carrying(token), { fresh: true })
  return verdict.admitted ? 'admitted' : verdict.code
}

describe('an active answer', () => {
  test('is used again for nothing, and is the very same [R3]', async () => {
    const world = introspectionWorld()
    const first = await world.check(opaque)
    for (let at = 0; at < 10; at += 1) {
      assert.equal(await world.check(opaque.split('').join('')), first)
    }
    assert.equal(questions(world).length, 1)
  })

  test('is used until the bound after the question was sent, and no longer [R3]', async () => {
    const world = introspectionWorld({ cacheSecondsMax: 10 })
    const held = holding(world)
    const first = codeOf(world)
    await world.clock.advance(2_000)
    held[0]?.(active())
    assert.equal(await first, 'admitted')
    answer(world, inactive)
    await world.clock.advance(7_999)
    assert.equal(await codeOf(world), 'admitted')
    await world.clock.advance(1)
    assert.equal(await codeOf(world), 'inactive')
  })

  test('ends with the token, however long it might be used [R3]', async () => {
    const world = introspectionWorld({ cacheSecondsMax: 3_600 })
    answer(world, active({ exp: now + 60 }))
    assert.equal(await codeOf(world), 'admitted')
    await world.clock.advance(64_999)
    assert.equal(await codeOf(world), 'admitted')
    await world.clock.advance(1)
    assert.equal(await codeOf(world), 'expired')
    assert.equal(questions(world).length, 2)
  })

  test('is not used longer because somebody turns the wall clock back [R3]', async () => {
    const world = introspectionWorld({ cacheSecondsMax: 10 })
    await world.check(opaque)
    answer(world, inactive)
    await world.clock.advance(10_000)
    world.clock.stepWall(-10_000)
    assert.equal(await codeOf(world), 'inactive')
  })

  test('is used for one request where none is to be kept [R3]', async () => {
    const world = introspectionWorld({ cacheSecondsMax: 0 })
    await world.check(opaque)
    await world.check(opaque)
    assert.equal(questions(world).length, 2)
  })

  test('lasts through an outage within its bound, and then it is 503, never 401 [R3] [R4]', async () => {
    const world = introspectionWorld()
    await world.check(opaque)
    offline(world)
    await world.clock.advance(29_999)
    assert.equal(await codeOf(world), 'admitted')
    await world.clock.advance(1)
    assert.equal(await codeOf(world), 'introspection_unavailable')
  })
})

describe('a no', () => {
  test('is used for some seconds [R3]', async () => {
    const world = introspectionWorld()
    answer(world, inactive)
    assert.equal(await codeOf(world), 'inactive')
    answer(world, active())
    await world.clock.advance(4_999)
    assert.equal(await codeOf(world), 'inactive')
    assert.equal(questions(world).length, 1)
    await world.clock.advance(1)
    assert.equal(await codeOf(world), 'admitted')
  })

  test('about an audience is remembered like any other [R3]', async () => {
    const world = introspectionWorld()
    answer(world, active({ aud: 'https://x.example' }))
    for (let at = 0; at < 3; at += 1) assert.equal(await codeOf(world), 'wrong_audience')
    assert.equal(questions(world).length, 1)
  })

  test('is not remembered where that is not wanted [R3]', async () => {
    const world = introspectionWorld({ inactiveSeconds: 0 })
    answer(world, inactive)
    await world.check(opaque)
    await world.check(opaque)
    assert.equal(questions(world).length, 2)
  })
})

describe('a fresh answer', () => {
  test('is asked for whatever is remembered, and is remembered itself [R3]', async () => {
    const world = introspectionWorld()
    assert.equal(await freshCode(world), 'admitted')
    assert.equal(await freshCode(world), 'admitted')
    assert.equal(questions(world).length, 2)
    assert.equal(await codeOf(world), 'admitted')
    assert.equal(questions(world).length, 2)
  })

  test('that says no ends what was remembered [R3]', async () => {
    const world = introspectionWorld()
    await world.check(opaque)
    answer(world, inactive)
    assert.equal(await codeOf(world), 'admitted')
    assert.equal(await freshCode(world), 'inactive')
    assert.equal(await codeOf(world), 'inactive')
  })

  test('that says yes ends a remembered no [R3]', async () => {
    const world = introspectionWorld()
    answer(world, inactive)
    await world.check(opaque)
    answer(world, active())
    assert.equal(await freshCode(world), 'admitted')
    assert.equal(await codeOf(world), 'admitted')
  })

  test('does not come from a question that was under way before [R3]', async () => {
    const world = introspectionWorld()
    const held = holding(world)
    const before = codeOf(world)
    await world.clock.advance(0)
    const fresh = freshCode(world)
    await world.clock.advance(0)
    assert.equal(held.length, 2)
    held[1]?.(inactive)
    assert.equal(await fresh, 'inactive')
    held[0]?.(active())
    assert.equal(await before, 'admitted')
  })

  test('is nothing to ask for about a JWT that is verified here [R3]', async () => {
    const world = introspectionWorld()
    const token = signedToken()
    const first = await world.guard.check(carrying(token), { fresh: true })
    assert.equal(await world.guard.check(carrying(token), { fresh: true }), first)
    assert.equal(questions(world).length, 0)
  })

  test('with a misspelt wish is a mistake of the application [R7]', async () => {
    const { guard } = introspectionWorld()
    const misspelt = { fresh: true, scopes: 'a' } as never
    await assert.rejects(guard.check(carrying(opaque), misspelt), TypeError)
  })
})

describe('questions', () => {
  test('about one token are one, however many requests carry it [R3]', async () => {
    const world = introspectionWorld()
    const held = holding(world)
    const codes = Array.from({ length: 1_000 }, () => codeOf(world))
    await world.clock.advance(0)
    assert.equal(held.length, 1)
    held[0]?.(active())
    assert.deepEqual([...new Set(await Promise.all(codes))], ['admitted'])
  })

  test('have a limit; whoever comes on top is told so at once [R3] [R4]', async () => {
    const world = introspectionWorld({ concurrentMax: 3 })
    const held = holding(world)
    const codes = ['a', 'b', 'c'].map((token) => codeOf(world, token))
    await world.clock.advance(0)
    const verdict = await world.check('d')
    assert.ok(!verdict.admitted)
    assert.deepEqual(
      [verdict.status, verdict.code, verdict.retryAfterSeconds],
      [503, 'introspection_unavailable', 1],
    )
    for (const give of held) give(active())
    assert.deepEqual(await Promise.all(codes), ['admitted', 'admitted', 'admitted'])
    assert.equal(await codeOf(world, 'c'), 'admitted')
    const fourth = codeOf(world, 'd')
    await world.clock.advance(0)
    held[3]?.(active())
    assert.equal(await fourth, 'admitted')
  })

  test('have a deadline, and what comes later changes nothing [R3]', async () => {
    const world = introspectionWorld()
    const held = holding(world)
    const code = codeOf(world)
    await world.clock.advance(3_000)
    assert.equal(await code, 'introspection_unavailable')
    assert.deepEqual(failuresIn(world), ['deadline_exceeded'])
    held[0]?.(active())
    offline(world)
    assert.equal(await codeOf(world), 'introspection_unavailable')
    assert.equal(world.clock.pendingCount, 0)
  })

  test('end with dispose(), and no others are sent [R3]', async () => {
    const world = introspectionWorld()
    holding(world)
    const code = codeOf(world)
    await world.clock.advance(0)
    world.guard.dispose()
    assert.equal(await code, 'introspection_unavailable')
    assert.equal(await codeOf(world, 'another'), 'introspection_unavailable')
    assert.equal(questions(world).length, 1)
    assert.equal(world.clock.pendingCount, 0)
  })

  test('find their place with warm() [R3]', async () => {
    const world = introspectionWorld()
    await world.guard.warm()
    const asked = world.network.requests.length
    await world.check(opaque)
    assert.equal(world.network.requests.length, asked + 1)
  })
})
