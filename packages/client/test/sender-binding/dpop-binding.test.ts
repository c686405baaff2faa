import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type SignatureEngine, signatureAlgorithms, webEngine } from '@mintmark/jwt'
import { findSecret, fixtureKeys, the } from '@mintmark/testkit'
import { decodeProtectedHeader } from 'jose'
import { binding, node, proven, text, token, url } from './some-binding.ts'

const engines = [node, webEngine()]

/** An engine that makes keys in another way. */
function makingKeysBy(
  engine: SignatureEngine,
  generateKey: SignatureEngine['generateKey'],
): SignatureEngine {
  return {
    name: engine.name,
    importVerificationKey: (jwk, alg) => engine.importVerificationKey(jwk, alg),
    importSigningKey: (jwk, alg, kid) => engine.importSigningKey(jwk, alg, kid),
    generateKey,
    sign: (key, signingInput) => engine.sign(key, signingInput),
    verify: (key, signingInput, signature) => engine.verify(key, signingInput, signature),
    sha256: (bytes) => engine.sha256(bytes),
  }
}

for (const engine of engines) {
  for (const algorithm of signatureAlgorithms) {
    test(`signs proofs that jose verifies, ${algorithm} by the ${engine.name} engine [C13]`, async () => {
      const key = fixtureKeys[algorithm]
      const bound = binding({ key, algorithm }, engine)
      const { protectedHeader, payload } = await proven(
        await bound.prove({ method: 'POST', url, token }),
      )
      const { kty, crv, x, y, n, e } = key
      assert.deepEqual(protectedHeader.jwk, JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })))
      assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'jwk', 'typ'])
      assert.equal(protectedHeader.alg, algorithm)
      const { jti, ...claims } = payload
      assert.deepEqual(claims, {
        htm: 'POST',
        htu: 'https://api.example/a%20b/c',
        iat: the.nowSeconds,
        ath: createHash('sha256').update(text).digest('base64url'),
      })
      assert.match(String(jti), /^[\w-]{22}$/)
    })
  }

  test(`makes one key, with the first proof, by the ${engine.name} engine [C13]`, async () => {
    let made = 0
    const counting = makingKeysBy(engine, (algorithm) => {
      made += 1
      return engine.generateKey(algorithm)
    })
    const bound = binding({}, counting)
    assert.equal(made, 0)
    const request = { method: 'GET', url, token: undefined }
    const proofs = await Promise.all([1, 2, 3].map(() => bound.prove(request)))
    const again = await bound.prove(request)
    assert.equal(made, 1)
    const keys = [...proofs, again].map((proof) => JSON.stringify(decodeProtectedHeader(proof).jwk))
    assert.equal(new Set(keys).size, 1)
    const { payload } = await proven(again)
    assert(!('ath' in payload) && !('nonce' in payload))
  })
}

test('signs in place on Node, and never waits for a key that it has [C13]', () => {
  for (const options of [{}, { key: fixtureKeys.ES256 }]) {
    const proof = binding(options).prove({ method: 'GET', url, token })
    assert.equal(typeof proof, 'string')
  }
})

test('makes another key after the crypto library failed to make one [C13]', async () => {
  const web = webEngine()
  let failures = 1
  const failing = makingKeysBy(web, async (algorithm) => {
    failures -= 1
    if (failures >= 0) throw new Error('no entropy')
    return web.generateKey(algorithm)
  })
  const bound = binding({}, failing)
  const request = { method: 'GET', url, token: undefined }
  await assert.rejects(async () => bound.prove(request))
  await proven(await bound.prove(request))
})

test('repeats no proof and no identifier in 1,000 at the same instant [C13]', async () => {
  const bound = binding()
  const seen = new Set<string>()
  const identifiers = new Set<unknown>()
  for (let count = 0; count < 1_000; count += 1) {
    const proof = await bound.prove({ method: 'GET', url, token })
    seen.add(proof)
    const [, payload = ''] = proof.split('.')
    identifiers.add(JSON.parse(Buffer.from(payload, 'base64url').toString()).jti)
  }
  assert.deepEqual([seen.size, identifiers.size], [1_000, 1_000])
})

test('names the method as it is sent [C13]', async () => {
  const rows: readonly [given: string, sent: string][] = [
    ['get', 'GET'],
    ['Delete', 'DELETE'],
    ['PATCH', 'PATCH'],
    ['patch', 'patch'],
    ['Purge', 'Purge'],
  ]
  for (const [method, htm] of rows) {
    const { payload } = await proven(await binding().prove({ method, url, token }))
    assert.equal(payload.htm, htm)
  }
})

test('names the URL without user name, query, fragment and default port [C13]', async () => {
  const rows: readonly [url: string, htu: string][] = [
    ['https://api.example', 'https://api.example/'],
    ['HTTPS://API.EXAMPLE:443/A', 'https://api.example/A'],
    ['https://name:word@api.example:8443/a?b#c', 'https://api.example:8443/a'],
    ['http://[::1]:8080/a/../b', 'http://[::1]:8080/b'],
    ['https://api.example/%7Ea//b?', 'https://api.example/%7Ea//b'],
  ]
  for (const [given, htu] of rows) {
    const proof = await binding().prove({ method: 'GET', url: new URL(given), token })
    assert.equal((await proven(proof)).payload.htu, htu)
  }
})

test('tells the time of the servers in whole seconds [C13]', async () => {
  let nowWallMs = the.nowSeconds * 1000 + 999
  const bound = binding({}, node, () => nowWallMs)
  const issuedAt = async () => {
    const { payload } = await proven(await bound.prove({ method: 'GET', url, token }))
    return payload.iat
  }
  assert.equal(await issuedAt(), the.nowSeconds)
  nowWallMs -= 3_000
  assert.equal(await issuedAt(), the.nowSeconds - 3)
})

test('shows neither the private key nor the token, whatever is printed [C10] [C13]', async () => {
  const key = fixtureKeys.ES256
  const bound = binding({ key })
  bound.learnNonce(url, 'nonce')
  const proof = await bound.prove({ method: 'GET', url, token })
  const printed = inspect(
    { bound, proof, choice: bound.confirmation },
    { showHidden: true, depth: 9 },
  )
  for (const secret of [key.d, text]) {
    assert.equal(
      findSecret(`${printed} ${JSON.stringify(bound)} ${atobAll(proof)}`, secret),
      undefined,
    )
  }
})

/** What can be read in the segments of a proof. */
function atobAll(proof: string): string {
  return proof
    .split('.')
    .map((segment) => Buffer.from(segment, 'base64url').toString())
    .join(' ')
}
