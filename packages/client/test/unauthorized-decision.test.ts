import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import fc from 'fast-check'
import { decideOnUnauthorized, type Unauthorized } from '../src/unauthorized-decision.ts'

const bearer = 'Bearer realm="api", error="invalid_token"'

function decide(challenge: string, changes: Partial<Unauthorized> = {}): string {
  const { action, reason } = decideOnUnauthorized({
    challenges: parseChallenges(challenge),
    isAnsweredElsewhere: false,
    isReplayable: true,
    standing: 'current',
    isUnprovenReplacement: false,
    hasRenewalLeft: true,
    ...changes,
  })
  return `${action}: ${reason}`
}

const renew = 'renew: token_invalid'
const noBearer = 'return: no_bearer_challenge'
const notAboutToken = 'return: not_about_the_token'
const noHelp = 'return: renewal_would_not_help'

test('renews for a Bearer challenge that says invalid_token or nothing, and for no other [C6]', () => {
  const rows: readonly [challenge: string, decision: string][] = [
    ['', noBearer],
    ['Basic realm="api"', noBearer],
    ['DPoP error="invalid_token"', noBearer],
    ['Negotiate YWJj', noBearer],
    ['Bearerish error="invalid_token"', noBearer],
    ['"Bearer"', noBearer],
    ['Bearer', renew],
    ['bearer', renew],
    ['Bearer realm="api"', renew],
    [bearer, renew],
    ['BEARER ERROR="invalid_token"', renew],
    ['Bearer error=invalid_token', renew],
    ['Basic realm="a, Bearer b", Bearer error="invalid_token"', renew],
    ['Basic realm="a, Bearer b"', noBearer],
    ['Bearer error="insufficient_scope"', notAboutToken],
    ['Bearer error="invalid_request"', notAboutToken],
    ['Bearer error="Invalid_Token"', notAboutToken],
    ['Bearer error=""', notAboutToken],
    ['Bearer error="insufficient_scope", Bearer error="invalid_token"', renew],
  ]
  for (const [challenge, decision] of rows) assert.equal(decide(challenge), decision, challenge)
})

test('asks what the reason of our guard says about a new token [C6]', () => {
  const rows: readonly [reason: string, decision: string][] = [
    ['expired', renew],
    ['revoked', renew],
    ['unknown_key', renew],
    ['bad_signature', renew],
    ['somebody elses reason', renew],
    ['wrong_audience', noHelp],
    ['wrong_issuer', noHelp],
    ['wrong_type', noHelp],
    ['wrong_algorithm', noHelp],
    ['malformed', noHelp],
    ['malformed_claim', noHelp],
    ['missing_claim', noHelp],
    ['not_yet_valid', noHelp],
    ['lifetime_too_long', noHelp],
    ['sender_constrained', noHelp],
    ['constructor', renew],
  ]
  for (const [reason, decision] of rows) {
    assert.equal(decide(`${bearer}, reason="${reason}"`), decision, reason)
  }
})

test('weighs body, standing, trial and budget [C6]', () => {
  const rows: readonly [what: string, changes: Partial<Unauthorized>, decision: string][] = [
    ['nothing special', {}, renew],
    ['redirected elsewhere', { isAnsweredElsewhere: true }, 'return: answered_elsewhere'],
    ['a stream', { isReplayable: false }, 'invalidate: body_not_replayable'],
    ['renewed already', { standing: 'superseded' }, 'retry: renewed_already'],
    [
      'renewed already, budget spent',
      { standing: 'superseded', hasRenewalLeft: false },
      'retry: renewed_already',
    ],
    [
      'renewed already, a stream',
      { standing: 'superseded', isReplayable: false },
      'return: body_not_replayable',
    ],
    ['being renewed', { standing: 'absent' }, renew],
    ['being renewed, budget spent', { standing: 'absent', hasRenewalLeft: false }, renew],
    [
      'being renewed, a stream',
      { standing: 'absent', isReplayable: false },
      'return: body_not_replayable',
    ],
    ['on trial', { isUnprovenReplacement: true }, 'return: replacement_refused'],
    ['budget spent', { hasRenewalLeft: false }, 'return: renewal_budget_spent'],
    [
      'budget spent, a stream',
      { hasRenewalLeft: false, isReplayable: false },
      'return: renewal_budget_spent',
    ],
    [
      'on trial, a stream',
      { isUnprovenReplacement: true, isReplayable: false },
      'return: replacement_refused',
    ],
  ]
  for (const [what, changes, decision] of rows) {
    assert.equal(decide(bearer, changes), decision, what)
  }
})

test('sends again only what is replayable, and renews only within the budget [C6]', () => {
  const situation = fc.record({
    challenge: fc.constantFrom(bearer, 'Bearer', 'Basic', '', 'Bearer error="insufficient_scope"'),
    isAnsweredElsewhere: fc.boolean(),
    isReplayable: fc.boolean(),
    standing: fc.constantFrom('current' as const, 'superseded' as const, 'absent' as const),
    isUnprovenReplacement: fc.boolean(),
    hasRenewalLeft: fc.boolean(),
  })
  fc.assert(
    fc.property(situation, ({ challenge, ...changes }) => {
      const [action] = decide(challenge, changes).split(':')
      if (action === 'retry' || action === 'renew') assert(changes.isReplayable)
      if (action === 'renew' || action === 'invalidate') {
        assert(changes.standing === 'absent' || changes.hasRenewalLeft)
      }
      if (changes.isAnsweredElsewhere) assert.equal(action, 'return')
    }),
  )
})
