import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { type AttackCorpus, createAttackCorpus, runAttackCorpus } from '@mintmark/testkit'
import { corpus } from './the-corpus.ts'

/** What has a number and can be said with a token (the others are about servers, proxies and fetches). */
const NUMBERS = [
  'CVE-2015-2951',
  'CVE-2016-10555',
  'CVE-2018-0114',
  'CVE-2019-20933',
  'CVE-2020-28637',
  'CVE-2020-28042',
  'CVE-2020-15084',
  'CVE-2020-26160',
  'CVE-2022-21449',
  'CVE-2022-23529',
  'CVE-2022-23539',
  'CVE-2022-23540',
  'CVE-2022-23541',
  'CVE-2022-29217',
  'CVE-2022-36083',
  'CVE-2023-48223',
  'CVE-2023-52428',
  'CVE-2024-28176',
  'CVE-2024-28180',
  'CVE-2024-33663',
  'CVE-2024-37568',
  'CVE-2024-51744',
  'CVE-2024-53861',
  'CVE-2025-22868',
  'CVE-2025-27144',
  'CVE-2025-30144',
  'CVE-2025-30204',
  'CVE-2025-53864',
  'CVE-2025-59420',
  'CVE-2025-61920',
  'CVE-2026-22817',
  'CVE-2026-22818',
  'CVE-2026-25537',
  'CVE-2026-32597',
  'CVE-2026-34950',
  'CVE-2026-35039',
  'CVE-2026-35041',
  'CVE-2026-35042',
  'CVE-2026-39999',
  'CVE-2026-48524',
  'GHSA-869p-cjfg-cm3x',
  'GHSA-8wpc-h4q6-8fxv',
  'GHSA-g3jj-5cmm-3hxx',
  'GHSA-gmvf-9v4p-v8jc',
  'GHSA-ww5h-9m49-7xx4',
]

describe('the attack corpus', () => {
  test('has more than eight hundred attacks with unique ids, each with a reason [X5]', () => {
    const attacks = corpus.cases.filter(({ expect }) => expect !== 'admitted')
    assert.ok(attacks.length > 800, String(attacks.length))
    assert.equal(new Set(corpus.cases.map(({ id }) => id)).size, corpus.cases.length)
    for (const attack of corpus.cases) {
      assert.ok(attack.id.startsWith(`${attack.class}/`))
      assert.match(attack.id, /^[a-z0-9-]+\/[a-z0-9_-]+$/)
      assert.match(attack.why, /\.$/)
    }
  })

  test('has a case for every number that a token can stand for [X5]', () => {
    const cited = new Set(corpus.cases.flatMap(({ cve }) => cve))
    assert.deepEqual([...cited].toSorted(), NUMBERS.toSorted())
  })

  test('has no token twice', () => {
    const tokens = corpus.cases
      .filter(({ class: attackClass }) => attackClass !== 'good')
      .flatMap(({ token }) => token ?? [])
    const twice = tokens.filter((token, at) => tokens.indexOf(token) !== at)
    assert.deepEqual(twice, [])
  })

  // With PS256 it takes three seconds: tests/conformance/attack-corpus.test.ts.
  test('is the same in every run', () => {
    assert.equal(digestOf(createAttackCorpus()), digestOf(corpus))
  })

  test('is made for whoever is told', () => {
    const options = {
      issuer: 'http://localhost:4711',
      audience: 'orders',
      clientId: 'someone',
      nowSeconds: 2_000_000_000,
    }
    const { cases } = createAttackCorpus(options)
    const good = cases.find(({ id }) => id === 'good/es256')?.token ?? ''
    const claims = JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString())
    const { iss, aud, sub, iat } = claims
    assert.deepEqual([iss, aud, sub, iat], Object.values(options))
  })

  test('never makes an attack that is good by accident, whoever it is for', () => {
    const { cases } = createAttackCorpus({ issuer: 'http://127.0.0.1:8080/', audience: 'x1' })
    const good = new Set(
      cases
        .filter(({ id }) => id.startsWith('good/'))
        .map(({ request }) => JSON.stringify(request)),
    )
    for (const attack of cases) {
      if (attack.class !== 'good') assert.ok(!good.has(JSON.stringify(attack.request)), attack.id)
    }
  })

  test('publishes no private half of a key that counts', () => {
    for (const key of corpus.goodKeySet.keys) assert.ok(!('d' in key))
    const withPrivateHalf = corpus.keySet.keys.filter((key) => 'd' in key || 'k' in key)
    assert.ok(withPrivateHalf.every(({ kid }) => String(kid).startsWith('unfit-')))
  })
})

describe('running the corpus', () => {
  test('tells which attacks were admitted and which good requests refused', async () => {
    const nothing = await runAttackCorpus(corpus, () => false)
    assert.deepEqual(nothing.admittedAttacks, [])
    assert.ok(nothing.refusedGood.length > 40)
    const everything = await runAttackCorpus(corpus, async () => true)
    assert.deepEqual(everything.refusedGood, [])
    assert.equal(
      everything.admittedAttacks.length + nothing.refusedGood.length,
      corpus.cases.length,
    )
  })

  test('takes whatever is thrown for a refusal, and tells it', async () => {
    const failure = new Error('no')
    const { outcomes, admittedAttacks } = await runAttackCorpus(corpus, () => {
      throw failure
    })
    assert.deepEqual(admittedAttacks, [])
    assert.ok(outcomes.every(({ thrown }) => thrown === failure))
  })
})

function digestOf({ cases }: AttackCorpus): string {
  return createHash('sha256').update(JSON.stringify(cases)).digest('hex')
}
