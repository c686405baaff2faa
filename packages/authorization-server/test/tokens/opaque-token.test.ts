import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createIdentifierSource } from '@mintmark/runtime'
import { seededRandom, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { accessTokenLengthMax } from '../../src/limits.ts'
import {
  decodeOpaqueClaims,
  encodeOpaqueClaims,
  encodeOpaqueMembers,
} from '../../src/tokens/opaque-claims.ts'
import { createOpaqueSeal, opaqueTokenLength } from '../../src/tokens/opaque-token.ts'

const masterKey = new Uint8Array(32).fill(7)
const seal = createOpaqueSeal(masterKey, the.issuer)
const newIdentifier = createIdentifierSource(seededRandom(1))
const now = the.nowSeconds
const day = 86_400
const claims = Buffer.from('some claims')

describe('the seal of opaque tokens', () => {
  it('gives back what it sealed, and the jti [A4]', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const jti = newIdentifier()
        const token = seal.seal(bytes, jti, now)
        assert.match(token, /^mo_[\w-]+$/)
        assert.equal(token.length, opaqueTokenLength(bytes.length))
        assert.deepEqual(seal.open(token, now), { jti, claims: Buffer.from(bytes) })
      }),
      { numRuns: 50 },
    )
  })

  it('opens nothing that differs in one character, is shortened or lengthened [A4]', () => {
    const token = seal.seal(claims, newIdentifier(), now)
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom(...'AZaz09-_=. \u00e9'),
        (at, letter) => {
          fc.pre(token[at] !== letter)
          const changed = token.slice(0, at) + letter + token.slice(at + 1)
          assert.equal(seal.open(changed, now), undefined)
          assert.equal(seal.open(token.slice(0, at), now), undefined)
          assert.equal(seal.open(token + letter, now), undefined)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('opens no text that was made up', () => {
    const text = fc.oneof(
      fc.string(),
      fc.base64String().map((body) => `mo_${body}`),
    )
    fc.assert(
      fc.property(text, (token) => assert.equal(seal.open(token, now), undefined)),
      { numRuns: 200 },
    )
    assert.equal(seal.open(`mo_${'A'.repeat(accessTokenLengthMax)}`, now), undefined)
  })

  it('opens on every node with the master key, and for no other issuer or master key [A4]', () => {
    const token = seal.seal(claims, newIdentifier(), now)
    assert.ok(createOpaqueSeal(masterKey, the.issuer).open(token, now))
    assert.equal(createOpaqueSeal(masterKey, `${the.issuer}/other`).open(token, now), undefined)
    assert.equal(createOpaqueSeal(new Uint8Array(32), the.issuer).open(token, now), undefined)
  })

  it('opens a token of the longest lifetime to its end, and not for days longer [A4]', () => {
    const token = seal.seal(claims, newIdentifier(), now)
    assert.ok(seal.open(token, now + 7 * day))
    assert.equal(seal.open(token, now + 9 * day), undefined)
    assert.ok(seal.open(token, now - 60))
    assert.equal(seal.open(token, now - 3 * day), undefined)
  })
})

describe('the claims in opaque tokens', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  const thumbprint = fc.base64String({ minLength: 40, maxLength: 44 })

  it('come back as a JWT would have them', () => {
    const parts = fc.tuple(
      text,
      text,
      fc.array(text, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.integer({ min: 1, max: 604_800 }),
      fc.option(thumbprint, { nil: undefined }),
      fc.option(thumbprint, { nil: undefined }),
    )
    fc.assert(
      fc.property(parts, ([clientId, scope, audience, iat, lifetime, jkt, certificate]) => {
        const cnf = {
          ...(jkt === undefined ? {} : { jkt }),
          ...(certificate === undefined ? {} : { 'x5t#S256': certificate }),
        }
        const isBound = Object.keys(cnf).length > 0
        const members = encodeOpaqueMembers({ clientId, scope, audience })
        const plain = encodeOpaqueClaims(members, iat, lifetime, isBound ? cnf : undefined)
        assert.deepEqual(decodeOpaqueClaims(Buffer.from(plain), the.issuer, 'jti-1'), {
          iss: the.issuer,
          sub: clientId,
          aud: audience.length === 1 ? audience[0] : audience,
          client_id: clientId,
          scope,
          iat,
          exp: iat + lifetime,
          jti: 'jti-1',
          ...(isBound ? { cnf } : {}),
        })
      }),
      { numRuns: 100 },
    )
  })

  it('of a newer version, cut off or made up are not understood, and nothing is thrown', () => {
    const members = encodeOpaqueMembers({ clientId: 'a', scope: 'read', audience: ['urn:b'] })
    const plain = Buffer.from(encodeOpaqueClaims(members, now, 60, undefined))
    const decode = (bytes: Uint8Array) => decodeOpaqueClaims(Buffer.from(bytes), the.issuer, 'j')
    assert.ok(decode(plain))
    for (let length = 0; length < plain.length; length++) {
      assert.equal(decode(plain.subarray(0, length)), undefined)
    }
    assert.equal(decode(Buffer.concat([plain, Buffer.of(200, 0, 1, 65)])), undefined)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decode(bytes)),
      { numRuns: 200 },
    )
  })
})
