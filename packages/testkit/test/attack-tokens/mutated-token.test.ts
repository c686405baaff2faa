import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mutatedToken } from '@mintmark/testkit'

const seeds = Array.from({ length: 300 }, (_, seed) => seed)

describe('a changed token', () => {
  test('is the same for the same number', () => {
    for (const seed of seeds.slice(0, 50)) assert.deepEqual(mutatedToken(seed), mutatedToken(seed))
  })

  test('is made for any number', () => {
    for (const seed of [0, 1, 118_265_680, 2 ** 31, 2 ** 32 - 1])
      assert.ok(mutatedToken(seed).token)
  })

  test('is another for nearly every other number', () => {
    assert.ok(new Set(seeds.map((seed) => mutatedToken(seed).token)).size > 250)
  })

  test('is changed in every part, in some of them more than once', () => {
    const changes = seeds.flatMap((seed) => mutatedToken(seed).changes)
    for (const part of [
      'header:',
      'claims:',
      'signature',
      'signed by',
      'character',
      'text',
      'last',
    ]) {
      assert.ok(
        changes.some((change) => change.startsWith(part)),
        part,
      )
    }
    assert.ok(changes.length > seeds.length)
  })

  test('is signed with the algorithm that is asked for', () => {
    const [header = ''] = mutatedToken(11, { algorithm: 'ES256' }).token.split('.')
    assert.match(Buffer.from(header, 'base64url').toString(), /ES256/)
  })
})
