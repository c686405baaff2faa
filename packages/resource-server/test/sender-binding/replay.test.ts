import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReplayEntry, ReplayStore } from '@mintmark/limits'
import type { GuardOptions } from '@mintmark/resource-server'
import { eventLoopTurns } from '@mintmark/testkit'
import { type GuardWorld, guardWorld } from '../guard-world.ts'
import {
  boundToken,
  outcomeOf,
  path,
  presenting,
  proofFor,
  publicOrigin,
  takingProofs,
} from './bound-requests.ts'

const token = boundToken()

async function present(world: GuardWorld, proof: string, more = {}): Promise<string> {
  return outcomeOf(await world.guard.check(presenting(token, proof, more)))
}

/** What several processes share, and what can be taken away. */
class SharedStore implements ReplayStore {
  readonly #seen = new Set<string>()
  isAway = false
  isSilent = false
  entries: ReplayEntry[] = []

  async consumeReplay(entries: readonly ReplayEntry[]): Promise<readonly boolean[]> {
    this.entries.push(...entries)
    if (this.isSilent) return new Promise<never>(() => undefined)
    if (this.isAway) throw new Error('away')
    return entries.map(({ key }) => this.#seen.size < this.#seen.add(key).size)
  }
}

const sharing = (replayStore: ReplayStore, more: GuardOptions = {}): GuardWorld =>
  guardWorld({ ...takingProofs, replayStore, ...more })

describe('a proof', () => {
  test('counts once, also when it comes twice at the same time [R5]', async () => {
    const world = guardWorld(takingProofs)
    await present(world, await proofFor(token))
    const proof = await proofFor(token)
    const outcomes = await Promise.all([present(world, proof), present(world, proof)])
    assert.deepEqual(outcomes.toSorted(), ['admitted', 'proof_replayed'])
    assert.equal(await present(world, proof), 'proof_replayed')
  })

  test('counts once whatever is changed in it that does not make it another [R5]', async () => {
    const world = guardWorld(takingProofs)
    const claims = { jti: 'the-one' }
    assert.equal(await present(world, await proofFor(token, { claims })), 'admitted')
    assert.equal(await present(world, await proofFor(token, { claims })), 'proof_replayed')
    const htu = `${publicOrigin}${path}?other=query`
    const other = await proofFor(token, { claims: { ...claims, htu } })
    assert.equal(await present(world, other), 'proof_replayed')
  })

  test('may have the jti of a proof for another URL, as RFC 9449 section 11.1 has it', async () => {
    const world = guardWorld(takingProofs)
    const claims = { jti: 'the-one' }
    assert.equal(await present(world, await proofFor(token, { claims })), 'admitted')
    const htu = `${publicOrigin}/other`
    const other = await proofFor(token, { claims: { ...claims, htu } })
    assert.equal(await present(world, other, { url: '/other' }), 'admitted')
  })

  test('that is refused is not used up [R5]', async () => {
    const world = guardWorld(takingProofs)
    const claims = { jti: 'wanted' }
    for (const spoiled of [
      { alg: 'EdDSA', claims },
      { claims: { ...claims, ath: 'x' } },
      { claims: { ...claims, iat: 0 } },
    ] as const) {
      assert.notEqual(await present(world, await proofFor(token, spoiled)), 'admitted')
    }
    assert.equal(await present(world, await proofFor(token, { claims })), 'admitted')
  })

  test('is remembered for as long as it may be good, and by one that is ahead longest [R5]', async () => {
    const world = guardWorld(takingProofs)
    const iat = Math.floor(world.clock.wallMs() / 1000) + 60
    const proof = await proofFor(token, { claims: { iat } })
    assert.equal(await present(world, proof), 'admitted')
    await world.clock.advance(359_000)
    assert.equal(await present(world, proof), 'proof_replayed')
    await world.clock.advance(1_000)
    assert.equal(await present(world, proof), 'proof_stale')
  })
})

describe('a store of several processes', () => {
  test('lets one of them admit a proof [R5]', async () => {
    const store = new SharedStore()
    const worlds = [sharing(store), sharing(store), sharing(store)]
    const proof = await proofFor(token)
    const outcomes = await Promise.all(worlds.map((world) => present(world, proof)))
    assert.deepEqual(outcomes.toSorted(), ['admitted', 'proof_replayed', 'proof_replayed'])
  })

  test('learns neither proof nor key nor URL, only digests of one length', async () => {
    const store = new SharedStore()
    const world = sharing(store)
    await present(world, await proofFor(token, { claims: { jti: 'x'.repeat(2_000) } }))
    await present(world, await proofFor(token))
    assert.equal(store.entries.length, 2)
    for (const { key } of store.entries) assert.match(key, /^[\w-]{43}$/)
  })

  test('that is away means 503, told once, and is back after a second [R5]', async () => {
    const store = new SharedStore()
    store.isAway = true
    const world = sharing(store)
    const verdict = await world.guard.check(presenting(token, await proofFor(token)))
    assert.ok(!verdict.admitted)
    assert.deepEqual(
      [verdict.status, verdict.code, verdict.retryAfterSeconds],
      [503, 'proof_store_unavailable', 1],
    )
    assert.equal(await present(world, await proofFor(token)), 'proof_store_unavailable')
    assert.equal(store.entries.length, 1, 'an outage costs one question')
    store.isAway = false
    await world.clock.advance(1_000)
    assert.equal(await present(world, await proofFor(token)), 'admitted')
    assert.deepEqual(
      world.events.map(({ type }) => type).filter((type) => type.startsWith('replay')),
      ['replay_store_unavailable', 'replay_store_recovered'],
    )
  })

  test('that does not answer is waited for as long as the option says [R5]', async () => {
    const store = new SharedStore()
    store.isSilent = true
    const world = sharing(store, { replayDeadlineMs: 40 })
    const asked = present(world, await proofFor(token))
    while (store.entries.length === 0) await eventLoopTurns(1)
    await world.clock.advance(39)
    assert.equal(await Promise.race([asked, eventLoopTurns(3)]), undefined)
    await world.clock.advance(1)
    assert.equal(await asked, 'proof_store_unavailable')
  })

  test('that is away may be made up for by the memory of each process, where that is said [R5]', async () => {
    const store = new SharedStore()
    store.isAway = true
    const world = sharing(store, { replayWhenUnavailable: 'local' })
    const proof = await proofFor(token)
    assert.equal(await present(world, proof), 'admitted')
    assert.equal(await present(world, proof), 'proof_replayed')
  })
})
