import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { webEngine } from '@mintmark/jwt'
import type { GuardOptions, Verdict } from '@mintmark/resource-server'
import { type GuardWorld, guardWorld } from '../guard-world.ts'
import { boundToken, outcomeOf, presenting, proofFor, takingProofs } from './bound-requests.ts'

const token = boundToken()
const dpopNonceKey = new Uint8Array(32).fill(5)
const required: GuardOptions = { ...takingProofs, dpopNonces: 'required', dpopNonceKey }
const optional: GuardOptions = { ...required, dpopNonces: 'optional' }

async function ask(world: GuardWorld, claims: object = {}): Promise<Verdict> {
  const whole = { iat: Math.floor(world.clock.wallMs() / 1000), ...claims }
  return world.guard.check(presenting(token, await proofFor(token, { claims: whole })))
}

/** The nonce that a refusal tells. */
function nonceIn(verdict: Verdict): string {
  assert.ok(!verdict.admitted)
  assert.deepEqual([verdict.status, verdict.error], [401, 'use_dpop_nonce'])
  return verdict.headers.find(([name]) => name === 'dpop-nonce')?.[1] ?? ''
}

describe('nonces for proofs', () => {
  test('are asked for where they are required, given, and good for the next proof [R5]', async () => {
    for (const engine of [undefined, webEngine()]) {
      const world = guardWorld(engine === undefined ? required : { ...required, engine })
      const refused = await ask(world)
      assert.equal(outcomeOf(refused), 'nonce_missing')
      const nonce = nonceIn(refused)
      assert.match(nonce, /^[\w-]{22}$/)
      assert.equal(outcomeOf(await ask(world, { nonce })), 'admitted')
      assert.equal(outcomeOf(await ask(world, { nonce })), 'admitted')
    }
  })

  test('are the same in every process that has the key, and nobody else makes one [R5]', async () => {
    const nonce = nonceIn(await ask(guardWorld(required)))
    assert.equal(outcomeOf(await ask(guardWorld(required), { nonce })), 'admitted')
    const { dpopNonceKey: _, ...alone } = required
    assert.equal(outcomeOf(await ask(guardWorld(alone), { nonce })), 'nonce_unknown')
    const foreign = { ...required, dpopNonceKey: new Uint8Array(32) }
    assert.equal(outcomeOf(await ask(guardWorld(foreign), { nonce })), 'nonce_unknown')
  })

  test('end after five minutes, and the refusal tells the next one [R5]', async () => {
    const world = guardWorld(required)
    const nonce = nonceIn(await ask(world))
    await world.clock.advance(240_000)
    assert.equal(outcomeOf(await ask(world, { nonce })), 'admitted')
    await world.clock.advance(60_000)
    const late = await ask(world, { nonce })
    assert.equal(outcomeOf(late), 'nonce_unknown')
    assert.equal(outcomeOf(await ask(world, { nonce: nonceIn(late) })), 'admitted')
  })

  test('tell of the next one beside an answer, before they end [R5]', async () => {
    const world = guardWorld(required)
    const nonce = nonceIn(await ask(world))
    const announced: [string, string][] = []
    const decide = async (claims: Record<string, unknown>) => {
      const proof = await proofFor(token, { claims })
      const announce = (name: string, value: string) => void announced.push([name, value])
      return world.guard.decide(presenting(token, proof), {}, undefined, announce)
    }
    assert.equal((await decide({ nonce })).admitted, true)
    assert.deepEqual(announced, [])
    await world.clock.advance(60_000)
    assert.equal((await decide({ nonce })).admitted, true)
    assert.equal(announced.length, 1)
    const [name, next] = announced[0] ?? []
    assert.equal(name, 'dpop-nonce')
    assert.notEqual(next, nonce)
    assert.equal(outcomeOf(await ask(world, { nonce: next })), 'admitted')
  })

  test('make the clock of the client irrelevant [R5]', async () => {
    const world = guardWorld(optional)
    for (const iat of [0, 9_000_000_000]) {
      const refused = await ask(world, { iat })
      assert.equal(outcomeOf(refused), 'nonce_missing')
      const admitted = await ask(world, { iat, nonce: nonceIn(refused) })
      assert.equal(outcomeOf(admitted), 'admitted')
    }
  })

  test('are not needed for a proof of this minute where they are optional, and then right [R5]', async () => {
    const world = guardWorld(optional)
    assert.equal(outcomeOf(await ask(world)), 'admitted')
    assert.equal(outcomeOf(await ask(world, { nonce: 'made up' })), 'nonce_unknown')
  })

  test('are not looked at by a guard that gives none', async () => {
    const world = guardWorld(takingProofs)
    assert.equal(outcomeOf(await ask(world, { nonce: 'of somebody else' })), 'admitted')
    assert.equal(outcomeOf(await ask(world, { nonce: 'of somebody else', iat: 0 })), 'proof_stale')
  })
})
