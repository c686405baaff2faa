import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeEngine, type SignatureEngine } from '@mintmark/jwt'
import type { GuardOptions } from '@mintmark/resource-server'
import { invariant } from '@mintmark/runtime'
import { fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import { guardWorld, keySetOf, signedToken } from './guard-world.ts'

/** A world whose signature checks are counted. Claims are seen in it, too. */
function countedWorld(options: GuardOptions = {}) {
  const engine = nodeEngine()
  invariant(engine !== undefined, 'tests run where node:crypto is')
  const seen = { checks: 0 }
  const counting: SignatureEngine = {
    name: engine.name,
    importVerificationKey: (jwk, alg) => engine.importVerificationKey(jwk, alg),
    importSigningKey: (jwk, alg, kid) => engine.importSigningKey(jwk, alg, kid),
    generateKey: (alg) => engine.generateKey(alg),
    sign: (key, input) => engine.sign(key, input),
    verify(key, input, signature) {
      seen.checks += 1
      return engine.verify(key, input, signature)
    },
    sha256: (octets) => engine.sha256(octets),
  }
  const world = guardWorld({ engine: counting, ...options })
  const codeOf = async (token: string) => {
    const verdict = await world.check(token)
    return verdict.admitted ? 'admitted' : verdict.code
  }
  return { ...world, seen, codeOf }
}

const wrongSignature = signedToken().replace(/.{4}$/, 'AAAA')
const refused: readonly (readonly [code: string, token: string, options?: GuardOptions])[] = [
  ['bad_signature', wrongSignature],
  ['expired', signedToken({ claims: some.claims({ exp: the.nowSeconds - 60 }) })],
  ['wrong_audience', signedToken({ claims: some.claims({ aud: 'https://other.example' }) })],
  ['claim_missing', signedToken({ claims: some.claims({ sub: undefined }) })],
  ['claim_malformed', signedToken({ claims: some.claims({ scope: 1 }) })],
  ['lifetime_too_long', signedToken(), { lifetimeSecondsMax: 1 }],
]
for (const [code, token, options] of refused) {
  test(`a token that is refused as ${code} is checked once in five seconds, however often it comes [R3]`, async () => {
    const { codeOf, seen, clock } = countedWorld(options)
    for (let count = 0; count < 10; count += 1) assert.equal(await codeOf(token), code)
    assert.equal(seen.checks, 1)
    await clock.advance(4_999)
    assert.equal(await codeOf(token), code)
    assert.equal(seen.checks, 1)
    await clock.advance(1)
    assert.equal(await codeOf(token), code)
    assert.equal(seen.checks, 2)
  })
}

test('a token that is not valid yet is admitted as soon as it is [R3]', async () => {
  const { codeOf, clock } = countedWorld()
  const token = signedToken({ claims: some.claims({ nbf: the.nowSeconds + 7 }) })
  assert.equal(await codeOf(token), 'not_yet_valid')
  await clock.advance(2_000)
  assert.equal(await codeOf(token), 'admitted')
})

test('a token with a key that was not published yet is admitted as soon as it is [R2]', async () => {
  const { codeOf, clock, network } = countedWorld()
  const key = { ...fixtureKeys.ES256, kid: 'next' }
  const token = signedToken({ key })
  assert.equal(await codeOf(token), 'unknown_key')
  network.respond(the.jwksUri, jsonResponse(keySetOf(key)))
  await clock.advance(31_000)
  assert.equal(await codeOf(token), 'admitted')
})

test('what an application says about claims is asked each time [R7]', async () => {
  let answer: object | undefined
  const { codeOf } = countedWorld({ claims: () => answer as never })
  const token = signedToken()
  assert.equal(await codeOf(token), 'claims_refused')
  answer = { tenant: 'a' }
  assert.equal(await codeOf(token), 'admitted')
})

test('a token that looks like a refused one but for a character is judged by itself [R3]', async () => {
  const { codeOf } = countedWorld()
  assert.equal(await codeOf(wrongSignature), 'bad_signature')
  assert.equal(await codeOf(signedToken()), 'admitted')
  assert.equal(await codeOf(`${wrongSignature}.`), 'malformed_token')
})

test('a guard that is to remember nothing remembers no refusals either [R3]', async () => {
  const { codeOf, seen } = countedWorld({ verdictCacheBytesMax: 0 })
  for (let count = 0; count < 3; count += 1) await codeOf(wrongSignature)
  assert.equal(seen.checks, 3)
})
