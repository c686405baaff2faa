/** The judgement on a request, with a guard that says what a test wants. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRings, limitPolicy, memoryLimiter, parseIpAddress } from '@mintmark/limits'
import type { Guard, Verdict } from '@mintmark/resource-server'
import { FakeClock, seededRandom } from '@mintmark/testkit'
import { createJudge } from '../../src/forward-auth/judge.ts'
import { someAdmission } from './some-admission.ts'

const request = {
  ...{ guarded: { headers: {} }, scope: undefined },
  address: parseIpAddress('203.0.113.7'),
}

const refusal = (status: 401 | 503, code: 'expired' | 'keys_unavailable'): Verdict => ({
  ...{ admitted: false, status, code, error: undefined, reason: undefined, body: '{}' },
  ...{ retryAfterSeconds: undefined, headers: [['cache-control', 'no-store']] },
})

/** A guard whose verdicts come in turn, the last one again and again. */
function guardWith(...verdicts: readonly (Verdict | Error)[]): Guard {
  let at = 0
  const decide: Guard['decide'] = (_request, _requirement, _checkpoints, announce) => {
    const verdict = verdicts[Math.min(at++, verdicts.length - 1)]
    if (verdict instanceof Error) throw verdict
    announce?.('DPoP-Nonce', 'n')
    return verdict as Verdict
  }
  return { decide } as Guard
}

/** Two requests of everybody, by address or by client. */
function rings() {
  const policy = (name: string) => limitPolicy({ name, quota: 2, windowSeconds: 60 })
  const random = seededRandom(1)
  return createRings({
    ...{ limiter: memoryLimiter({ clock: new FakeClock(), random }), random },
    ...{ publicPolicies: [policy('public')], partnerPolicies: [policy('partner')] },
  })
}

describe('the judgement on a request', () => {
  it('is the verdict, with who is calling and what the guard announces', async () => {
    const judgement = await createJudge(guardWith(someAdmission()), undefined)(request)
    assert(judgement.admitted)
    assert.deepEqual(judgement.identity[0], ['mintmark-client', 'partner-a'])
    assert.deepEqual(judgement.fields, [['dpop-nonce', 'n']])
    const refused = await createJudge(guardWith(refusal(401, 'expired')), undefined)(request)
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
      const judgement = await createJudge(guardWith(verdict), undefined)(request)
      assert(!judgement.admitted)
      assert.deepEqual([judgement.refusal.status, judgement.refusal.code], [status, code])
      assert.doesNotMatch(judgement.refusal.body, /a bug|aaa/)
    }
  })

  it('counts in one ring: by client when admitted, by address otherwise, and no outage [R9]', async () => {
    const [good, bad, outage] = [
      someAdmission(),
      refusal(401, 'expired'),
      refusal(503, 'keys_unavailable'),
    ]
    const order = [bad, bad, bad, good, good, good, outage, outage, outage]
    const judge = createJudge(guardWith(...order), rings())
    const codes: string[] = []
    for (const _ of order) {
      const judgement = await judge(request)
      codes.push(judgement.admitted ? 'admitted' : judgement.refusal.code)
    }
    assert.deepEqual(codes, [
      ...['expired', 'expired', 'public_ring', 'admitted', 'admitted', 'partner_ring'],
      ...['keys_unavailable', 'keys_unavailable', 'keys_unavailable'],
    ])
  })
})
