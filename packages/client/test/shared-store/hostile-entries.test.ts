import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redact } from '@mintmark/protocol'
import { type FakeClock, type Overrides, some, transparentSealing } from '@mintmark/testkit'
import type { SharedStore } from '../../src/shared-store/shared-store.ts'
import { entryName, renew } from './fleet-course.ts'
import { fleetWorld, type Worker } from './fleet-world.ts'

const sealing = transparentSealing()

/** Puts an entry where that of the key is. */
async function plant(
  store: SharedStore,
  clock: FakeClock,
  overrides: Overrides,
  place: { readonly name?: string; readonly generation?: number; readonly recorded?: number } = {},
): Promise<void> {
  const { name = entryName, generation = 1, recorded = generation } = place
  const entry = some.tokenResponse({
    access_token: 'planted',
    ends_at_ms: clock.wallMs() + 3_600_000,
    ...overrides,
  })
  const sealed = await sealing.seal(name, generation, redact('shared entry', entry))
  await store.write(entryName, {
    owner: 'somebody',
    generation: recorded - 1,
    sealed,
    lifetimeMs: 3_600_000,
  })
}

describe('a shared entry', () => {
  it('is used when it is what it should be', async () => {
    const { clock, store, issuer, worker } = fleetWorld()
    await plant(store, clock, {})
    assert.equal(await tokenOf(worker(), clock), 'planted')
    assert.equal(issuer.requestCount, 0)
  })

  const refused: readonly [string, string, Overrides, Parameters<typeof plant>[3]?][] = [
    ['that belongs to another name', 'not_authentic', {}, { name: 'entry:another' }],
    ['of another generation than its record', 'stale_generation', {}, { recorded: 7 }],
    ['without a token', 'not_usable', { access_token: undefined }],
    ['without an end', 'not_usable', { ends_at_ms: undefined }],
    ['of another token type', 'not_usable', { token_type: 'MAC' }],
    ['granted for less than its key says', 'not_usable', { scope: 'decisions:read' }],
    ['with a lifetime that is over before it begins', 'not_usable', { expires_in: 0 }],
  ]
  for (const [what, reason, overrides, place] of refused) {
    it(`${what} is a miss and an event, never a token [C9]`, async () => {
      const { clock, store, issuer, worker } = fleetWorld()
      await plant(store, clock, overrides, place)
      const victim = worker()
      assert.equal(await tokenOf(victim, clock), 'token-1')
      assert.equal(issuer.requestCount, 1)
      const [event] = victim.events.filter(({ type }) => type === 'shared_entry_refused')
      assert.equal(event?.type === 'shared_entry_refused' && event.reason, reason)
    })
  }

  it('that is no entry at all is a miss and an event [C9]', async () => {
    const { clock, store, worker } = fleetWorld()
    await store.write(entryName, { owner: 'o', generation: 0, sealed: 'x', lifetimeMs: 1_000 })
    const victim = worker()
    assert.equal(await tokenOf(victim, clock), 'token-1')
    assert.equal(victim.count('shared_entry_refused') > 0, true)
  })

  it('that was put back, together with its record, is a miss and an event [C9]', async () => {
    const { clock, store, issuer, worker } = fleetWorld()
    const victim = worker()
    await tokenOf(victim, clock)
    const old = await store.read(entryName)
    await renew(victim, clock)
    store.wipe()
    await store.write(entryName, {
      owner: 'somebody',
      generation: 0,
      sealed: old.sealed ?? '',
      lifetimeMs: 3_600_000,
    })
    await renew(victim, clock)
    assert.equal(await tokenOf(victim, clock), 'token-3')
    assert.equal(victim.count('shared_entry_refused'), 1)
    assert.equal(issuer.requestCount, 3)
  })

  it('is not made older news by an entry that nobody could open', async () => {
    const { clock, store, worker } = fleetWorld()
    const one = worker()
    await tokenOf(one, clock)
    const other = worker()
    await tokenOf(other, clock)
    await store.write(entryName, {
      owner: 'somebody',
      generation: 999,
      sealed: 'forged',
      lifetimeMs: 3_600_000,
    })
    await renew(one, clock)
    assert.equal((await store.read(entryName)).generation, 1_001)
    assert.equal(await tokenOf(other, clock), 'token-2')
  })

  it('is no more than a miss while there are no keys to open it with', async () => {
    const { clock, store, worker } = fleetWorld()
    await plant(store, clock, {})
    const keyless = worker({
      sealing: {
        nameOf: sealing.nameOf,
        seal: () => Promise.reject(new Error('no keys')),
        open: () => Promise.reject(new Error('no keys')),
      },
    })
    assert.equal(await tokenOf(keyless, clock), 'token-1')
    assert(!keyless.operations.includes('write'))
  })
})

async function tokenOf(worker: Worker, clock: FakeClock): Promise<string> {
  const token = worker.token()
  await clock.advance(1_000)
  return (await token).reveal()
}
