import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characters, the } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  identifierValue,
  identityNames,
  identityOf,
  nobody,
} from '../../src/forward-auth/identity-headers.ts'
import { identityLengthMax } from '../../src/limits.ts'
import { someAdmission } from './some-admission.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

describe('the identity fields', () => {
  it('say who is calling in a fixed set of fields, all of which are there for nobody too [R8]', () => {
    const fields = identityOf(someAdmission())
    assert.deepEqual(fields, [
      ['mintmark-client', 'partner-a'],
      ['mintmark-subject', 'partner-a'],
      ['mintmark-scope', 'decisions:read'],
      ['mintmark-issuer', 'https://auth.example'],
      ['mintmark-expires', String(the.nowSeconds + 600)],
    ])
    assert.deepEqual(
      nobody,
      identityNames.map((name) => [name, '']),
    )
  })

  it('encode what is no visible ASCII, so that it ends no line and starts no list', () => {
    const cases = [
      ['a\r\nMintmark-Scope: admin', 'a%0D%0AMintmark-Scope:%20admin'],
      ['a,b', 'a%2Cb'],
      ['a%2Cb', 'a%252Cb'],
      ['żółć', '%C5%BC%C3%B3%C5%82%C4%87'],
      ['\u{1f511}', '%F0%9F%94%91'],
      ['"\\', '%22%5C'],
      ['https://a.example/b?c=d&e', 'https://a.example/b?c=d&e'],
    ] as const
    for (const [identifier, value] of cases) assert.equal(identifierValue(identifier), value)
  })

  it('are visible ASCII for any text, and give it back when decoded: no two share a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 40 }), (identifier) => {
        const value = identifierValue(identifier)
        assert(value !== undefined)
        assert.match(value, /^[!-~]+$/)
        assert.doesNotMatch(value, /[,"\\]/)
        assert.equal(decodeURIComponent(value), identifier)
      }),
      { numRuns: 200 },
    )
  })

  it('are not made of what does not fit: nothing, half a character, too much', () => {
    for (const clientId of ['', '\ud800', 'a'.repeat(identityLengthMax + 1), 'ż'.repeat(200)]) {
      assert.equal(identityOf(someAdmission({ clientId })), undefined)
    }
    const scope = Array.from({ length: 200 }, (_, at) => `scope:${1_000_000 + at}`).join(' ')
    assert.equal(identityOf(someAdmission({ scope })), undefined)
    assert(identityOf(someAdmission({ clientId: 'a'.repeat(identityLengthMax) })) !== undefined)
  })
})
