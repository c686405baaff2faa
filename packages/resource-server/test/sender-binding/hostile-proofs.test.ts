/**
 * Whatever comes as a proof: the guard answers, repeats nothing of it, and admits exactly what an independent reading
 * of RFC 9449 section 4.3, by jose and by hand, admits.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import type { Verdict } from '@mintmark/resource-server'
import { attackerKeys, characters, fixtureKeys, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose'
import { guardWorld } from '../guard-world.ts'
import {
  boundToken,
  hashOf,
  jkt,
  outcomeOf,
  path,
  presenting,
  proofFor,
  publicPart,
  takingProofs,
  target,
} from './bound-requests.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

const token = boundToken()

/** Proves that an answer is a refusal made of our own words. */
function assertOwnWords(verdict: Verdict, ...foreign: readonly string[]): void {
  assert.ok(!verdict.admitted)
  assert.equal(verdict.status, 401)
  const told = JSON.stringify(verdict)
  for (const text of foreign) assert.ok(text.length < 8 || !told.includes(text))
  for (const [name, value] of verdict.headers) {
    assert.match(name, /^[a-z-]+$/)
    assert.match(value, /^[\x20-\x7e]+$/)
  }
  const challenges = parseChallenges(verdict.headers[0]?.[1] ?? '')
  assert.deepEqual(
    challenges.map(({ scheme }) => scheme),
    ['dpop', 'bearer'],
  )
}

/** The right value nine times of ten, so that a proof as a whole is right often enough. */
function usually<Value>(right: Value, ...wrong: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  )
}

/** Whether a proof is good for `GET` of the target with the token, as jose and the RFC see it. */
async function isGood(proof: string): Promise<boolean> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      ...{ typ: 'dpop+jwt', algorithms: ['ES256', 'EdDSA', 'RS256', 'PS256'] },
      currentDate: new Date(the.nowSeconds * 1000),
    })
    const key = protectedHeader.jwk as JWK
    return isAsClaimed(payload) && !('d' in key) && (await calculateJwkThumbprint(key)) === jkt
  } catch {
    return false
  }
}

function isAsClaimed({ jti, htm, htu, iat, ath }: JWTPayload): boolean {
  if (typeof jti !== 'string' || jti === '' || typeof iat !== 'number') return false
  if (htm !== 'GET' || ath !== hashOf(token) || !URL.canParse(String(htu))) return false
  const { origin, pathname } = new URL(String(htu))
  return origin + pathname === target
}

describe('a request with any proof', () => {
  const { guard } = guardWorld(takingProofs)

  test('is answered and not admitted, whatever the text [R5]', async () => {
    const good = await proofFor(token)
    const value = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.base64String().map((text) => `${text}.${text}.${text}`),
      fc.nat(good.length - 1).map((at) => good.slice(0, at)),
      fc.constantFrom(
        '.',
        '..',
        `${good}.`,
        ` ${good}`,
        `${good}\n`,
        `${good}=`,
        '.'.repeat(9_999),
      ),
    )
    await fc.assert(
      fc.asyncProperty(value, async (proof) => {
        assertOwnWords(await guard.check(presenting(token, proof)), proof)
      }),
      { numRuns: 100 },
    )
  })

  test('is answered in our own words, whatever the proof says [R4] [R5]', async () => {
    const word = fc.oneof(
      fc.string({ unit: anyCharacter, minLength: 8 }),
      fc.constantFrom('x"\r\nSet-Cookie: a=b', 'Жирафы на крыше', '", algs="none', 'canary-4711'),
    )
    const place = fc.constantFrom('htm', 'htu', 'ath', 'nonce', 'iat')
    await fc.assert(
      fc.asyncProperty(word, place, async (text, name) => {
        const proof = await proofFor(token, {
          claims: { [name]: text, ...(name === 'nonce' && { jti: undefined }) },
        })
        assertOwnWords(await guard.check(presenting(token, proof)), text, proof)
      }),
      { numRuns: 50 },
    )
  })

  test('is admitted exactly when every rule holds, as jose sees it [R5]', async () => {
    const header = fc.record({
      typ: usually('dpop+jwt', 'DPoP+jwt', 'at+jwt', 'JWT', undefined),
      jwk: usually<unknown>(
        publicPart(),
        ...[publicPart('EdDSA'), fixtureKeys.ES256, 'text', undefined],
        ...[{ kid: 'named' }, { use: 'enc' }, { x: 'AA' }].map((more) => ({
          ...publicPart(),
          ...more,
        })),
      ),
      crit: usually<unknown>(undefined, ['b64'], []),
    })
    const claims = fc.record({
      more: usually<unknown>(undefined, { nested: ['x'] }),
      htm: usually('GET', 'get', 'POST', undefined),
      htu: usually(target, `${target}?q#f`, path, 'https://evil.example/orders/7', undefined),
      iat: usually<unknown>(the.nowSeconds, the.nowSeconds - 299, the.nowSeconds - 301, 'now'),
      ath: usually(hashOf(token), hashOf(`${token}x`), undefined),
    })
    const signer = usually<JWK>(fixtureKeys.ES256 as JWK, attackerKeys.ES256 as JWK)
    let admitted = 0
    await fc.assert(
      fc.asyncProperty(header, claims, signer, async (head, said, key) => {
        const proof = await proofFor(token, { header: head, claims: said, signer: key }).catch(
          () => undefined,
        )
        fc.pre(proof !== undefined)
        const verdict = await guard.check(presenting(token, proof))
        const good = await isGood(proof)
        if (verdict.admitted) admitted += 1
        else assertOwnWords(verdict, proof)
        if (verdict.admitted) assert.ok(good)
        else assert.ok(!good || isOurStrictness(head, said), outcomeOf(verdict))
      }),
      { numRuns: 200 },
    )
    assert.ok(admitted > 20, 'the property has seen good proofs')
  })
})

/** What jose lets pass and the RFC leaves to us: the letter case of typ, the use of a key, the age. */
function isOurStrictness(
  header: { typ?: unknown; jwk?: unknown },
  said: { iat?: unknown },
): boolean {
  const key = header.jwk
  const isForSomethingElse = typeof key === 'object' && key !== null && 'use' in key
  return header.typ === 'DPoP+jwt' || isForSomethingElse || said.iat === the.nowSeconds - 301
}
