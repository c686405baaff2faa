import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { webEngine } from '@mintmark/jwt'
import type { GuardedRequest } from '@mintmark/resource-server'
import { attackerKeys, fixtureKeys, the } from '@mintmark/testkit'
import { type JWK, SignJWT } from 'jose'
import { guardWorld } from '../guard-world.ts'
import {
  boundToken,
  hashOf,
  jkt,
  outcome,
  outcomeOf,
  path,
  presenting,
  proofFor,
  publicPart,
  takingProofs,
  target,
} from './bound-requests.ts'

const token = boundToken()

describe('a token bound to a key', () => {
  test('is admitted with a proof of that key, each time with another proof [R5]', async () => {
    assert.equal(await outcome(async () => presenting(token, await proofFor(token))), 'admitted')
  })

  test('is admitted on an engine that answers through promises [R5]', async () => {
    const make = async () => presenting(token, await proofFor(token))
    assert.equal(await outcome(make, { ...takingProofs, engine: webEngine() }), 'admitted')
  })

  test('is admitted through the headers of Fetch [R5]', async () => {
    const make = async () => {
      const headers = { authorization: `DPoP ${token}`, dpop: await proofFor(token) }
      return new Request(target, { headers })
    }
    assert.equal(await outcome(make), 'admitted')
  })

  test('is judged once, and its proof each time [R3] [R5]', async () => {
    const world = guardWorld(takingProofs)
    const first = await world.guard.check(presenting(token, await proofFor(token)))
    assert.equal(await world.guard.check(presenting(token, await proofFor(token))), first)
    const without = await world.guard.check(presenting(token, undefined))
    assert.equal(outcomeOf(without), 'proof_missing')
  })

  const elsewhere = 'https://evil.example'
  const refusals: readonly (readonly [string, string, () => Promise<GuardedRequest>])[] = [
    ['no proof', 'proof_missing', async () => presenting(token, undefined)],
    [
      'two proofs in two fields',
      'proof_repeated',
      async () => presenting(token, [await proofFor(token), await proofFor(token)]),
    ],
    [
      'two proofs in one field',
      'proof_repeated',
      async () => presenting(token, `${await proofFor(token)}, ${await proofFor(token)}`),
    ],
    ['an empty proof', 'proof_malformed', async () => presenting(token, '')],
    ['garbage for a proof', 'proof_malformed', async () => presenting(token, 'garbage')],
    ['the token for a proof', 'proof_malformed', async () => presenting(token, token)],
    ...proofCases('proof_malformed', {
      'a proof of another type': { header: { typ: 'JWT' } },
      'a proof without a type': { header: { typ: undefined } },
      'a proof without a key': { header: { jwk: undefined } },
      'a proof with a private key': { header: { jwk: fixtureKeys.ES256 } },
      'a proof with a symmetric key': { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
      'a proof with a key of another type': { header: { jwk: publicPart('EdDSA') } },
      'a proof with a critical extension': { header: { crit: ['b64'], b64: true } },
      'a proof without jti': { claims: { jti: undefined } },
      'a proof without htm': { claims: { htm: undefined } },
      'a proof without htu': { claims: { htu: undefined } },
      'a proof without iat': { claims: { iat: undefined } },
      'a proof whose iat is a text': { claims: { iat: '1750000000' } },
      'a proof of more than 4 KiB': { claims: { more: 'x'.repeat(4_096) } },
    }),
    ...proofCases('proof_signature_wrong', {
      'a proof signed by somebody else': { signer: attackerKeys.ES256 as JWK },
    }),
    ...proofCases('proof_misdirected', {
      'a proof for another method': { claims: { htm: 'POST' } },
      'a proof for the method in lower case': { claims: { htm: 'get' } },
      'a proof for another path': { claims: { htu: `${target}/1` } },
      'a proof for another origin': { claims: { htu: `${elsewhere}${path}` } },
      'a proof for plain http': { claims: { htu: target.replace('https:', 'http:') } },
      'a proof for a path alone': { claims: { htu: path } },
    }),
    ...proofCases('proof_token_mismatch', {
      'a proof for another token': { claims: { ath: hashOf('another') } },
      'a proof without ath': { claims: { ath: undefined } },
      'a proof whose ath is padded': { claims: { ath: `${hashOf(token)}=` } },
    }),
    ...proofCases('proof_key_mismatch', { 'a proof of another key': { alg: 'EdDSA' } }),
    ...proofCases('proof_stale', {
      'a proof from 300 s ago': { claims: { iat: the.nowSeconds - 300 } },
      'a proof for 61 s from now': { claims: { iat: the.nowSeconds + 61 } },
      'a proof for the year 2112': { claims: { iat: 4_500_000_000 } },
    }),
    [
      'a proof with a MAC',
      'proof_malformed',
      async () =>
        presenting(
          token,
          await new SignJWT({ jti: 'a', htm: 'GET', htu: target, iat: the.nowSeconds })
            .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk: publicPart() })
            .sign(new Uint8Array(32)),
        ),
    ],
    [
      'a request that does not tell its method',
      'proof_misdirected',
      async () => presenting(token, await proofFor(token), { method: undefined }),
    ],
    [
      'a request that does not tell its URL',
      'proof_misdirected',
      async () => presenting(token, await proofFor(token), { url: undefined }),
    ],
  ]
  for (const [title, expected, make] of refusals) {
    test(`is not admitted with ${title}: ${expected} [R5]`, async () => {
      assert.equal(await outcome(make), expected)
    })
  }

  function proofCases(
    expected: string,
    cases: Readonly<Record<string, Parameters<typeof proofFor>[1]>>,
  ): readonly (readonly [string, string, () => Promise<GuardedRequest>])[] {
    return Object.entries(cases).map(([title, difference]) => [
      title,
      expected,
      async () => presenting(token, await proofFor(token, difference)),
    ])
  }

  for (const [title, iat] of [
    ['299 s old', the.nowSeconds - 299],
    ['60 s ahead', the.nowSeconds + 60],
  ] as const) {
    test(`is admitted with a proof that is ${title} [R5]`, async () => {
      const make = async () => presenting(token, await proofFor(token, { claims: { iat } }))
      assert.equal(await outcome(make), 'admitted')
    })
  }

  test('is not admitted with a proof that is older than the option says [R5]', async () => {
    const options = { ...takingProofs, proofAgeSecondsMax: 10 }
    const aged = (seconds: number) => async () =>
      presenting(token, await proofFor(token, { claims: { iat: the.nowSeconds - seconds } }))
    assert.equal(await outcome(aged(9), options), 'admitted')
    assert.equal(await outcome(aged(10), options), 'proof_stale')
  })
})

test('a proof of one key does for no token of another, whatever the thumbprint looks like [R5]', async () => {
  for (const cnf of [{ jkt: jkt.toLowerCase() }, { jkt: `${jkt}=` }, { jkt: ` ${jkt}` }]) {
    const strange = boundToken(cnf)
    const make = async () => presenting(strange, await proofFor(strange))
    assert.equal(await outcome(make), 'proof_key_mismatch')
  }
})
