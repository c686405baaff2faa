import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { dpop } from '@mintmark/client'
import {
  algorithmEntry,
  type SignatureAlgorithm,
  signatureAlgorithms,
  webEngine,
} from '@mintmark/jwt'
import { attackerKeys, findSecret, fixtureKeys, seededRandom } from '@mintmark/testkit'
import { calculateJwkThumbprint } from 'jose'
import { createDpopBinding } from '../../src/sender-binding/dpop-binding.ts'
import { type DpopOptions, resolveDpop } from '../../src/sender-binding/dpop-options.ts'
import { clientWorld } from '../client-world.ts'
import { binding, node, proven, token, url } from './some-binding.ts'

/** The fixture key as a pair of WebCrypto, the private half not to be exported. */
async function pairOf(algorithm: SignatureAlgorithm) {
  const { subtle } = crypto
  const parameters = algorithmEntry(algorithm)?.webKeyAlgorithm ?? algorithm
  const { use: _, kid: __, alg: ___, d, p, q, dp, dq, qi, ...material } = fixtureKeys[algorithm]
  const secrets = JSON.parse(JSON.stringify({ d, p, q, dp, dq, qi }))
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('jwk', { ...material, ...secrets }, parameters, false, ['sign']),
    subtle.importKey('jwk', material, parameters, true, ['verify']),
  ])
  return { privateKey, publicKey }
}

test('has the same confirmation in every process with the same key, and in no other [C1] [C13]', async () => {
  const confirmations = [
    binding({ key: fixtureKeys.ES256 }).confirmation,
    binding({ key: { ...fixtureKeys.ES256, kid: 'renamed' } }, webEngine()).confirmation,
    binding({ key: attackerKeys.ES256 }).confirmation,
    binding({ key: fixtureKeys.EdDSA }).confirmation,
    binding().confirmation,
  ]
  assert.equal(confirmations[0], confirmations[1])
  assert.equal(new Set(confirmations).size, 4)
  const hashed = createHash('sha256').update(String(confirmations[0])).digest('base64url')
  assert.equal(hashed, await calculateJwkThumbprint(fixtureKeys.ES256))
  const choice = resolveDpop({})
  const [one, two] = [1, 2].map((seed) =>
    createDpopBinding({ choice, engine: node, random: seededRandom(seed), nowWallMs: () => 0 }),
  )
  assert.notEqual(one?.confirmation, two?.confirmation)
})

test('signs with a key pair of WebCrypto that cannot be exported [C13]', async () => {
  for (const algorithm of signatureAlgorithms) {
    const key = await pairOf(algorithm)
    const { protectedHeader, payload } = await proven(
      await binding({ key }).prove({ method: 'GET', url, token }),
    )
    assert.equal(protectedHeader.alg, algorithm)
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    assert.equal(thumbprint, await calculateJwkThumbprint(fixtureKeys[algorithm]))
    assert(!('d' in (protectedHeader.jwk ?? {})))
    assert.equal(payload.htm, 'GET')
  }
})

test('takes the algorithm of the key, or the first that suits it [C13]', () => {
  const { alg: _, ...rsa } = fixtureKeys.PS256
  const rows: readonly [options: DpopOptions, algorithm: string][] = [
    [{}, 'ES256'],
    [{ algorithm: 'EdDSA' }, 'EdDSA'],
    [{ key: fixtureKeys.PS256 }, 'PS256'],
    [{ key: rsa }, 'RS256'],
    [{ key: rsa, algorithm: 'PS256' }, 'PS256'],
    [{ key: { ...fixtureKeys.EdDSA, alg: 'Ed25519' } }, 'EdDSA'],
  ]
  for (const [options, algorithm] of rows) assert.equal(resolveDpop(options).algorithm, algorithm)
})

test('refuses options that cannot be meant, without showing the key [C10] [C13]', async () => {
  const pair = await pairOf('ES256')
  const { privateKey: privateHalf, publicKey: publicHalf } = pair
  const forAgreement = { name: 'ECDH', namedCurve: 'P-256' }
  const agreement = await crypto.subtle.generateKey(forAgreement, false, ['deriveBits'])
  const { d } = fixtureKeys.ES256
  const { d: _, ...publicKey } = fixtureKeys.ES256
  const rows: readonly [what: string, options: unknown][] = [
    ['a name', 'ES256'],
    ['nothing', null],
    ['an unknown option', { keys: [] }],
    ['an unknown algorithm', { algorithm: 'ES512' }],
    ['a symmetric one', { algorithm: 'HS256' }],
    ['a public key', { key: publicKey }],
    ['a PEM', { key: '-----BEGIN PRIVATE KEY-----' }],
    ['no key', { key: null }],
    ['another algorithm', { key: fixtureKeys.ES256, algorithm: 'EdDSA' }],
    ['a shorter half', { key: { ...fixtureKeys.ES256, d: d.slice(2) } }],
    ['a key for encryption', { key: { ...fixtureKeys.ES256, use: 'enc' } }],
    ['a symmetric key', { key: { kty: 'oct', k: d } }],
    ['an empty pair', { key: { privateKey: undefined, publicKey: undefined } }],
    ['halves the wrong way round', { key: { privateKey: publicHalf, publicKey: privateHalf } }],
    ['a pair of another algorithm', { key: pair, algorithm: 'EdDSA' }],
    ['a pair for agreeing on keys', { key: agreement }],
  ]
  for (const [what, options] of rows) {
    assert.throws(
      () => resolveDpop(options as DpopOptions),
      (error: unknown) => error instanceof TypeError && findSecret(inspect(error), d) === undefined,
      what,
    )
  }
})

test('finds out at once that the halves of a key do not belong together [C10] [C13]', async () => {
  const { d } = attackerKeys.ES256
  const key = { ...fixtureKeys.ES256, d }
  assert.throws(
    () => binding({ key }),
    (error: unknown) => error instanceof TypeError && findSecret(inspect(error), d) === undefined,
  )
  const late = binding({ key }, webEngine())
  await assert.rejects(async () => late.prove({ method: 'GET', url, token }))
})

test('takes one binding or none [C13]', () => {
  const senderBinding = dpop()
  const rows: readonly [what: string, options: object][] = [
    ['both', { senderBinding, certificateBound: true }],
    ['both, named', { senderBinding, certificateBound: { thumbprint: 'a' } }],
    ['no binding', { senderBinding: {} }],
    ['the options of one', { senderBinding: { algorithm: 'ES256' } }],
    ['yes', { senderBinding: true }],
    ['a name', { certificateBound: 'a' }],
    ['nothing', { certificateBound: null }],
    ['no thumbprint', { certificateBound: {} }],
    ['an empty thumbprint', { certificateBound: { thumbprint: '' } }],
    ['something else', { certificateBound: { thumbprint: 'a', cert: 'b' } }],
  ]
  for (const [what, options] of rows) assert.throws(() => clientWorld(options), TypeError, what)
  for (const options of [{}, { senderBinding }, { senderBinding, certificateBound: false }]) {
    assert.doesNotThrow(() => clientWorld(options))
  }
})
