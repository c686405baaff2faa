import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicJwkOf, type SignatureEngine } from '@mintmark/jwt'
import { attackerKeys, fixtureKeys } from '@mintmark/testkit'
import { holdsEveryKeyOf, importKeys } from '../src/imported-keys.ts'
import { theNodeEngine } from './every-engine.ts'
import { rfc7515A3 } from './rfc-vectors.ts'

const ec = publicJwkOf(fixtureKeys.ES256)
const { alg: _, ...rsaOfAnyAlg } = publicJwkOf(fixtureKeys.RS256)

test('imports a key once for each algorithm it fits', async () => {
  const imported = await importKeys(theNodeEngine(), [ec, rsaOfAnyAlg], [])
  assert.deepEqual(
    imported.map(({ alg, kid, key }) => [alg, kid, key.alg, key.kid]),
    [
      ['ES256', 'fixture-es256', 'ES256', 'fixture-es256'],
      ['RS256', 'fixture-rs256', 'RS256', 'fixture-rs256'],
      ['PS256', 'fixture-rs256', 'PS256', 'fixture-rs256'],
    ],
  )
})

test('takes over keys it already has', async () => {
  const engine = theNodeEngine()
  const first = await importKeys(engine, [ec], [])
  const second = await importKeys(engine, [rsaOfAnyAlg, ec], first)
  assert.equal(second[2]?.key, first[0]?.key)
})

test('leaves out what the engine cannot import', async () => {
  const offCurve = { ...ec, y: rfc7515A3.jwk.y }
  assert.deepEqual(await importKeys(theNodeEngine(), [offCurve], []), [])
})

test('does not take a bug in an engine for a bad key', async () => {
  const engine = Object.create(theNodeEngine()) as SignatureEngine
  const broken = Object.assign(engine, {
    importVerificationKey: () => {
      throw new TypeError('a bug')
    },
  })
  await assert.rejects(() => importKeys(broken, [ec], []), TypeError)
})

test('tells a replaced key from the one of the same kid', async () => {
  const engine = theNodeEngine()
  const older = await importKeys(engine, [ec], [])
  const replaced = { ...publicJwkOf(attackerKeys.ES256), kid: 'fixture-es256' }
  const newer = await importKeys(engine, [replaced], older)
  assert.notEqual(newer[0]?.key, older[0]?.key)
  assert.equal(holdsEveryKeyOf(newer, older), false)
  assert.equal(holdsEveryKeyOf([...newer, ...older], older), true)
})
