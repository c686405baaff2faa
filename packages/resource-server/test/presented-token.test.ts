import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { characters } from '@mintmark/testkit'
import fc from 'fast-check'
import { readPresentedToken } from '../src/presented-token.ts'

const anyCharacter = fc.nat(characters.last).map(characters.at, characters.numberOf)

function read(authorization: string, url?: string) {
  return readPresentedToken({ headers: {}, rawHeaders: ['Authorization', authorization], url })
}

describe('a presented token', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
    test(`is read after the scheme ${scheme}`, () => {
      const token = read(`${scheme} a.b.c`)
      assert(token.ok)
      assert.deepEqual([token.scheme, token.token.reveal()], ['Bearer', 'a.b.c'])
    })
  }

  for (const scheme of ['DPoP', 'dpop', 'DPOP', 'dPoP']) {
    test(`is read after the scheme ${scheme} [R5]`, () => {
      const token = read(`${scheme} a.b.c`)
      assert(token.ok)
      assert.deepEqual([token.scheme, token.token.reveal()], ['DPoP', 'a.b.c'])
    })
  }

  test('is read after several spaces, as RFC 9110 allows', () => {
    const token = read('Bearer   a.b.c')
    assert.equal(token.ok && token.token.reveal(), 'a.b.c')
  })

  test('does not show when what was read is printed', () => {
    const token = read('Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln')
    assert.doesNotMatch(inspect(token, { depth: 9, showHidden: true }), /eyJ|e30|c2ln/)
    assert.doesNotMatch(JSON.stringify(token), /eyJ|e30|c2ln/)
  })

  test('is kept without the spaces that came before it', () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const heapBytes = () => {
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const before = heapBytes()
    const kept = Array.from({ length: 500 }, (_, at) => {
      const field = Buffer.from(`Bearer${' '.repeat(15_000)}${'a'.repeat(400)}${at}`)
      const token = read(field.toString('latin1'))
      return token.ok ? token.token : assert.fail(token.violation)
    })
    assert.ok(heapBytes() - before < 2_000_000)
    assert.equal(kept[499]?.reveal(), `${'a'.repeat(400)}499`)
  })

  const refusals: readonly [string, string, string][] = [
    ['the empty value', '', 'other_scheme'],
    ['another scheme', 'Basic cGFydG5lci1hOnNlY3JldA==', 'other_scheme'],
    ['a scheme that begins like DPoP', 'DPoPX a.b.c', 'other_scheme'],
    ['a scheme that begins like Bearer', 'BearerX a.b.c', 'other_scheme'],
    ['a scheme that ends like Bearer', 'XBearer a.b.c', 'other_scheme'],
    ['a scheme run into the token', 'Bearera.b.c', 'other_scheme'],
    ['a scheme followed by a tab', 'Bearer\ta.b.c', 'other_scheme'],
    ['a scheme in letters that only look alike', 'Веarer a.b.c', 'other_scheme'],
    ['a leading space', ' Bearer a.b.c', 'other_scheme'],
    ['the scheme alone', 'Bearer', 'malformed_credentials'],
    ['the scheme and spaces', 'Bearer   ', 'malformed_credentials'],
    ['the other scheme alone', 'DPoP', 'malformed_credentials'],
  ]
  for (const [title, value, violation] of refusals) {
    test(`is not found in ${title}`, () => {
      assert.deepEqual(read(value), { ok: false, violation })
    })
  }

  const joined: readonly [string, string, boolean][] = [
    ['a DPoP and a Bearer field', 'DPoP a.b.c, Bearer a.b.c', true],
    ['two Bearer fields', 'Bearer a.b.c, Bearer d.e.f', true],
    ['a Bearer and a Basic field', 'Bearer a.b.c,Basic eDp5', true],
    ['one field', 'Bearer a.b.c', false],
  ]
  for (const [title, value, isJoined] of joined) {
    test(`tells that it is ${isJoined ? '' : 'not '}several, of ${title} in one`, () => {
      const token = read(value)
      assert(token.ok)
      assert.equal(token.isJoined(), isJoined)
    })
  }

  test('is not found without an Authorization field', () => {
    assert.deepEqual(readPresentedToken({ headers: {} }), {
      ok: false,
      violation: 'no_credentials',
    })
  })

  test('is refused when the query names one too', () => {
    const both = read('Bearer a.b.c', '/?access_token=a.b.c')
    assert.deepEqual(both, { ok: false, violation: 'token_in_query' })
  })

  test('is never taken from the query', () => {
    const query = readPresentedToken({ headers: {}, url: '/?access_token=a.b.c' })
    assert.deepEqual(query, { ok: false, violation: 'no_credentials' })
  })

  test('is everything after the scheme, or refused, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (rest) => {
        const token = read(`Bearer ${rest}`)
        if (token.ok) assert.equal(token.token.reveal(), rest.replace(/^ +/, ''))
        else assert.equal(token.violation, 'malformed_credentials')
      }),
    )
  })
})
