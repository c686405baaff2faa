import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import {
  covers,
  emptyScope,
  intersection,
  parseScope,
  type ScopeSet,
  type ScopeViolation,
  scopeOf,
  union,
} from '../src/index.ts'
import { anyText, scopeToken } from './any-text.ts'
import { parsedValue } from './parsed-value.ts'

const readings: readonly { text: string; tokens: readonly string[] }[] = [
  { text: 'read', tokens: ['read'] },
  { text: '*', tokens: ['*'] },
  { text: 'applications:write decisions:read', tokens: ['applications:write', 'decisions:read'] },
  { text: 'decisions:read applications:write', tokens: ['applications:write', 'decisions:read'] },
  { text: 'b a b a', tokens: ['a', 'b'] },
  { text: 'a b Z', tokens: ['Z', 'a', 'b'] },
  { text: 'a aa a! a~', tokens: ['a', 'a!', 'aa', 'a~'] },
  { text: "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", tokens: ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~"] },
  { text: '__proto__ constructor', tokens: ['__proto__', 'constructor'] },
]

const refusals: readonly { text: string; violation: ScopeViolation; because: string }[] = [
  { text: '', violation: 'malformed_scope', because: 'empty text' },
  { text: ' ', violation: 'malformed_scope', because: 'a space alone' },
  { text: ' a', violation: 'malformed_scope', because: 'a leading space' },
  { text: 'a ', violation: 'malformed_scope', because: 'a trailing space' },
  { text: 'a  b', violation: 'malformed_scope', because: 'two spaces' },
  { text: 'a\tb', violation: 'malformed_scope', because: 'a tab' },
  { text: 'a\nb', violation: 'malformed_scope', because: 'a line feed' },
  { text: 'a\u00a0b', violation: 'malformed_scope', because: 'a no-break space' },
  { text: 'a"', violation: 'malformed_scope', because: 'a quote' },
  { text: 'a\\b', violation: 'malformed_scope', because: 'a backslash' },
  { text: 'a\u007f', violation: 'malformed_scope', because: 'DEL' },
  { text: 'a\0', violation: 'malformed_scope', because: 'NUL' },
  { text: 'é', violation: 'malformed_scope', because: 'a letter outside ASCII' },
  { text: 'a'.repeat(4_097), violation: 'scope_too_long', because: 'a long token' },
  { text: 'a '.repeat(256).concat('a'), violation: 'too_many_scopes', because: '257 tokens' },
]

describe('parseScope', () => {
  for (const { text, tokens } of readings) {
    it(`reads ${text} as ${tokens.length} in order`, () => {
      const scope = parsedValue(parseScope(text))
      assert.deepEqual(scope.tokens, tokens)
      assert.equal(scope.text, tokens.join(' '))
      assert.equal(scope.size, tokens.length)
    })
  }

  for (const { text, violation, because } of refusals) {
    it(`refuses ${because} as ${violation}`, () => {
      assert.deepEqual(parseScope(text), { ok: false, violation })
    })
  }

  it('reads as many and as long as permitted', () => {
    assert.equal(parsedValue(parseScope('a'.repeat(4_096))).size, 1)
    const names = Array.from({ length: 256 }, (_, at) => `s${at}`)
    assert.equal(parsedValue(parseScope(names.join(' '))).size, 256)
  })

  it('accepts exactly the grammar of RFC 6749 section 3.3', () => {
    const grammar = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/
    const near = fc.string({ unit: fc.constantFrom(...'a!~ "\\\t\u007fé') })
    fc.assert(
      fc.property(fc.oneof(near, anyText), (text) => {
        assert.equal(parseScope(text).ok, grammar.test(text))
      }),
    )
  })

  it('gives one text for every order and repetition of the same tokens', () => {
    fc.assert(
      fc.property(shuffledTwice, ([once, again]) => {
        const scope = parsedValue(parseScope(once.join(' ')))
        assert.equal(scope.text, parsedValue(parseScope([...again, ...once].join(' '))).text)
        assert.deepEqual(scope.tokens, [...new Set(once)].sort())
      }),
    )
  })

  it('reads back the text of any set', () => {
    fc.assert(
      fc.property(fc.array(scopeToken, { minLength: 1, maxLength: 50 }), (tokens) => {
        const scope = scopeOf(tokens)
        assert.deepEqual(parsedValue(parseScope(scope.text)).tokens, scope.tokens)
      }),
    )
  })
})

describe('scopeOf', () => {
  it('throws on a token outside the grammar, without repeating it', () => {
    for (const token of ['', 'a b', 'secret"', 'é']) {
      assert.throws(
        () => scopeOf(['fine', token]),
        (error) => error instanceof RangeError && (token === '' || !error.message.includes(token)),
      )
    }
  })

  it('makes the empty scope of nothing', () => {
    assert.deepEqual(scopeOf([]).tokens, emptyScope.tokens)
    assert.equal(emptyScope.text, '')
  })
})

describe('ScopeSet', () => {
  it('prints as its text', () => {
    const scope = scopeOf(['b', 'a'])
    assert.equal(`${scope}`, 'a b')
    assert.equal(JSON.stringify({ scope }), '{"scope":"a b"}')
    assert.match(inspect(scope), /'a', 'b'/)
  })

  it('has its tokens by exact octets', () => {
    const scope = scopeOf(['orders:read'])
    assert.equal(scope.has('orders:read'), true)
    for (const other of ['Orders:read', 'orders', 'orders:read ', '', '*', 'length']) {
      assert.equal(scope.has(other), false)
    }
  })
})

describe('sets of scope tokens', () => {
  const rows: readonly { granted: string[]; required: string[]; isCovered: boolean }[] = [
    { granted: [], required: [], isCovered: true },
    { granted: ['a'], required: [], isCovered: true },
    { granted: [], required: ['a'], isCovered: false },
    { granted: ['a', 'b'], required: ['b', 'a'], isCovered: true },
    { granted: ['a'], required: ['a', 'b'], isCovered: false },
    { granted: ['read'], required: ['Read'], isCovered: false },
    { granted: ['*'], required: ['a'], isCovered: false },
    { granted: ['*'], required: ['*'], isCovered: true },
    { granted: ['a:b'], required: ['a'], isCovered: false },
  ]
  for (const { granted, required, isCovered } of rows) {
    it(`${isCovered ? 'covers' : 'does not cover'} [${required}] by [${granted}]`, () => {
      assert.equal(covers(scopeOf(granted), scopeOf(required)), isCovered)
    })
  }

  it('agree with sets of strings', () => {
    fc.assert(
      fc.property(fewTokens, fewTokens, (left, right) => {
        const [a, b] = [scopeOf(left), scopeOf(right)]
        const [leftSet, rightSet] = [new Set(left), new Set(right)]
        assert.equal(
          covers(a, b),
          right.every((token) => leftSet.has(token)),
        )
        assertTokens(union(a, b), [...left, ...right])
        assertTokens(
          intersection(a, b),
          left.filter((token) => rightSet.has(token)),
        )
      }),
    )
  })
})

const fewTokens = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'A', '*', 'a:b'), { maxLength: 6 })

const shuffledTwice = fc
  .array(scopeToken, { minLength: 1, maxLength: 20 })
  .chain((tokens) =>
    fc.tuple(
      fc.constant(tokens),
      fc.shuffledSubarray(tokens, { minLength: tokens.length, maxLength: tokens.length }),
    ),
  )

function assertTokens(scope: ScopeSet, tokens: readonly string[]): void {
  const sorted = [...new Set(tokens)].sort()
  assert.deepEqual(scope.tokens, sorted)
  assert.equal(scope.text, sorted.join(' '))
}
