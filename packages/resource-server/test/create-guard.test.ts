import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { webEngine } from '@mintmark/jwt'
import { createGuard, type GuardedRequest, type Requirement } from '@mintmark/resource-server'
import { attackerKeys, createScriptedTransport, fixtureKeys, some, the } from '@mintmark/testkit'
import { carrying, guardWorld, signedToken } from './guard-world.ts'

const { ES256 } = fixtureKeys

describe('a guard', () => {
  test('admits a good token', async () => {
    const verdict = await guardWorld().check(signedToken())
    assert.equal(verdict.admitted, true)
  })

  test('does the same on WebCrypto', async () => {
    const world = guardWorld({ engine: webEngine() })
    assert.equal((await world.check(signedToken())).admitted, true)
    const forged = signedToken({ key: attackerKeys.ES256, header: { kid: ES256.kid } })
    const verdict = await world.check(forged)
    assert.equal(!verdict.admitted && verdict.code, 'bad_signature')
  })

  test('sends nothing and keeps no timer before the first request', async () => {
    const world = guardWorld()
    await world.clock.advance(3_600_000)
    assert.equal(world.network.requests.length, 0)
    assert.equal(world.clock.pendingCount, 0)
  })

  test('tells a request without credentials how to authenticate, and no error [R4]', async () => {
    const { guard } = guardWorld()
    const requests: GuardedRequest[] = [
      { headers: {} },
      { headers: { authorization: 'Basic cGFydG5lci1hOnNlY3JldA==' } },
      { headers: {}, url: '/?access_token=a.b.c' },
    ]
    for (const request of requests) {
      const verdict = await guard.check(request)
      assert.ok(!verdict.admitted)
      assert.equal(verdict.status, 401)
      assert.deepEqual(verdict.headers[0], ['www-authenticate', 'Bearer realm="api"'])
    }
  })

  test('refuses two fields that were joined into one, though the last is of a good token [R4]', async () => {
    const world = guardWorld()
    const token = signedToken()
    for (const isRemembered of [false, true]) {
      if (isRemembered) assert.equal((await world.check(token)).admitted, true)
      for (const first of ['Bearer x', 'Basic eDp5', `Bearer ${token}`]) {
        const verdict = await world.guard.check({
          headers: { authorization: `${first}, Bearer ${token}` },
        })
        const code = !verdict.admitted && verdict.code
        assert.equal(code, first.startsWith('Basic') ? 'other_scheme' : 'repeated_credentials')
      }
    }
  })

  test('asks for a scope behind a good token: 403, never 401 [S3] [R4] [R7]', async () => {
    const world = guardWorld()
    const token = signedToken({ claims: some.claims({ scope: 'applications:write' }) })
    const verdict = await world.check(token, 'decisions:read')
    assert.ok(!verdict.admitted)
    assert.equal(verdict.status, 403)
    assert.equal(verdict.error, 'insufficient_scope')
    assert.match(verdict.headers[0]?.[1] ?? '', /, scope="decisions:read"$/)
    assert.equal((await world.check(token, 'applications:write')).admitted, true)
  })

  test('asks for the scope of each route, also of a remembered token [R7]', async () => {
    const { guard } = guardWorld()
    const request = carrying(signedToken({ claims: some.claims({ scope: 'a b' }) }))
    const requirements: [Requirement, boolean][] = [
      [{}, true],
      [{ scope: 'a b' }, true],
      [{ scope: 'a c' }, false],
      [{ scope: { any: 'a c' } }, true],
      [{ scope: { any: 'c d' } }, false],
      [{ scope: (scope) => scope.size === 2 }, true],
      [{ scope: (_, claims) => claims.sub === 'somebody else' }, false],
    ]
    for (const [requirement, admitted] of [...requirements, ...requirements]) {
      assert.equal((await guard.check(request, requirement)).admitted, admitted)
    }
  })

  test('says that a token is bad, not that its scope is', async () => {
    const world = guardWorld()
    const token = signedToken({ claims: some.claims({ scope: 'a', exp: the.nowSeconds - 60 }) })
    const verdict = await world.check(token, 'b')
    assert.equal(!verdict.admitted && verdict.code, 'expired')
  })

  const mistakes: readonly unknown[] = [
    { scope: undefined },
    { scope: '' },
    { scope: 'a  b' },
    { scope: null },
    { scopes: 'a' },
  ]
  for (const requirement of mistakes) {
    const title = JSON.stringify(requirement)
    test(`rejects the requirement ${title}, with and without a remembered token`, async () => {
      const world = guardWorld()
      const request = carrying(signedToken())
      await assert.rejects(world.guard.check(request, requirement as Requirement), TypeError)
      await world.guard.check(request)
      await assert.rejects(world.guard.check(request, requirement as Requirement), TypeError)
    })
  }

  test('rejects with what a scope predicate throws, and admits nothing', async () => {
    const world = guardWorld()
    const request = carrying(signedToken())
    const scope = () => {
      throw new RangeError('from the predicate')
    }
    await assert.rejects(world.guard.check(request, { scope }), /from the predicate/)
    await world.guard.check(request)
    await assert.rejects(world.guard.check(request, { scope }), /from the predicate/)
  })

  test('tells its observer why it refused, and nothing when it admits', async () => {
    const world = guardWorld()
    await world.check(signedToken())
    await world.check('not a token')
    await world.guard.check({ headers: {} })
    const refusals = world.events.filter(({ type }) => type === 'request_refused')
    assert.deepEqual(refusals, [
      { type: 'request_refused', code: 'malformed_token' },
      { type: 'request_refused', code: 'no_credentials' },
    ])
  })

  test('answers all the same when its observer throws', async () => {
    const world = guardWorld({
      observer: () => {
        throw new Error('from the observer')
      },
    })
    assert.equal((await world.check(signedToken())).admitted, true)
    assert.equal((await world.check('not a token')).admitted, false)
  })
})

test('a guard with default ports is made without touching the world', () => {
  const { transport, requests } = createScriptedTransport()
  const guard = createGuard({ issuer: the.issuer, audience: the.audience, transport })
  assert.equal(guard.ready().state, 'cold')
  assert.equal(requests.length, 0)
})
