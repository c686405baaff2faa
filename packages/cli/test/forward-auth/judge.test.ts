/** The judgement on a request: the library's verdict, where it counts, and who is calling. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Guard, GuardedRequest, Verdict } from '@mintmark/resource-server'
import { createProtection } from '@mintmark/resource-server/protection'
import { jsonResponse, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { createJudge, type Judge } from '../../src/forward-auth/judge.ts'
import { addressesBehind } from '../../src/forward-auth/peers.ts'
import { forgedToken, from, judgingParts, tokenOf } from './judged-world.ts'
import { someAdmission } from './some-admission.ts'

const HERE = '203.0.113.7'
const THERE = '198.51.100.1'
const request = { guarded: from(HERE), scope: undefined }

const expired: Verdict = {
  ...{ admitted: false, status: 401, code: 'expired', error: undefined, reason: undefined },
  ...{ retryAfterSeconds: undefined, headers: [['cache-control', 'no-store']], body: '{}' },
}

/** A judge whose guard says always the same. */
function judgeSaying(verdict: Verdict | Error): Judge {
  const decide: Guard['decide'] = (_request, _requirement, _checkpoints, announce) => {
    if (verdict instanceof Error) throw verdict
    announce?.('DPoP-Nonce', 'n')
    return verdict
  }
  const guard = { decide } as Guard
  return createJudge({ guard, rings: undefined, addresses: addressesBehind([]) })
}

/** What each request comes to, in turn: `admitted`, or the code of its refusal. */
async function codesOf(
  judge: Judge,
  requests: readonly GuardedRequest[],
  scope?: string,
): Promise<readonly string[]> {
  const codes: string[] = []
  for (const guarded of requests) {
    const judgement = await judge({ guarded, scope })
    codes.push(judgement.admitted ? 'admitted' : judgement.refusal.code)
  }
  return codes
}

describe('the judgement on a request', () => {
  it('is the verdict, with who is calling and what the guard announces', async () => {
    const judgement = await judgeSaying(someAdmission())(request)
    assert(judgement.admitted)
    assert.deepEqual(judgement.identity[0], ['mintmark-client', 'partner-a'])
    assert.deepEqual(judgement.fields, [['dpop-nonce', 'n']])
    const refused = await judgeSaying(expired)(request)
    assert(!refused.admitted)
    assert.deepEqual([refused.refusal.status, refused.refusal.code], [401, 'expired'])
    assert.deepEqual(refused.refusal.fields, [
      ['cache-control', 'no-store'],
      ['dpop-nonce', 'n'],
    ])
  })

  it('admits nobody whose identity cannot be passed on, and nobody when something breaks', async () => {
    const cases = [
      [someAdmission({ clientId: 'a'.repeat(2_000) }), 403, 'identity_too_long'],
      [new TypeError('a bug'), 500, 'internal'],
    ] as const
    for (const [verdict, status, code] of cases) {
      const judgement = await judgeSaying(verdict)(request)
      assert(!judgement.admitted)
      assert.deepEqual([judgement.refusal.status, judgement.refusal.code], [status, code])
      assert.doesNotMatch(judgement.refusal.body, /a bug|aaa/)
    }
  })

  it('asks for the scope of each request, however many there are', async () => {
    const judge = createJudge({ ...judgingParts(), rings: undefined })
    const good = from(HERE, tokenOf('partner-a'))
    assert.deepEqual(await codesOf(judge, [good], 'decisions:read'), ['admitted'])
    for (let at = 0; at < 300; at += 1) {
      assert.deepEqual(await codesOf(judge, [good], `other:${at}`), ['insufficient_scope'])
    }
    assert.deepEqual(await codesOf(judge, [good], 'decisions:read'), ['admitted'])
    assert.deepEqual(await codesOf(judge, [good]), ['admitted'])
  })
})

describe('the rings of a judge', () => {
  it('count the address of a proxy’s client until the token is verified, and then the client [S2] [R9]', async () => {
    const judge = createJudge(judgingParts())
    const [bad, good] = [from(HERE), from(HERE, tokenOf('partner-a'))]
    assert.deepEqual(await codesOf(judge, [bad, bad, bad, good, good, good, from(THERE)]), [
      ...['no_credentials', 'no_credentials', 'rate_limited', 'admitted', 'admitted'],
      ...['rate_limited', 'no_credentials'],
    ])
  })

  it('count a client that lacks the scope, as the library does: 429 comes before 403 [S2] [S3]', async () => {
    const judge = createJudge(judgingParts())
    const good = from(HERE, tokenOf('partner-a', 'applications:write'))
    const codes = await codesOf(judge, [good, good, good], 'decisions:read')
    assert.deepEqual(codes, ['insufficient_scope', 'insufficient_scope', 'rate_limited'])
    // One bucket for all scopes.
    assert.deepEqual(await codesOf(judge, [good], 'applications:write'), ['rate_limited'])
    assert.deepEqual(await codesOf(judge, [from(HERE)]), ['no_credentials'])
  })

  it('stop first sights from an address of forgeries, before their signature is checked [R9]', async () => {
    const judge = createJudge(judgingParts())
    const known = from(HERE, tokenOf('partner-a'))
    const forged = ['b', 'c', 'd'].map((id) => from(HERE, forgedToken(id)))
    assert.deepEqual(await codesOf(judge, [known, ...forged, known]), [
      ...['admitted', 'bad_signature', 'bad_signature', 'rate_limited', 'admitted'],
    ])
    assert.deepEqual(await codesOf(judge, [from(THERE, tokenOf('b'))]), ['admitted'])
  })

  it('count nothing during an outage of ours', async () => {
    const parts = judgingParts()
    parts.network.respond(the.jwksUri, jsonResponse('', { status: 500 }))
    const outage = Array.from({ length: 5 }, () => from(HERE, tokenOf('partner-a')))
    const codes = await codesOf(createJudge(parts), [...outage, from(HERE)])
    assert.deepEqual(codes, [...outage.map(() => 'keys_unavailable'), 'no_credentials'])
  })

  it('say what a program that protects itself would say, to any requests in any order [R9]', async () => {
    const tokens = [
      ...[undefined, 'not.a.token', forgedToken('partner-a'), forgedToken('partner-b')],
      ...[tokenOf('partner-a'), tokenOf('partner-b'), tokenOf('partner-b', 'other')],
    ]
    const requests = fc.record({
      address: fc.constantFrom(HERE, THERE),
      token: fc.constantFrom(...tokens),
      scope: fc.constantFrom(undefined, 'decisions:read', 'other'),
    })
    const property = fc.asyncProperty(fc.array(requests, { maxLength: 12 }), async (sent) => {
      const judge = createJudge(judgingParts())
      const { guard, rings, addresses } = judgingParts()
      for (const { address, token, scope } of sent) {
        const guarded = from(address, token)
        const scoped = scope === undefined ? {} : { scope }
        const protection = createProtection({ guard, rings, addresses, ...scoped })
        const expected = await protection.decide(guarded, () => undefined)
        const judgement = await judge({ guarded, scope })
        assert.equal(judgement.admitted, expected.admitted)
        if (judgement.admitted || expected.admitted) continue
        const { status, code, body } = judgement.refusal
        assert.deepEqual([status, code, body], [expected.status, expected.code, expected.body])
      }
    })
    await fc.assert(property, { numRuns: 100 })
  })
})
