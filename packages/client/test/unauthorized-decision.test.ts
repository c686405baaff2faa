import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import fc from 'fast-check'
import { decideOnUnauthorized, type Unauthorized } from '../src/unauthorized-decision.ts'

const invalid = 'Bearer realm="api", error="invalid_token"'
const bound = 'DPoP error="invalid_token", algs="ES256"'

/** A row: what is the case, the challenge, what differs from a first `GET` with a good token, the decision. */
type Row = readonly [what: string, challenge: string, changes: Changes, decision: string]
type Changes = Partial<Unauthorized>

function decide(challenge: string, changes: Changes): string {
  const { action, reason } = decideOnUnauthorized({
    challenges: parseChallenges(challenge),
    scheme: 'bearer',
    isMeantWithoutChallenge: false,
    isAnsweredElsewhere: false,
    isReplayable: true,
    method: 'GET',
    hasIdempotencyKey: false,
    standing: 'current',
    replacedAgoMs: undefined,
    hasRenewalLeft: true,
    ...changes,
  })
  return `${action}: ${reason}`
}

const renew = 'renew: token_invalid'
const retry = 'retry: renewed_already'
const noBearer = 'return: no_bearer_challenge'
const noDpop = 'return: no_dpop_challenge'
const notAboutToken = 'return: not_about_the_token'
const noHelp = 'return: renewal_would_not_help'
const elsewhere = 'return: answered_elsewhere'
const tooFresh = 'return: replacement_refused'
const spent = 'return: renewal_budget_spent'
const dropStream = 'invalidate: body_not_replayable'
const returnStream = 'return: body_not_replayable'
const dropUnsafe = 'invalidate: not_safe_to_repeat'
const returnUnsafe = 'return: not_safe_to_repeat'

const POST = { method: 'POST' } satisfies Changes
const STREAM = { method: 'POST', isReplayable: false } satisfies Changes
const BARE = { isMeantWithoutChallenge: true } satisfies Changes
const KEYED = { hasIdempotencyKey: true } satisfies Changes
const DPOP = { scheme: 'dpop' } satisfies Changes
const SUPERSEDED = { standing: 'superseded' } satisfies Changes
const ABSENT = { standing: 'absent' } satisfies Changes
const SPENT = { hasRenewalLeft: false } satisfies Changes

const rows: readonly Row[] = [
  // The challenge.
  ['no challenge', '', {}, noBearer],
  ['a challenge of another scheme', 'Basic realm="api"', {}, noBearer],
  ['a challenge of a scheme with one token', 'Negotiate YWJj', {}, noBearer],
  ['a scheme that begins like ours', 'Bearerish error="invalid_token"', {}, noBearer],
  ['a quoted scheme', '"Bearer"', {}, noBearer],
  ['ours inside a quoted text', 'Basic realm="a, Bearer b"', {}, noBearer],
  ['DPoP asked for of a Bearer token', bound, {}, noBearer],
  ['Bearer without anything', 'Bearer', {}, renew],
  ['Bearer in small letters', 'bearer', {}, renew],
  ['Bearer with a realm alone', 'Bearer realm="api"', {}, renew],
  ['invalid_token', invalid, {}, renew],
  ['invalid_token, all in capitals but the code', 'BEARER ERROR="invalid_token"', {}, renew],
  ['invalid_token without quotes', 'Bearer error=invalid_token', {}, renew],
  ['ours after another', `Basic realm="a, Bearer b", ${invalid}`, {}, renew],
  ['ours before another', `${invalid}, Basic realm="a"`, {}, renew],
  [
    'two of ours, the second about the token',
    `Bearer error="invalid_request", ${invalid}`,
    {},
    renew,
  ],
  ['a missing scope', 'Bearer error="insufficient_scope", scope="a"', {}, notAboutToken],
  ['a malformed request', 'Bearer error="invalid_request"', {}, notAboutToken],
  ['a code in other letters', 'Bearer error="Invalid_Token"', {}, notAboutToken],
  ['an empty code', 'Bearer error=""', {}, notAboutToken],
  [
    'a step-up that is asked for',
    'Bearer error="insufficient_user_authentication"',
    {},
    notAboutToken,
  ],

  // The reason of our guard.
  ['an expired token', `${invalid}, reason="expired"`, {}, renew],
  ['a revoked token', `${invalid}, reason="revoked"`, {}, renew],
  ['a key that the API does not know yet', `${invalid}, reason="unknown_key"`, {}, renew],
  ['a bad signature', `${invalid}, reason="bad_signature"`, {}, renew],
  ['a reason that is not ours', `${invalid}, reason="somebody else's"`, {}, renew],
  ['a reason named like a member of all objects', `${invalid}, reason="constructor"`, {}, renew],
  ['a wrong audience', `${invalid}, reason="wrong_audience"`, {}, noHelp],
  ['a wrong issuer', `${invalid}, reason="wrong_issuer"`, {}, noHelp],
  ['a wrong type', `${invalid}, reason="wrong_type"`, {}, noHelp],
  ['a wrong algorithm', `${invalid}, reason="wrong_algorithm"`, {}, noHelp],
  ['a malformed token', `${invalid}, reason="malformed"`, {}, noHelp],
  ['a malformed claim', `${invalid}, reason="malformed_claim"`, {}, noHelp],
  ['a missing claim', `${invalid}, reason="missing_claim"`, {}, noHelp],
  ['a token that is not valid yet', `${invalid}, reason="not_yet_valid"`, {}, noHelp],
  ['a lifetime that is too long', `${invalid}, reason="lifetime_too_long"`, {}, noHelp],
  ['a token that has to be bound', `${invalid}, reason="not_bound"`, {}, noHelp],
  ['a token of a scheme that is unknown', `${invalid}, reason="dpop_not_accepted"`, {}, noHelp],
  ['a missing certificate', `${invalid}, reason="missing_certificate"`, {}, noHelp],
  ['a token that needs a proof', `${invalid}, reason="sender_constrained"`, {}, noHelp],

  // Bound tokens.
  ['a bound token that is invalid', bound, DPOP, renew],
  ['a bound token, Bearer asked for', invalid, DPOP, noDpop],
  ['a bound token, no challenge', '', DPOP, noDpop],
  ['a bound token, the proof is wrong', 'DPoP error="invalid_dpop_proof"', DPOP, notAboutToken],
  ['a bound token, a nonce wanted once more', 'DPoP error="use_dpop_nonce"', DPOP, notAboutToken],
  ['a bound token that another call renewed', bound, { ...DPOP, ...SUPERSEDED }, retry],

  // The method, and whether the body can be sent again. Who speaks of the token has done nothing yet.
  ['a POST with a body in hand', invalid, POST, renew],
  ['a PATCH with a body in hand', invalid, { method: 'PATCH' }, renew],
  ['a method nobody knows', invalid, { method: 'FROBNICATE' }, renew],
  ['a stream', invalid, STREAM, dropStream],
  ['a stream with an idempotency key', invalid, { ...STREAM, ...KEYED }, dropStream],
  ['a stream, a missing scope', 'Bearer error="insufficient_scope"', STREAM, notAboutToken],
  ['a stream, a hopeless reason', `${invalid}, reason="wrong_audience"`, STREAM, noHelp],

  // The age of the token, and what became of it meanwhile.
  ['a token that replaced a refused one just now', invalid, { replacedAgoMs: 0 }, tooFresh],
  ['the same, nearly a minute ago', invalid, { replacedAgoMs: 59_999 }, tooFresh],
  ['the same, a minute ago', invalid, { replacedAgoMs: 60_000 }, renew],
  ['the same, an hour ago', invalid, { replacedAgoMs: 3_600_000 }, renew],
  ['a fresh replacement and a POST', invalid, { ...POST, replacedAgoMs: 5_000 }, tooFresh],
  ['a fresh replacement and a stream', invalid, { ...STREAM, replacedAgoMs: 5_000 }, tooFresh],
  ['an old replacement and a stream', invalid, { ...STREAM, replacedAgoMs: 90_000 }, dropStream],
  ['renewed by another call', invalid, SUPERSEDED, retry],
  ['renewed by another call, a POST', invalid, { ...SUPERSEDED, ...POST }, retry],
  ['renewed by another call, a stream', invalid, { ...SUPERSEDED, ...STREAM }, returnStream],
  [
    'renewed by another call, a missing scope',
    'Bearer error="insufficient_scope"',
    SUPERSEDED,
    notAboutToken,
  ],
  ['being renewed', invalid, ABSENT, renew],
  ['being renewed, a POST', invalid, { ...ABSENT, ...POST }, renew],
  ['being renewed, a stream', invalid, { ...ABSENT, ...STREAM }, returnStream],

  // The budget.
  ['no budget left', invalid, SPENT, spent],
  ['no budget left, a stream', invalid, { ...SPENT, ...STREAM }, spent],
  ['no budget left, a fresh replacement', invalid, { ...SPENT, replacedAgoMs: 0 }, tooFresh],
  ['no budget left, renewed by another call', invalid, { ...SPENT, ...SUPERSEDED }, retry],
  ['no budget left, being renewed', invalid, { ...SPENT, ...ABSENT }, renew],

  // A redirect.
  ['answered by another origin', invalid, { isAnsweredElsewhere: true }, elsewhere],
  ['the same without a challenge', '', { ...BARE, isAnsweredElsewhere: true }, elsewhere],
  ['the same after a renewal', invalid, { ...SUPERSEDED, isAnsweredElsewhere: true }, elsewhere],

  // No challenge, from an API that says nothing when it means the token.
  ['bare, a GET', '', BARE, renew],
  ['bare, a HEAD', '', { ...BARE, method: 'HEAD' }, renew],
  ['bare, an OPTIONS', '', { ...BARE, method: 'OPTIONS' }, renew],
  ['bare, a PUT', '', { ...BARE, method: 'PUT' }, renew],
  ['bare, a DELETE', '', { ...BARE, method: 'DELETE' }, renew],
  ['bare, a method in small letters', '', { ...BARE, method: 'get' }, renew],
  ['bare, a POST', '', { ...BARE, ...POST }, dropUnsafe],
  ['bare, a PATCH', '', { ...BARE, method: 'PATCH' }, dropUnsafe],
  ['bare, a method nobody knows', '', { ...BARE, method: 'FROBNICATE' }, dropUnsafe],
  ['bare, a POST with an idempotency key', '', { ...BARE, ...POST, ...KEYED }, renew],
  ['bare, a PATCH with an idempotency key', '', { ...BARE, method: 'PATCH', ...KEYED }, renew],
  ['bare, a stream', '', { ...BARE, ...STREAM }, dropStream],
  ['bare, a stream with an idempotency key', '', { ...BARE, ...STREAM, ...KEYED }, dropStream],
  ['bare, a PUT of a stream', '', { ...BARE, ...STREAM, method: 'PUT' }, dropStream],
  ['bare, a fresh replacement', '', { ...BARE, replacedAgoMs: 0 }, tooFresh],
  ['bare, a fresh replacement and a POST', '', { ...BARE, ...POST, replacedAgoMs: 0 }, tooFresh],
  ['bare, no budget left', '', { ...BARE, ...SPENT }, spent],
  ['bare, renewed by another call', '', { ...BARE, ...SUPERSEDED }, retry],
  ['bare, renewed by another call, a POST', '', { ...BARE, ...SUPERSEDED, ...POST }, returnUnsafe],
  ['bare, being renewed', '', { ...BARE, ...ABSENT }, renew],
  ['bare, being renewed, a POST', '', { ...BARE, ...ABSENT, ...POST }, returnUnsafe],
  ['bare, a bound token', '', { ...BARE, ...DPOP }, renew],
]

describe('what to do about a 401 [C6]', () => {
  for (const [what, challenge, changes, decision] of rows) {
    test(`${what}: ${decision}`, () => assert.equal(decide(challenge, changes), decision))
  }

  test('has a row of its own for each case', () => {
    assert(rows.length >= 60)
    assert.equal(new Set(rows.map(([what]) => what)).size, rows.length)
  })
})

test('sends again only what can be sent again, and renews only within the budget [C6]', () => {
  const situation = fc.record({
    challenge: fc.constantFrom(...new Set(rows.map(([, challenge]) => challenge))),
    scheme: fc.constantFrom('bearer' as const, 'dpop' as const),
    isAnsweredElsewhere: fc.boolean(),
    isReplayable: fc.boolean(),
    isMeantWithoutChallenge: fc.boolean(),
    method: fc.constantFrom('GET', 'PUT', 'POST', 'PATCH'),
    hasIdempotencyKey: fc.boolean(),
    standing: fc.constantFrom('current' as const, 'superseded' as const, 'absent' as const),
    replacedAgoMs: fc.option(fc.nat(120_000), { nil: undefined }),
    hasRenewalLeft: fc.boolean(),
  })
  fc.assert(
    fc.property(situation, ({ challenge, ...changes }) => {
      const [action] = decide(challenge, changes).split(':')
      if (action === 'retry' || action === 'renew') {
        assert(changes.isReplayable)
        const isSafe = changes.hasIdempotencyKey || ['GET', 'PUT'].includes(changes.method)
        assert(isSafe || !changes.isMeantWithoutChallenge)
      }
      if (action === 'renew' || action === 'invalidate') {
        assert(changes.standing === 'absent' || changes.hasRenewalLeft)
      }
      if (changes.isAnsweredElsewhere) assert.equal(action, 'return')
    }),
  )
})
