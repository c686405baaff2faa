import assert from 'node:assert/strict'
import { test } from 'node:test'
import { algorithmEntry, parsePublicJwk, signatureAlgorithms } from '@mintmark/jwt'

test('has an entry for each of its algorithms, under its own name', () => {
  for (const alg of signatureAlgorithms) assert.equal(algorithmEntry(alg)?.name, alg)
})

const strangers = [
  'none',
  'None',
  'NONE',
  'nOnE',
  '',
  'HS256',
  'HS512',
  'es256',
  'ES256 ',
  'ES256\u0000',
  'ES384',
  'ES256K',
  'RS1',
  'RSA1_5',
  'dir',
  'PBES2-HS256+A128KW',
  '__proto__',
  'constructor',
  'toString',
]

for (const alg of strangers) {
  test(`has no entry for ${JSON.stringify(alg)} [R1]`, () => {
    assert.equal(algorithmEntry(alg), undefined)
  })
}

test('Ed25519 is the newer name of EdDSA (RFC 9864), in headers and in keys', () => {
  assert.equal(algorithmEntry('Ed25519'), algorithmEntry('EdDSA'))
  const x = 'jMaieB5bBWpXRrcxObdyf6TvtCo7J7g3Y16PJE1Wrao'
  const key = parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x, alg: 'Ed25519' })
  assert.equal(key.ok && key.value.alg, 'EdDSA')
})
