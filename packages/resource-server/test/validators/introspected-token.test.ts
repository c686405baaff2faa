import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { the } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  active,
  answer,
  codeOf,
  inactive,
  introspectionWorld,
  type Members,
  opaque,
  questions,
} from './introspection-world.ts'

const now = the.nowSeconds

describe('an opaque token', () => {
  test('is admitted on the word of its issuer, with everything that is said about it [R3]', async () => {
    const world = introspectionWorld()
    answer(world, active({ tenant: { id: 7 } }))
    const verdict = await world.check(opaque, 'decisions:read')
    assert.ok(verdict.admitted)
    const { claims, clientId, subject, audience, issuer, scope, expiresAtWallMs } = verdict
    assert.deepEqual(
      { clientId, subject, audience, issuer, scope: scope.text, expiresAtWallMs },
      {
        clientId: the.clientId,
        subject: 'subject',
        audience: [the.audience],
        issuer: the.issuer,
        scope: the.scope,
        expiresAtWallMs: (now + 900) * 1000,
      },
    )
    assert.deepEqual(claims.tenant, { id: 7 })
    assert.equal(Object.hasOwn(claims, 'active'), false)
    assert.ok(Object.isFrozen(claims.tenant))
  })

  test('is asked about by POST, in a form, with the credential of the guard [R3]', async () => {
    const world = introspectionWorld()
    await world.check(opaque)
    const [question] = questions(world)
    assert.equal(question?.method, 'POST')
    const form = new URLSearchParams(question?.body)
    assert.deepEqual(
      [...form],
      [
        ['token', opaque],
        ['token_type_hint', 'access_token'],
      ],
    )
    assert.equal(question?.headers.get('accept'), 'application/json')
    const basic = `Basic ${btoa(`the-api:${the.clientSecret}`)}`
    assert.equal(question?.headers.get('authorization'), basic)
  })

  test('needs the scope of the route like any other: 403 [R3] [R7]', async () => {
    const verdict = await introspectionWorld().check(opaque, 'somewhere:else')
    assert.equal(!verdict.admitted && verdict.code, 'insufficient_scope')
  })

  test('that is not active is refused, and says why [R3] [R4]', async () => {
    const world = introspectionWorld()
    answer(world, inactive)
    const verdict = await world.check(opaque)
    assert.ok(!verdict.admitted)
    assert.deepEqual(
      [verdict.status, verdict.error, verdict.reason],
      [401, 'invalid_token', 'inactive'],
    )
  })

  const rows: readonly (readonly [title: string, members: Members, expected: string])[] = [
    ['without jti and iat', { jti: undefined, iat: undefined }, 'admitted'],
    ['without iss', { iss: undefined }, 'admitted'],
    ['without sub', { sub: undefined }, 'admitted'],
    ['without scope', { scope: undefined }, 'admitted'],
    ['without token_type', { token_type: undefined }, 'admitted'],
    ['with our audience among others', { aud: ['https://x.example', the.audience] }, 'admitted'],
    ['without aud', { aud: undefined }, 'claim_missing'],
    ['for no audience', { aud: [] }, 'claim_missing'],
    ['without client_id', { client_id: undefined }, 'claim_missing'],
    ['without exp', { exp: undefined }, 'claim_missing'],
    ['for another audience', { aud: 'https://x.example' }, 'wrong_audience'],
    ['of another issuer', { iss: 'https://evil.example' }, 'wrong_issuer'],
    ['that has expired, active or not', { exp: now - 6 }, 'expired'],
    ['that is not valid yet', { nbf: now + 60 }, 'not_yet_valid'],
    ['from the future', { iat: now + 60 }, 'issued_in_the_future'],
    ['with an empty client_id', { client_id: '' }, 'claim_malformed'],
    ['with a malformed scope', { scope: 'a  b' }, 'claim_malformed'],
    ['of an unknown binding', { cnf: { jwk: {} } }, 'claim_malformed'],
    ['of type mac', { token_type: 'mac' }, 'wrong_type'],
    ['that is used to get others', { token_use: 'refresh_token' }, 'wrong_type'],
  ]
  for (const [title, members, expected] of rows) {
    test(`${title} is ${expected} [R3]`, async () => {
      const world = introspectionWorld()
      answer(world, active(members))
      assert.equal(await codeOf(world), expected)
    })
  }

  test('that is bound to a key is not admitted as a bearer token [R3] [R5]', async () => {
    const world = introspectionWorld()
    answer(world, active({ token_type: 'DPoP', cnf: { jkt: 'thumbprint' } }))
    assert.notEqual(await codeOf(world), 'admitted')
  })

  test('is filled in where RFC 7662 lets servers be silent, and no further [R3]', async () => {
    const world = introspectionWorld()
    answer(world, active({ iss: undefined, sub: undefined, iat: undefined, jti: undefined }))
    const verdict = await world.check(opaque)
    assert.ok(verdict.admitted)
    const { iss, sub, iat, jti } = verdict.claims
    assert.deepEqual([iss, sub, iat], [the.issuer, the.clientId, now])
    assert.match(String(jti), /^[A-Za-z0-9_-]{43}$/)
  })

  test('without audience is admitted where the issuer is trusted to know [R3]', async () => {
    const world = introspectionWorld({ acceptMissingAudience: true })
    answer(world, active({ aud: undefined }))
    const verdict = await world.check(opaque)
    assert.deepEqual(verdict.admitted && verdict.audience, [the.audience])
    answer(world, active({ aud: 'https://x.example' }))
    assert.equal(await codeOf(world, 'another'), 'wrong_audience')
  })

  for (const [title, token] of [
    ['with a colon', 'to:ken'],
    ['with an equals sign inside', 'to=ken'],
    ['beyond ASCII', 'tökén'],
    ['that is too long', 'a'.repeat(8_193)],
  ] as const) {
    test(`${title} is no token, and nobody is asked [R1] [R3]`, async () => {
      const world = introspectionWorld()
      assert.equal(await codeOf(world, token), 'malformed_token')
      assert.equal(world.network.requests.length, 0)
    })
  }

  test('is malformed to a guard that does not introspect, as before [R1]', async () => {
    const world = introspectionWorld({}, { introspection: undefined } as never)
    assert.equal(await codeOf(world), 'malformed_token')
  })

  test('is never admitted on an answer that is any text [R3]', async () => {
    const world = introspectionWorld()
    let at = 0
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json({ maxDepth: 3 })), async (text) => {
        answer(world, text)
        at += 1
        const code = await codeOf(world, `token-${at}`)
        assert.match(code, /^(?:introspection_unavailable|inactive)$/)
      }),
      { numRuns: 100 },
    )
  })

  test('is never admitted on an answer with a member of another type [R3]', async () => {
    const world = introspectionWorld({ deadlineMs: 30_000 })
    const names = ['iss', 'sub', 'aud', 'client_id', 'exp', 'iat', 'nbf', 'jti', 'cnf', 'active']
    const odd = fc.oneof(fc.object(), fc.constant(null), fc.constant(['a', 1]), fc.constant(-1))
    let at = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), odd, async (name, value) => {
        answer(world, active({ [name]: value as never }))
        at += 1
        assert.notEqual(await codeOf(world, `token-${at}`), 'admitted')
        await world.clock.advance(15_000)
        world.clock.stepWall(-15_000)
      }),
      { numRuns: 60 },
    )
  })
})
