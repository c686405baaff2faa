import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Limiter, memoryLimiter, type ReplayEntry, type ReplayStore } from '@mintmark/limits'
import type { GuardedRequest } from '@mintmark/resource-server'
import { FakeClock } from '@mintmark/testkit'
import { createProtection } from '../../src/protection.ts'
import { guardWorld } from '../guard-world.ts'
import {
  boundToken,
  outcomeOf,
  path,
  presenting,
  proofFor,
  takingProofs,
} from '../sender-binding/bound-requests.ts'
import { ringedWorld } from './ringed-world.ts'

const CLIENT = '198.51.100.1'
const THIEF = '203.0.113.7'
const token = boundToken()

/** What several processes share. */
class SharedStore implements ReplayStore {
  readonly #seen = new Set<string>()
  count = 0

  async consumeReplay(entries: readonly ReplayEntry[]): Promise<readonly boolean[]> {
    this.count += entries.length
    return entries.map(({ key }) => this.#seen.size < this.#seen.add(key).size)
  }
}

/** A limiter in a store: what it says is there later. */
function storedLimiter(clock: FakeClock): Limiter {
  const memory = memoryLimiter({ clock })
  return {
    check: async (asks) => memory.check(asks),
    peek: async (asks) => memory.peek(asks),
    charge: async (asks) => memory.charge(asks),
  }
}

const withProof = (proof: string, peerAddress = CLIENT): GuardedRequest =>
  presenting(token, proof, { url: path, peerAddress })

async function codesOf(
  { ask }: ReturnType<typeof ringedWorld>,
  requests: readonly GuardedRequest[],
): Promise<readonly string[]> {
  const answers = await Promise.all(requests.map(ask))
  return answers.map(({ verdict }) => outcomeOf(verdict))
}

const times = (codes: readonly string[], code: string): number =>
  codes.filter((one) => one === code).length

test('of what a client sends beyond its ring no proof is remembered [R5] [R9]', async () => {
  const replayStore = new SharedStore()
  const world = ringedWorld({ guard: { ...takingProofs, replayStore } })
  const proofs = await Promise.all(Array.from({ length: 40 }, () => proofFor(token)))
  const codes = await codesOf(
    world,
    proofs.map((proof) => withProof(proof)),
  )
  assert.deepEqual([times(codes, 'admitted'), times(codes, 'rate_limited')], [10, 30])
  assert.equal(replayStore.count, 10)
})

test('a proof that comes too early is as good once its client may ask again [R5] [R9]', async () => {
  const world = ringedWorld({ guard: takingProofs, partnerBurst: 1 })
  const [first, second] = [await proofFor(token), await proofFor(token)]
  assert.deepEqual(await codesOf(world, [withProof(first)]), ['admitted'])
  const { verdict } = await world.ask(withProof(second))
  assert.ok(!verdict.admitted && verdict.code === 'rate_limited')
  await world.clock.advance((verdict.retryAfterSeconds ?? 0) * 1_000)
  assert.deepEqual(await codesOf(world, [withProof(second)]), ['admitted'])
  assert.deepEqual(await codesOf(world, [withProof(second)]), ['proof_replayed'])
})

test('who replays a proof uses up what its own address has, and nothing of the client [R5] [R9]', async () => {
  const world = ringedWorld({ guard: takingProofs })
  const proof = await proofFor(token)
  assert.deepEqual(await codesOf(world, [withProof(proof)]), ['admitted'])
  const codes = await codesOf(world, Array(50).fill(withProof(proof, THIEF)))
  assert.deepEqual([times(codes, 'proof_replayed'), times(codes, 'rate_limited')], [5, 45])
  const { announced } = await world.ask(withProof(await proofFor(token)))
  assert.match(announced.get('ratelimit') ?? '', /^"partner";r=8;/)
})

test('copies of one proof at the same time take one unit, also while the ring is being asked [R5] [R9]', async () => {
  const clock = new FakeClock()
  const world = ringedWorld({
    guard: { ...takingProofs, clock },
    limiter: storedLimiter(clock),
  })
  await world.ask(withProof(await proofFor(token)))
  const proof = await proofFor(token)
  const codes = await codesOf(world, Array(20).fill(withProof(proof, THIEF)))
  assert.deepEqual([times(codes, 'admitted'), times(codes, 'proof_replayed')], [1, 5])
  const { announced } = await world.ask(withProof(await proofFor(token)))
  assert.match(announced.get('ratelimit') ?? '', /^"partner";r=7;/)
})

test('a proof used at another process takes one unit at this one, however often it comes [R5] [R9]', async () => {
  const replayStore = new SharedStore()
  const elsewhere = guardWorld({ ...takingProofs, replayStore })
  const here = ringedWorld({ guard: { ...takingProofs, replayStore } })
  const proof = await proofFor(token)
  assert.equal(outcomeOf(await elsewhere.guard.check(withProof(proof))), 'admitted')
  for (let at = 0; at < 5; at++) {
    assert.deepEqual(await codesOf(here, [withProof(proof, THIEF)]), ['proof_replayed'])
  }
  const { announced } = await here.ask(withProof(await proofFor(token)))
  assert.match(announced.get('ratelimit') ?? '', /^"partner";r=8;/)
})

test('a proof that is wrong in any way takes nothing from the ring of the client [R5] [R9]', async () => {
  const world = ringedWorld({ guard: takingProofs })
  for (const spoiled of [
    { alg: 'EdDSA' },
    { claims: { ath: 'x' } },
    { claims: { iat: 0 } },
    { claims: { htm: 'POST' } },
  ] as const) {
    await world.ask(withProof(await proofFor(token, spoiled), THIEF))
  }
  const { announced } = await world.ask(withProof(await proofFor(token)))
  assert.match(announced.get('ratelimit') ?? '', /^"partner";r=9;/)
})

test('a route without rings needs none of that [R5]', async () => {
  const { guard } = guardWorld(takingProofs)
  const protection = createProtection({ guard })
  const proof = await proofFor(token)
  const verdicts = [1, 2].map(() => protection.decide(withProof(proof), () => undefined))
  assert.deepEqual((await Promise.all(verdicts)).map(outcomeOf), ['admitted', 'proof_replayed'])
})
