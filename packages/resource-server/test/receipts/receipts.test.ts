/** Receipts of refusals: what they tell to whoever has the key, and that they tell nobody else anything. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import type { GuardOptions, Refusal } from '@mintmark/resource-server'
import { explainReceipt, receiptPrefix } from '@mintmark/resource-server/receipts'
import { some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { refusalExplanations } from '../../src/receipts/refusal-explanations.ts'
import { carrying, guardWorld, signedToken } from '../guard-world.ts'

const key = new Uint8Array(32).fill(7)
const withReceipts = (options: GuardOptions = {}) => guardWorld({ receipts: { key }, ...options })

const receiptIn = ({ body }: Refusal): string =>
  String((JSON.parse(body) as { error_uri?: unknown }).error_uri)

async function refusalOf(token: string, world = withReceipts(), scope?: string): Promise<Refusal> {
  const verdict = await world.check(token, scope)
  assert.ok(!verdict.admitted)
  return verdict
}

test('a refusal carries a receipt that says in full why [R4]', async () => {
  const token = signedToken({ claims: some.claims({ exp: the.nowSeconds - 60 }) })
  const refusal = await refusalOf(token)
  const explained = await explainReceipt(key, receiptIn(refusal))
  assert.deepEqual(explained, {
    atWallMs: the.nowSeconds * 1000,
    code: 'expired',
    issuer: the.issuer,
    detail: { endedSecondsAgo: 60, keysAgeSeconds: 0 },
    meaning: 'exp, or tokenAgeSecondsMax after iat, plus the tolerance has passed',
    advice: 'nothing, or check the clocks',
    signingKey: 'known',
  })
})

test('of a token that is too old, the receipt says since when [R4]', async () => {
  const token = signedToken({ claims: some.claims({ iat: the.nowSeconds - 100 }) })
  const refusal = await refusalOf(token, withReceipts({ tokenAgeSecondsMax: 60 }))
  const explained = await explainReceipt(key, receiptIn(refusal))
  assert.equal(explained?.detail.endedSecondsAgo, 40)
})

test('challenge and body name the same receipt, beside everything else [R4]', async () => {
  const refusal = await refusalOf(signedToken(), withReceipts(), 'admin')
  const [challenge] = parseChallenges(refusal.headers[0]?.[1] ?? '')
  assert.equal(challenge?.parameters.get('error_uri'), receiptIn(refusal))
  assert.equal(challenge?.parameters.get('error'), 'insufficient_scope')
  assert.equal(challenge?.parameters.get('scope'), 'admin')
})

test('whether the key was known is told, and nothing about claims before the signature [R4]', async () => {
  const forged = signedToken({ claims: some.claims({ exp: 1 }) }).replace(/.{40}$/, 'A'.repeat(40))
  const cases = [
    [forged, 'bad_signature', 'known'],
    [signedToken({ header: { kid: 'other' } }), 'unknown_key', 'unknown'],
    [
      signedToken({ claims: some.claims({ iss: 'https://x.example' }) }),
      'wrong_issuer',
      'not looked at',
    ],
    ['x', 'malformed_token', 'not looked at'],
  ] as const
  for (const [token, code, signingKey] of cases) {
    const explained = await explainReceipt(key, receiptIn(await refusalOf(token)))
    assert.deepEqual([explained?.code, explained?.signingKey], [code, signingKey])
    assert.equal(explained?.detail.endedSecondsAgo, undefined)
    assert.notEqual(explained?.issuer, 'https://x.example')
  }
})

test('nothing that a token says is in the receipt, sealed or opened [R4]', async () => {
  const word = 'canary-4711'
  const tokens = [
    signedToken({ header: { kid: word } }),
    ...['iss', 'sub', 'aud', 'client_id', 'jti', 'scope', 'exp'].map((member) =>
      signedToken({ claims: { ...some.claims({ exp: 1 }), [member]: word } }),
    ),
  ]
  for (const token of tokens) {
    const refusal = await refusalOf(token)
    const said = JSON.stringify([refusal, await explainReceipt(key, receiptIn(refusal))])
    for (const part of [word, ...token.split('.')]) assert.ok(!said.includes(part))
  }
})

test('receipts have one length, and no two are the same', async () => {
  const world = withReceipts()
  const receipts = new Set<string>()
  for (const token of ['x', 'x', signedToken({ header: { kid: 'other' } }), signedToken()]) {
    receipts.add(receiptIn(await refusalOf(token, world, 'admin')))
  }
  assert.equal(receipts.size, 4)
  assert.equal(new Set([...receipts].map(({ length }) => length)).size, 1)
})

test('a receipt that was changed, cut or sealed with another key opens to nothing', async () => {
  const receipt = receiptIn(await refusalOf('x'))
  assert.ok(await explainReceipt(key, receipt.slice(receiptPrefix.length)))
  assert.equal(await explainReceipt(new Uint8Array(32), receipt), undefined)
  const place = fc.integer({ min: receiptPrefix.length, max: receipt.length - 1 })
  await fc.assert(
    fc.asyncProperty(place, fc.constantFrom('A', 'b', '-', '='), async (at, character) => {
      fc.pre(receipt[at] !== character)
      const changed = receipt.slice(0, at) + character + receipt.slice(at + 1)
      assert.equal(await explainReceipt(key, changed), undefined)
    }),
    { numRuns: 100 },
  )
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      assert.equal(await explainReceipt(key, text), undefined)
      assert.equal(await explainReceipt(key, receiptPrefix + text), undefined)
    }),
    { numRuns: 50 },
  )
})

test('a request without credentials gets no receipt, and an admission is as without [R3]', async () => {
  const world = withReceipts()
  const bare = await world.guard.check({ headers: {} })
  assert.ok(!bare.admitted && bare.body === '' && !`${bare.headers}`.includes('error_uri'))
  const request = carrying(signedToken())
  const admission = await world.guard.check(request)
  assert.equal(world.guard.decide(request), admission)
})

test('beyond so many each second, refusals go out without a receipt; a second later again with', async () => {
  const world = withReceipts({ receipts: { key, perSecondMax: 2 } })
  const receipts = []
  for (let at = 0; at < 4; at += 1) receipts.push(receiptIn(await refusalOf('x', world)))
  assert.deepEqual(
    receipts.map((receipt) => receipt.startsWith(receiptPrefix)),
    [true, true, false, false],
  )
  await world.clock.advance(1_000)
  assert.ok(receiptIn(await refusalOf('x', world)).startsWith(receiptPrefix))
})

test('an outage has a receipt too, that tells how old the keys are', async () => {
  const world = withReceipts()
  world.network.respond(the.metadataUrl, () => {
    throw new Error('down')
  })
  const refusal = await refusalOf(signedToken(), world)
  assert.equal(refusal.status, 503)
  const explained = await explainReceipt(key, receiptIn(refusal))
  assert.deepEqual([explained?.code, explained?.detail], ['keys_unavailable', {}])
})

test('every refusal is explained, in words and with something to do', () => {
  for (const [code, [meaning, advice]] of Object.entries(refusalExplanations)) {
    assert.ok(meaning.length > 10 && advice.length > 5, code)
  }
})

const mistakes: readonly [string, unknown][] = [
  ['no key', {}],
  ['a key that is text', { key: 'k'.repeat(32) }],
  ['a short key', { key: new Uint8Array(31) }],
  ['a misspelt member', { key, perSecond: 1 }],
  ['no receipts per second', { key, perSecondMax: 0 }],
]
for (const [title, receipts] of mistakes) {
  test(`a guard is not made with ${title} for receipts`, () => {
    const options = { receipts } as GuardOptions
    assert.throws(() => guardWorld(options), /receipts/)
  })
}
