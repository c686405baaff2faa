import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attackerKeys, fixtureKeys } from '@mintmark/testkit'
import fc from 'fast-check'
import { type JWK, SignJWT } from 'jose'
import { errorOf, publicPart, someProof } from '../sender-binding/proofs.ts'
import { type Serving, serving, the } from '../serving.ts'

function ask(world: Serving, dpop: string) {
  const headers = { authorization: world.basic, dpop }
  return world.post('/oauth/token', { grant_type: 'client_credentials' }, headers)
}

const wrong: readonly (readonly [what: string, make: () => Promise<string>, reason: string])[] = [
  ['no signature', async () => (await someProof()).replace(/[^.]+$/, ''), 'dpop_proof_malformed'],
  ['a shared secret', () => macProof(), 'dpop_proof_malformed'],
  ['garbage', async () => 'garbage', 'dpop_proof_malformed'],
  [
    'two proofs in one header',
    async () => `${await someProof()}, ${await someProof()}`,
    'dpop_proof_malformed',
  ],
  ['another typ', () => someProof({ header: { typ: 'JWT' } }), 'dpop_proof_malformed'],
  ['no typ', () => someProof({ header: { typ: undefined } }), 'dpop_proof_malformed'],
  ['no key', () => someProof({ header: { jwk: undefined } }), 'dpop_proof_malformed'],
  [
    'a private key',
    () => someProof({ header: { jwk: fixtureKeys.ES256 } }),
    'dpop_proof_malformed',
  ],
  [
    'a key of another type',
    () => someProof({ header: { jwk: publicPart(fixtureKeys.EdDSA as JWK) } }),
    'dpop_proof_malformed',
  ],
  [
    'a key that is no point',
    () =>
      someProof({
        header: { jwk: { ...publicPart(fixtureKeys.ES256 as JWK), x: 'A'.repeat(43) } },
      }),
    'dpop_proof_malformed',
  ],
  [
    'a symmetric key',
    () => someProof({ header: { jwk: { kty: 'oct', k: 'AAAA' } } }),
    'dpop_proof_malformed',
  ],
  [
    'a critical header',
    () => someProof({ header: { crit: ['b64'], b64: true } }),
    'dpop_proof_malformed',
  ],
  ['no jti', () => someProof({ claims: { jti: undefined } }), 'dpop_proof_malformed'],
  ['an empty jti', () => someProof({ claims: { jti: '' } }), 'dpop_proof_malformed'],
  ['a jti that is a number', () => someProof({ claims: { jti: 1 } }), 'dpop_proof_malformed'],
  ['no htm', () => someProof({ claims: { htm: undefined } }), 'dpop_proof_malformed'],
  ['no htu', () => someProof({ claims: { htu: undefined } }), 'dpop_proof_malformed'],
  ['no iat', () => someProof({ claims: { iat: undefined } }), 'dpop_proof_malformed'],
  ['a nonce that is a number', () => someProof({ claims: { nonce: 1 } }), 'dpop_proof_malformed'],
  [
    'more than 4 KiB',
    () => someProof({ claims: { more: 'x'.repeat(4_096) } }),
    'dpop_proof_malformed',
  ],
  [
    'the signature of somebody else',
    () => someProof({ signer: attackerKeys.ES256 as JWK }),
    'dpop_proof_signature_wrong',
  ],
  ['another method', () => someProof({ claims: { htm: 'GET' } }), 'dpop_proof_misdirected'],
  [
    'a method in lower case',
    () => someProof({ claims: { htm: 'post' } }),
    'dpop_proof_misdirected',
  ],
  [
    'another path',
    () => someProof({ claims: { htu: `${the.issuer}/oauth/introspect` } }),
    'dpop_proof_misdirected',
  ],
  [
    'another host',
    () => someProof({ claims: { htu: 'https://other.example/oauth/token' } }),
    'dpop_proof_misdirected',
  ],
  [
    'another port',
    () => someProof({ claims: { htu: the.tokenEndpoint.replace('/oauth', ':8443/oauth') } }),
    'dpop_proof_misdirected',
  ],
]

for (const [what, make, reason] of wrong) {
  test(`a proof with ${what} is refused with invalid_dpop_proof [A7]`, async () => {
    await using world = await serving()
    const response = await ask(world, await make())
    assert.equal(response.headers.get('dpop-nonce'), null)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(await errorOf(response), '400 invalid_dpop_proof')
    const event = world.events.findLast(({ type }) => type === 'request_refused')
    assert.equal(event?.type === 'request_refused' && event.reason, reason)
  })
}

test('whatever comes as a proof is refused as such, and nothing of it is repeated [A7]', async () => {
  await using world = await serving()
  const good = await someProof()
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'zqx.-_AbC0 ,;!~"=') }),
    fc
      .tuple(fc.nat(good.length), fc.constantFrom('z!~x', '.', ' '))
      .map(([at, inserted]) => good.slice(0, at) + inserted + good.slice(at)),
  )
  await fc.assert(
    fc.asyncProperty(text, async (dpop) => {
      fc.pre(dpop.trim() !== good)
      const response = await ask(world, dpop)
      const body = await response.text()
      if (dpop.trim() !== '') assert.match(body, /"error":"invalid_dpop_proof"/)
      assert.ok(!body.includes('z!~x'))
    }),
    { numRuns: 100 },
  )
})

/** A proof whose algorithm is symmetric. */
async function macProof(): Promise<string> {
  const [, claims = ''] = (await someProof()).split('.')
  const jwk = { kty: 'oct', k: 'AAAA' }
  return new SignJWT(JSON.parse(atob(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk })
    .sign(new Uint8Array(32))
}
