/** Whatever a request says, a guard answers, admits nothing, and repeats nothing of it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import type { GuardedRequest, Verdict } from '@mintmark/resource-server'
import { attackerKeys, characters, fixtureKeys, some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { carrying, guardWorld, signedToken } from './guard-world.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

/** fc.webUrl() makes a table of all characters for its percent signs. */
const pathUnit = fc.oneof(
  fc.constantFrom(..."/aZ09-._~!$&'()*+,;=:@"),
  anyCharacter.map(encodeURIComponent),
)
const someUrl = fc
  .tuple(fc.webAuthority(), fc.string({ unit: pathUnit }))
  .map(([authority, path]) => `https://${authority}/${path}`)

/** Proves that an answer is a refusal made of our own words. */
function assertOwnWords(verdict: Verdict): void {
  assert.ok(!verdict.admitted)
  assert.ok([400, 401, 403].includes(verdict.status))
  for (const [name, value] of verdict.headers) {
    assert.match(name, /^[a-z-]+$/)
    assert.match(value, /^[\x20-\x7e]+$/)
  }
  const challenges = parseChallenges(verdict.headers[0]?.[1] ?? '')
  assert.deepEqual(
    challenges.map(({ scheme }) => scheme),
    ['bearer'],
  )
}

const { guard } = guardWorld()
const good = signedToken()

describe('a request', () => {
  test('with any Authorization value is answered and not admitted [R4]', async () => {
    const value = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string().map((text) => `Bearer ${text}`),
      fc.base64String().map((text) => `Bearer ${text}.${text}.${text}`),
      fc.constantFrom('Bearer', 'Bearer ', 'bearer\u00a0x', `Bearer ${'.'.repeat(100_000)}`),
    )
    await fc.assert(
      fc.asyncProperty(value, async (authorization) => {
        assertOwnWords(await guard.check({ headers: { authorization } }))
      }),
      { numRuns: 200 },
    )
  })

  test('with any headers at all is answered and not admitted', async () => {
    const header = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }))
    const name = fc.oneof(fc.string(), fc.constantFrom('authorization', '__proto__', 'get'))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, header), someUrl, async (headers, url) => {
        assertOwnWords(await guard.check({ headers, url }))
      }),
    )
  })

  test('with one character of a good token changed is not admitted [R1]', async () => {
    const place = fc.nat({ max: good.length - 1 })
    await guard.check(carrying(good))
    await fc.assert(
      fc.asyncProperty(place, fc.string({ minLength: 1, maxLength: 1 }), async (at, character) => {
        fc.pre(good[at] !== character)
        const changed = good.slice(0, at) + character + good.slice(at + 1)
        assertOwnWords(await guard.check(carrying(changed)))
      }),
      { numRuns: 200 },
    )
  })

  const repeated: readonly [string, GuardedRequest][] = [
    [
      'two fields of node:http',
      {
        headers: { authorization: `Bearer ${good}` },
        rawHeaders: ['Authorization', `Bearer ${good}`, 'authorization', `Bearer ${good}`],
      },
    ],
    [
      'two fields of Fetch',
      {
        headers: new Headers([
          ['authorization', `Bearer ${good}`],
          ['Authorization', `Bearer ${good}`],
        ]),
      },
    ],
    [
      'a Bearer and a Basic field',
      { headers: { authorization: [`Bearer ${good}`, 'Basic eDp5'] } },
    ],
    ['a token in header and query', { ...carrying(good), url: `/?access_token=${good}` }],
  ]
  for (const [title, request] of repeated) {
    test(`with ${title} is a bad request, though the token is good [R4]`, async () => {
      const verdict = await guard.check(request)
      assertOwnWords(verdict)
      assert.ok(!verdict.admitted)
      assert.equal(verdict.status, 400)
      assert.equal(verdict.error, 'invalid_request')
    })
  }
})

describe('what a token says', () => {
  const words = [
    'x"\r\nSet-Cookie: a=b',
    'x\u0000y',
    'Жирафы',
    'ÿ\u0080',
    '💰',
    '", scope="admin',
    'canary-4711',
  ]
  const places: readonly [string, (text: string) => string][] = [
    ['its kid', (kid) => signedToken({ header: { kid } })],
    ['its typ', (typ) => signedToken({ header: { typ } })],
    ['its alg', (alg) => signedToken({ header: { alg } })],
    ['its issuer', (iss) => signedToken({ claims: some.claims({ iss }) })],
    ['its audience', (aud) => signedToken({ claims: some.claims({ aud }) })],
    ['its scope', (scope) => signedToken({ claims: some.claims({ scope: `${scope} "` }) })],
    [
      'a forged claim',
      (sub) =>
        signedToken({
          key: attackerKeys.ES256,
          header: { kid: fixtureKeys.ES256.kid },
          claims: some.claims({ sub }),
        }),
    ],
    [
      'an expired claim',
      (sub) => signedToken({ claims: some.claims({ sub, exp: the.nowSeconds - 60 }) }),
    ],
  ]
  for (const [place, tokenSaying] of places) {
    test(`in ${place} never reaches the answer [R4]`, async () => {
      for (const word of words) {
        const world = guardWorld()
        const token = tokenSaying(word)
        const verdict = await world.check(token)
        assertOwnWords(verdict)
        const told = JSON.stringify([verdict, world.events])
        for (const part of [word, ...token.split('.')]) assert.equal(told.includes(part), false)
      }
    })
  }

  test('in the scope it has never reaches the answer about the scope it lacks [R4]', async () => {
    const claims = some.claims({ scope: 'canary-4711', client_id: 'клиент\r\n' })
    const verdict = await guardWorld().check(signedToken({ claims }), 'admin')
    assertOwnWords(verdict)
    assert.doesNotMatch(JSON.stringify(verdict), /canary|клиент/)
  })
})

test('what the network says never reaches the answer [R4]', async () => {
  const world = guardWorld()
  world.network.respond(the.metadataUrl, () => {
    throw new Error('connect ECONNREFUSED canary-4711')
  })
  const verdict = await world.check(good)
  assert.ok(!verdict.admitted)
  assert.equal(verdict.status, 503)
  assert.doesNotMatch(JSON.stringify([verdict, world.events]), /ECONNREFUSED|canary/)
})
