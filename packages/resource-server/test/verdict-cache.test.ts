import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { redact } from '@mintmark/protocol'
import fc from 'fast-check'
import type { Credentials } from '../src/presented-token.ts'
import type { Admission } from '../src/verdict.ts'
import { type CachedVerdict, VerdictCache } from '../src/verdict-cache.ts'

const NOW = 1_000
const AT_NOW = { wallMs: () => NOW * 1000 }
const admission = { admitted: true } as Admission

function verdictOn(token: string, overrides: Partial<CachedVerdict> = {}): CachedVerdict {
  return {
    token: redact('access token', token),
    admission,
    settled: Promise.resolve(admission),
    confirmation: undefined,
    revocation: undefined,
    feed: undefined,
    clearedInGeneration: -1,
    isIntrospected: false,
    keys: { vouchesFor: () => true },
    wanted: { alg: 'ES256', kid: undefined },
    generation: 0,
    validFromWallSeconds: NOW,
    expiresAtWallSeconds: NOW + 60,
    ...overrides,
  }
}

/** The field after `scheme` is the token; each text is new to the engine. */
function credentials(token: string, scheme = 'Bearer '): Credentials {
  return {
    start: scheme.length,
    reveal: () => token,
    revealField: () => [scheme, token].join(''),
  }
}

function keep(cache: VerdictCache, verdict: CachedVerdict): void {
  cache.keep(verdict, credentials(verdict.token.reveal()))
}

function find(cache: VerdictCache, token: string, nowWallSeconds = NOW) {
  return cache.find(credentials(token), { wallMs: () => nowWallSeconds * 1000 })
}

/** That it is a verdict on the token, with what was kept. */
function isOn(found: CachedVerdict | undefined, kept: CachedVerdict): void {
  assert.ok(found !== undefined)
  for (const [name, value] of Object.entries(kept)) {
    assert.equal(found[name as keyof CachedVerdict], value, name)
  }
}

const TAIL = 'k'.repeat(24)

describe('the verdict cache', () => {
  test('finds the verdict on a token it was given', () => {
    const cache = new VerdictCache(1_000_000)
    const kept = verdictOn(`head.body.${TAIL}`)
    keep(cache, kept)
    isOn(find(cache, ['head.body', TAIL].join('.')), kept)
  })

  test('finds nothing for another token with the same end', () => {
    const cache = new VerdictCache(1_000_000)
    keep(cache, verdictOn(`head.body.${TAIL}`))
    assert.equal(find(cache, `head.evil.${TAIL}`), undefined)
    assert.equal(find(cache, TAIL), undefined)
    assert.equal(cache.size, 1)
  })

  test('keeps the later of two tokens with the same end', () => {
    const cache = new VerdictCache(1_000_000)
    const first = verdictOn(`head.first.${TAIL}`)
    const second = verdictOn(`head.second.${TAIL}`)
    keep(cache, first)
    keep(cache, second)
    assert.equal(find(cache, first.token.reveal()), undefined)
    isOn(find(cache, second.token.reveal()), second)
    assert.deepEqual([cache.size, cache.bytes], [1, costOf(second)])
  })

  test('finds a token that comes under another scheme, or after more spaces', () => {
    const cache = new VerdictCache(1_000_000)
    const kept = verdictOn(`head.body.${TAIL}`)
    keep(cache, kept)
    for (const scheme of ['bearer ', 'Bearer   ', 'DPoP ']) {
      isOn(cache.find(credentials(`head.body.${TAIL}`, scheme), AT_NOW), kept)
    }
    const short = verdictOn('short')
    keep(cache, short)
    isOn(cache.find(credentials('short', 'DPoP '), AT_NOW), short)
  })

  test('forgets a token whatever the scheme it comes under', () => {
    const cache = new VerdictCache(1_000_000)
    keep(cache, verdictOn('short'))
    cache.forget(credentials('shirt'))
    assert.equal(cache.size, 1)
    cache.forget(credentials('short', 'DPoP '))
    assert.equal(cache.size, 0)
  })

  test('shows no token when it is printed', () => {
    const cache = new VerdictCache(1_000_000)
    keep(cache, verdictOn(`head.body.${TAIL}`))
    const found = find(cache, `head.body.${TAIL}`)
    assert.doesNotMatch(inspect([cache, found], { depth: 9, showHidden: true }), /head|body|kkk/)
    assert.doesNotMatch(JSON.stringify(found), /head|body|kkk/)
  })

  test('finds a token shorter than the index', () => {
    const cache = new VerdictCache(1_000_000)
    const kept = verdictOn('short')
    keep(cache, kept)
    isOn(find(cache, 'short'), kept)
    assert.equal(find(cache, 'hort'), undefined)
  })

  const instants: readonly [string, number, boolean][] = [
    ['at the instant of its judgement', NOW, true],
    ['just before its end', NOW + 59.999, true],
    ['at its end', NOW + 60, false],
    ['after its end', NOW + 3_600, false],
    ['before it was valid, after the clock stepped back', NOW - 0.001, false],
  ]
  for (const [title, nowWallSeconds, isFound] of instants) {
    test(`${isFound ? 'finds' : 'does not find'} a verdict ${title} [R3]`, () => {
      const cache = new VerdictCache(1_000_000)
      keep(cache, verdictOn(`head.body.${TAIL}`))
      assert.equal(find(cache, `head.body.${TAIL}`, nowWallSeconds) !== undefined, isFound)
      assert.equal(cache.size, isFound ? 1 : 0)
      assert.equal(cache.bytes > 0, isFound)
    })
  }

  test('drops a verdict that its key set does not vouch for, asking about its own generation [R3]', () => {
    const cache = new VerdictCache(1_000_000)
    const asked: unknown[] = []
    const keys = {
      vouchesFor: (...question: unknown[]) => {
        asked.push(question)
        return false
      },
    }
    const wanted = { alg: 'ES256', kid: 'retired' } as const
    keep(cache, verdictOn(`head.body.${TAIL}`, { keys, wanted, generation: 7 }))
    assert.equal(find(cache, `head.body.${TAIL}`), undefined)
    assert.deepEqual(asked, [[7, wanted]])
    assert.equal(cache.size, 0)
  })

  test('asks no key set about a verdict that expired', () => {
    const cache = new VerdictCache(1_000_000)
    const keys = { vouchesFor: () => assert.fail('the key set was asked') }
    keep(cache, verdictOn(`head.body.${TAIL}`, { keys }))
    assert.equal(find(cache, `head.body.${TAIL}`, NOW + 60), undefined)
  })

  test('lets the oldest go when it is full', () => {
    const verdicts = Array.from({ length: 5 }, (_, at) => verdictOn(`head.body.${at}${TAIL}${at}`))
    const cache = new VerdictCache(3 * costOf(verdicts[0]))
    for (const verdict of verdicts) keep(cache, verdict)
    const held = verdicts.map((verdict) => find(cache, verdict.token.reveal()) !== undefined)
    assert.deepEqual(held, [false, false, true, true, true])
  })

  test('keeps nothing that is larger than all of it', () => {
    const small = verdictOn('a')
    const cache = new VerdictCache(costOf(small))
    keep(cache, small)
    keep(cache, verdictOn('x'.repeat(10_000)))
    isOn(find(cache, 'a'), small)
    assert.equal(cache.size, 1)
  })

  test('charges for the spaces before a token, which it keeps as well', () => {
    const cache = new VerdictCache(1_000_000)
    const verdict = verdictOn(`head.body.${TAIL}`)
    cache.keep(verdict, credentials(verdict.token.reveal(), `Bearer${' '.repeat(10_000)}`))
    assert.ok(cache.bytes > 10_000)
  })

  test('keeps nothing when it may hold nothing', () => {
    const cache = new VerdictCache(0)
    keep(cache, verdictOn('a'))
    assert.equal(cache.size, 0)
  })

  test('is empty after it was cleared, and usable', () => {
    const cache = new VerdictCache(1_000_000)
    keep(cache, verdictOn('a'))
    cache.clear()
    assert.deepEqual([cache.size, cache.bytes], [0, 0])
    const kept = verdictOn('a')
    keep(cache, kept)
    isOn(find(cache, 'a'), kept)
  })

  test('never holds more than its bound, and accounts for every entry', () => {
    const tokens = fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 60 })
    fc.assert(
      fc.property(tokens, fc.integer({ min: 0, max: 3_000 }), (given, bytesMax) => {
        const cache = new VerdictCache(bytesMax)
        for (const token of given) {
          keep(cache, verdictOn(token))
          assert.ok(cache.bytes <= bytesMax)
        }
        const held = new Set(given.filter((token) => find(cache, token) !== undefined))
        const charged = [...held].map((token) => costOf(verdictOn(token)))
        assert.equal(held.size, cache.size)
        assert.equal(
          charged.reduce((sum, cost) => sum + cost, 0),
          cache.bytes,
        )
      }),
    )
  })
})

/** What an otherwise empty cache charges for a verdict. */
function costOf(verdict: CachedVerdict | undefined): number {
  const cache = new VerdictCache(Number.MAX_SAFE_INTEGER)
  if (verdict !== undefined) keep(cache, verdict)
  return cache.bytes
}
