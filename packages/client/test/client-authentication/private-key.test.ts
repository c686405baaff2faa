import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { test } from 'node:test'
import { type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { findSecret, fixtureKeys } from '@mintmark/testkit'
import { importJWK, importPKCS8 } from 'jose'
import {
  type AssertionKey,
  type PrivateKey,
  type PrivateKeySource,
  privateKeyReader,
} from '../../src/client-authentication/private-key.ts'

function keyObject(algorithm: SignatureAlgorithm) {
  return createPrivateKey({ key: { ...fixtureKeys[algorithm] }, format: 'jwk' })
}

function pemOf(algorithm: SignatureAlgorithm): string {
  return keyObject(algorithm).export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** What Node's own crypto library says of a signature. */
async function signsFor(key: AssertionKey, algorithm: SignatureAlgorithm): Promise<boolean> {
  const publicKey = createPublicKey(keyObject(algorithm))
  const pss = { padding: 6, saltLength: 32 }
  const input = {
    ES256: { key: publicKey, dsaEncoding: 'ieee-p1363' as const },
    EdDSA: publicKey,
    RS256: publicKey,
    PS256: { key: publicKey, ...pss },
  }[algorithm]
  const signature = await key.sign('some text, ümläut')
  const digest = algorithm === 'EdDSA' ? null : 'sha256'
  return verify(digest, Buffer.from('some text, ümläut'), input, signature)
}

for (const algorithm of signatureAlgorithms) {
  test(`reads a key for ${algorithm} in every form [C11]`, async () => {
    const jwk = fixtureKeys[algorithm]
    const pem = pemOf(algorithm)
    const forms: readonly [form: string, key: PrivateKey, keyId: string | undefined][] = [
      ['JWK', jwk, jwk.kid],
      ['JSON text', JSON.stringify(jwk), jwk.kid],
      ['PEM', pem, undefined],
      ['PEM with a certificate before it', `-----BEGIN CERTIFICATE-----\nAA==\n${pem}`, undefined],
      ['PEM in one line', pem.replaceAll('\n', ' '), undefined],
      ['CryptoKey', await importPKCS8(pem, algorithm), undefined],
      ['extractable CryptoKey', (await importJWK({ ...jwk })) as CryptoKey, undefined],
    ]
    for (const [form, key, keyId] of forms) {
      for (const source of [key, () => key, () => Promise.resolve(key)]) {
        const read = await privateKeyReader(source, algorithm)()
        assert.equal(read.algorithm, algorithm, form)
        assert.equal(read.keyId, keyId, form)
        assert.equal(await signsFor(read, algorithm), true, form)
      }
    }
  })
}

test('takes the algorithm of the key when none is given [C11]', async () => {
  const { alg: _, ...rsa } = fixtureKeys.RS256
  const rows: readonly [key: PrivateKey, algorithm: SignatureAlgorithm][] = [
    [fixtureKeys.ES256, 'ES256'],
    [fixtureKeys.PS256, 'PS256'],
    [rsa, 'RS256'],
    [pemOf('ES256'), 'ES256'],
    [pemOf('EdDSA'), 'EdDSA'],
    [pemOf('PS256'), 'RS256'],
    [await importPKCS8(pemOf('PS256'), 'PS256'), 'PS256'],
  ]
  for (const [key, algorithm] of rows) {
    assert.equal((await privateKeyReader(key, undefined)()).algorithm, algorithm)
  }
  assert.equal((await privateKeyReader(rsa, 'PS256')()).algorithm, 'PS256')
})

test('tells keys apart, and the same key is the same in every reading [C7]', async () => {
  const crypto = await importPKCS8(pemOf('ES256'), 'ES256')
  const other = await importPKCS8(pemOf('ES256'), 'ES256')
  const keys: readonly PrivateKey[] = [
    fixtureKeys.ES256,
    fixtureKeys.EdDSA,
    pemOf('ES256'),
    pemOf('EdDSA'),
    crypto,
    other,
  ]
  const identities = new Set<string>()
  for (const key of keys) {
    const { identity } = await privateKeyReader(key, undefined)()
    assert.equal((await privateKeyReader(() => key, undefined)()).identity, identity)
    identities.add(identity)
  }
  assert.equal(identities.size, keys.length)
})

const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const hmac = await crypto.subtle.importKey(
  'raw',
  new Uint8Array(32),
  { name: 'HMAC', hash: 'SHA-256' },
  false,
  ['sign'],
)
const publicKey = await importJWK({ ...fixtureKeys.EdDSA, d: undefined } as object, 'EdDSA')
const jwk = fixtureKeys.ES256
const hostile: readonly [what: string, key: unknown, algorithm?: SignatureAlgorithm][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['an empty object', {}],
  ['an array', [jwk]],
  ['an empty text', ''],
  ['some text', 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa'],
  ['a JWK Set', JSON.stringify({ keys: [jwk] })],
  ['a JWK with a member twice', JSON.stringify(jwk).replace('{', '{"kid":"a",')],
  ['a JWK cut short', JSON.stringify(jwk).slice(0, -1)],
  ['a text that is too long', JSON.stringify({ ...jwk, x5c: ['a'.repeat(70_000)] })],
  ['a public JWK', { ...jwk, d: undefined }],
  ['a symmetric JWK', { kty: 'oct', k: 'AAAA' }],
  ['a JWK for encryption', { ...jwk, use: 'enc' }],
  ['a JWK on another curve', ec.export({ format: 'jwk' })],
  ['a JWK for another algorithm', fixtureKeys.RS256, 'PS256'],
  ['a JWK of another kind', fixtureKeys.RS256, 'ES256'],
  ['PEM of another curve', ec.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['PEM of a short RSA key', shortRsa.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['PEM of another kind', pemOf('EdDSA'), 'RS256'],
  ['PEM of SEC 1', keyObject('ES256').export({ type: 'sec1', format: 'pem' }).toString()],
  ['PEM of PKCS#1', keyObject('RS256').export({ type: 'pkcs1', format: 'pem' }).toString()],
  [
    'PEM under a pass phrase',
    keyObject('ES256')
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'a' })
      .toString(),
  ],
  ['PEM that is not base64', '-----BEGIN PRIVATE KEY-----\n=A=\n-----END PRIVATE KEY-----'],
  ['PEM of octets that are no key', pemOfOctets('302e020100300506032b657004220420')],
  ['PEM without a key in it', pemOfOctets('3000')],
  ['a public CryptoKey', publicKey],
  ['a CryptoKey for MACs', hmac],
  ['what looks like a CryptoKey', { type: 'private', algorithm: { name: 'Ed25519' } }],
]

function pemOfOctets(hex: string): string {
  const base64 = Buffer.from(hex, 'hex').toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`
}

for (const [what, key, algorithm] of hostile) {
  test(`refuses ${what} as a private key, and repeats nothing of it [C10] [C11]`, async () => {
    const read = async (source: PrivateKeySource) => privateKeyReader(source, algorithm)()
    for (const source of [key as PrivateKey, () => key as PrivateKey]) {
      const error = await read(source).then(() => undefined, String)
      assert.match(`${error}`, /^TypeError: key: expected a private JWK/)
      for (const secret of [fixtureKeys.ES256.d, 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa']) {
        assert.equal(findSecret(`${error}`, secret), undefined)
      }
    }
  })
}
