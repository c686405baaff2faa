import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSenderCorpus, runSenderCorpus } from '@mintmark/testkit'

const corpus = createSenderCorpus()
const cases = [...corpus.cases, ...corpus.nonceCases]

describe('the sender corpus', () => {
  test('has more than two hundred attacks with unique ids, each with its rule and a reason [X5]', () => {
    const attacks = cases.filter(({ expect }) => expect !== 'admitted')
    assert.ok(attacks.length > 200, String(attacks.length))
    assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length)
    for (const one of cases) {
      assert.match(one.id, /^[a-z-]+\/[a-z0-9_-]+$/)
      assert.ok(one.id.startsWith(`${one.class}/`))
      assert.match(one.rule, /^RFC (9449|8705|7800|9440|7515) section \d/)
      assert.match(one.why, /\.$/)
    }
  })

  test('is the same in every run', () => {
    assert.deepEqual(createSenderCorpus(), corpus)
  })

  test('uses no proof twice but where that is the attack', () => {
    const seen = new Map<string, string>()
    for (const one of cases.filter(({ class: of }) => of !== 'proof-use')) {
      const requests = [...one.before, one.request]
      const proofs = requests.flatMap(({ headers }) =>
        headers.filter(([name, value]) => /^dpop$/i.test(name) && value.length > 100),
      )
      for (const proof of new Set(proofs.map(([, value]) => value))) {
        assert.equal(seen.get(proof), undefined, one.id)
        seen.set(proof, one.id)
      }
    }
  })

  test('is made for whoever is told', () => {
    const { cases: others } = createSenderCorpus({
      ...{ publicOrigin: 'https://localhost:8443', audience: 'orders', nowSeconds: 2_000_000_000 },
    })
    const good = others.find(({ id }) => id === 'good/es256')?.request.headers[1]?.[1] ?? ''
    const claims = JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString())
    assert.deepEqual([claims.htu, claims.iat], ['https://localhost:8443/orders/7', 2_000_000_000])
  })
})

describe('running the sender corpus', () => {
  test('tells what was admitted, and whether what comes before was', async () => {
    const all = await runSenderCorpus(cases, async () => true)
    assert.ok(all.every(({ admitted, prepared }) => admitted && prepared))
    const none = await runSenderCorpus(cases, () => {
      throw new Error('no')
    })
    assert.ok(none.every(({ admitted }) => !admitted))
    assert.ok(none.some(({ prepared }) => !prepared))
  })

  test('asks for what comes before a request, and then for it', async () => {
    const asked: string[] = []
    const replays = corpus.cases.filter(({ id }) => id === 'proof-use/with-another-query')
    await runSenderCorpus(replays, ({ url }) => asked.push(url) > 0)
    assert.deepEqual(asked, ['/orders/7', '/orders/7?to=attacker'])
  })
})
