/**
 * Attacks against the very flaws that they are named after: verifiers that are wrong as real ones were. What
 * `attack-mutants.test.ts` shows by leaving out a rule, this shows by getting it wrong.
 */
import assert from 'node:assert/strict'
import {
  createHmac,
  createPublicKey,
  type JsonWebKeyInput,
  type KeyObject,
  constants as nodeConstants,
  verify,
} from 'node:crypto'
import { describe, test } from 'node:test'
import { integersOf, p256Order } from '../../src/attack-tokens/corpus-signatures.ts'
import { corpus } from './the-corpus.ts'

interface Taken {
  readonly header: Record<string, unknown>
  readonly input: string
  readonly signature: Buffer
}

/** Tells whether a token's signature is good, or thought to be. */
type Flawed = (token: Taken) => boolean

const { keys } = corpus.keySet

function keyNamed(kid: unknown): KeyObject {
  return keyOf(keys.find((key) => key.kid === kid) ?? {})
}

function keyOf(jwk: object): KeyObject {
  const {
    key_ops: _operations,
    use: _use,
    alg: _alg,
    d: _d,
    ...material
  } = jwk as Record<string, unknown>
  return createPublicKey({ key: material, format: 'jwk' } as JsonWebKeyInput)
}

function take(token: string): Taken {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return {
    header: JSON.parse(Buffer.from(header, 'base64url').toString()),
    input: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

/** A verifier that takes the algorithm from the token and the public key, written so, for the secret. */
function withSecret(secretOf: (key: KeyObject) => string | Buffer): Flawed {
  return ({ header, input, signature }) => {
    const digest = `sha${String(header.alg).slice(2)}`
    const key = header.kid === undefined ? keyNamed('fixture-rs256') : keyNamed(header.kid)
    return createHmac(digest, secretOf(key)).update(input).digest().equals(signature)
  }
}

const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString()

/** ECDSA as it was in Java: no check of the range, and a point at infinity whose abscissa is zero. */
const psychic: Flawed = ({ signature }) => {
  const [r, s] = integersOf(signature)
  const inverse = power(s % p256Order, p256Order - 2n)
  return inverse === 0n && r % p256Order === 0n
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, factor, left] = [1n, base % p256Order, exponent]
  while (left > 0n) {
    if (left % 2n === 1n) result = (result * factor) % p256Order
    factor = (factor * factor) % p256Order
    left /= 2n
  }
  return result
}

const withSaltOfAnyLength: Flawed = ({ header, input, signature }) => {
  const padding = nodeConstants.RSA_PKCS1_PSS_PADDING
  const saltLength = nodeConstants.RSA_PSS_SALTLEN_AUTO
  return verify(
    'sha256',
    Buffer.from(input),
    { key: keyNamed(header.kid), padding, saltLength },
    signature,
  )
}

/** A verifier that takes any published key of that name, whatever it is for. */
const withAnyPublishedKey: Flawed = ({ header, input, signature }) => {
  const named = keys.filter(({ kid }) => kid === header.kid)
  return named.some((jwk) => {
    if (jwk.kty === 'oct') {
      const secret = Buffer.from(String(jwk.k), 'base64url')
      return createHmac('sha256', secret).update(input).digest().equals(signature)
    }
    return isSignedBy(keyOf(jwk), String(header.alg), input, signature)
  })
}

const withTheKeyInTheToken: Flawed = ({ header, input, signature }) => {
  const jwk = typeof header.jwk === 'string' ? JSON.parse(header.jwk) : header.jwk
  return isSignedBy(keyOf(jwk), String(header.alg), input, signature)
}

function isSignedBy(key: KeyObject, alg: string, input: string, signature: Buffer): boolean {
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`
  const pss = { padding: nodeConstants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const options = { key, dsaEncoding: 'ieee-p1363', ...(alg.startsWith('PS') ? pss : {}) } as const
  return verify(digest, Buffer.from(input), options, signature)
}

const FLAWS: readonly (readonly [flaw: string, flawed: Flawed, ids: readonly string[]])[] = [
  [
    'takes the PEM of the public key for a secret',
    withSecret(pem),
    ['rsa-spki-pem', 'without-kid', 'ec-spki-pem'].map(
      (name) => `algorithm-confusion/hs256-${name}`,
    ),
  ],
  [
    'takes it for one with every digest',
    withSecret(pem),
    ['algorithm-confusion/hs384-rsa-spki-pem', 'algorithm-confusion/hs512-rsa-spki-pem'],
  ],
  [
    'knows a PEM by its first letters',
    withSecret((key) => ` ${pem(key)}`),
    ['rsa-spki-pem-after-space', 'ec-spki-pem-after-space'].map(
      (name) => `algorithm-confusion/hs256-${name}`,
    ),
  ],
  [
    'takes a PKCS #1 PEM for a secret',
    withSecret((key) => key.export({ format: 'pem', type: 'pkcs1' }).toString()),
    ['algorithm-confusion/hs256-rsa-pkcs1-pem'],
  ],
  [
    'takes the DER for a secret',
    withSecret((key) => key.export({ format: 'der', type: 'spki' })),
    ['algorithm-confusion/hs256-rsa-spki-der', 'algorithm-confusion/hs256-ec-spki-der'],
  ],
  [
    'takes a serialised JWK for a secret',
    withSecret((key) => JSON.stringify(key.export({ format: 'jwk' }))),
    ['algorithm-confusion/hs256-rsa-jwk-json', 'algorithm-confusion/hs256-ec-jwk-json'],
  ],
  ['has an empty secret', withSecret(() => ''), ['algorithm-confusion/hs256-empty-secret']],
  [
    'has a secret from a word list',
    withSecret(() => 'secret'),
    ['algorithm-confusion/hs256-guessed-secret'],
  ],
  [
    'does not check the range of ECDSA integers',
    psychic,
    ['both-zero', 'both-order', 'zero-and-order', 'order-and-zero'].map(
      (name) => `forged-signature/ecdsa-${name}`,
    ),
  ],
  [
    'takes DER for the form of JWS',
    ({ header, input, signature }) =>
      verify('sha256', Buffer.from(input), keyNamed(header.kid), signature),
    ['forged-signature/ecdsa-der'],
  ],
  [
    'takes a salt of any length',
    withSaltOfAnyLength,
    ['without-salt', 'salt-of-20-octets', 'salt-of-64-octets'].map(
      (name) => `forged-signature/pss-${name}`,
    ),
  ],
  [
    'takes the padding of the other algorithm',
    ({ header, input, signature }) => isSignedBy(keyNamed(header.kid), 'RS256', input, signature),
    ['forged-signature/pss-as-pkcs1'],
  ],
  [
    'takes any published key for anything',
    withAnyPublishedKey,
    corpus.cases
      .filter(({ class: attackClass }) => attackClass === 'unfit-key')
      .map(({ id }) => id)
      // Nothing to verify with: no point of the curve, and good keys of another type.
      .filter((id) => !/off-the-curve|with-the-kid-of/.test(id)),
  ],
  [
    'takes the key that is in the token',
    withTheKeyInTheToken,
    [
      'jwk-under-its-own-kid',
      'jwk-under-a-known-kid',
      'jwk-without-kid',
      'jwk-that-calls-itself-known',
      'jwk-with-its-private-half',
      'jwk-as-text',
    ].map((name) => `key-injection/${name}`),
  ],
]

describe('a verifier that', () => {
  for (const [flaw, flawed, ids] of FLAWS) {
    test(`${flaw} falls for ${ids.length} attacks made for it [X5]`, () => {
      for (const id of ids) {
        const attack = corpus.cases.find((one) => one.id === id)
        assert.ok(attack?.token !== undefined, id)
        assert.ok(flawed(take(attack.token)), id)
      }
    })
  }
})
