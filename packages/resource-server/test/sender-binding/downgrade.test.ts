import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseChallenges } from '@mintmark/protocol'
import { carrying, guardWorld, signedToken } from '../guard-world.ts'
import {
  boundToken,
  outcome,
  outcomeOf,
  path,
  presenting,
  proofFor,
  publicPart,
  takingProofs,
} from './bound-requests.ts'

const token = boundToken()

describe('a downgrade', () => {
  test('of a bound token to Bearer is refused, with its proof and without, seen before or not [R5]', async () => {
    const make = async () => {
      const headers = { authorization: `Bearer ${token}`, dpop: await proofFor(token) }
      return { headers, method: 'GET', url: path }
    }
    assert.equal(await outcome(make), 'sender_constrained')
    assert.equal(await outcome(() => carrying(token)), 'sender_constrained')
    assert.equal(await outcome(() => carrying(token), {}), 'sender_constrained')
    const world = guardWorld(takingProofs)
    const admitted = await world.guard.check(presenting(token, await proofFor(token)))
    assert.equal(admitted.admitted, true)
    assert.equal(outcomeOf(await world.check(token)), 'sender_constrained')
  })

  test('of the scheme is refused for an unbound token, with a proof and without [R5]', async () => {
    const unbound = signedToken()
    const make = async () => presenting(unbound, await proofFor(unbound))
    assert.equal(await outcome(make), 'token_not_bound')
    assert.equal(await outcome(() => presenting(unbound, undefined)), 'token_not_bound')
  })

  test('by a guard that was not told its public origin is a refusal that says so [R5]', async () => {
    const world = guardWorld()
    const verdict = await world.guard.check(presenting(token, await proofFor(token)))
    assert.equal(outcomeOf(verdict), 'dpop_not_accepted')
    assert.deepEqual(world.events.at(-1), { type: 'request_refused', code: 'dpop_not_accepted' })
    assert.ok(!verdict.admitted)
    const challenges = parseChallenges(verdict.headers[0]?.[1] ?? '')
    assert.deepEqual(
      challenges.map(({ scheme }) => scheme),
      ['bearer'],
    )
  })

  for (const cnf of [{ kid: 'k' }, { jwk: publicPart() }, { jku: 'https://evil.example' }, {}]) {
    test(`by a confirmation that is not understood is refused: ${Object.keys(cnf)} [R5]`, async () => {
      const strange = boundToken(cnf)
      assert.equal(await outcome(() => carrying(strange)), 'claim_malformed')
      const make = async () => presenting(strange, await proofFor(strange))
      assert.equal(await outcome(make), 'claim_malformed')
    })
  }

  for (const required of ['dpop', 'any', 'certificate'] as const) {
    test(`is refused where every token has to be bound: ${required} [R5]`, async () => {
      const options = { ...takingProofs, senderBinding: required }
      const unbound = signedToken()
      assert.equal(await outcome(() => carrying(unbound), options), 'token_not_bound')
      const make = async () => presenting(token, await proofFor(token))
      const expected = required === 'certificate' ? 'token_not_bound' : 'admitted'
      assert.equal(await outcome(make, options), expected)
    })
  }
})
