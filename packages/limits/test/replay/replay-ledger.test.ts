import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import fc from 'fast-check'
import {
  createReplayLedger,
  type ReplayEntry,
  type ReplayEvent,
  type ReplayFailMode,
  type ReplayStore,
} from '../../src/index.ts'
import { createReplayMemory } from '../../src/replay/replay-memory.ts'

const lifetimeMs = 90_000

/** A store that several ledgers share, and that can be taken away. */
class SharedMemory implements ReplayStore {
  readonly #memory = createReplayMemory()
  readonly calls: (readonly ReplayEntry[])[] = []
  isAway = false
  isSilent = false

  async consumeReplay(entries: readonly ReplayEntry[], nowWallMs: number) {
    this.calls.push(entries)
    if (this.isSilent) return new Promise<never>(() => undefined)
    if (this.isAway) throw new Error('away')
    return entries.map((entry) => this.#memory.consume(entry, nowWallMs) === 'first')
  }
}

function guarding(
  store: ReplayStore | undefined,
  whenUnavailable: ReplayFailMode = 'local',
  entriesMax?: number,
) {
  const clock = new FakeClock()
  const events: ReplayEvent['type'][] = []
  const ledger = createReplayLedger({
    ...{ store, whenUnavailable, clock, deadlineMs: 500, entriesMax },
    observer: ({ type }) => void events.push(type),
  })
  const entry = (key: string) => ({ key, expiresAtWallMs: clock.wallMs() + lifetimeMs })
  const use = (key: string) => ledger.consume(entry(key))
  return { clock, events, ledger, entry, use }
}

test('without a store the answer is there at once: first, then repeated [A6, R5]', () => {
  const { use } = guarding(undefined)
  assert.deepEqual([use('a'), use('a'), use('b')], ['first', 'repeated', 'first'])
})

test('a use is remembered for as long as what was used may be valid, and not for ever [A6, R5]', async () => {
  const { clock, use } = guarding(undefined)
  use('a')
  await clock.advance(lifetimeMs)
  assert.equal(use('a'), 'repeated')
  await clock.advance(lifetimeMs + 60_000)
  assert.equal(use('a'), 'first')
})

test('memory that is full takes nothing new and forgets nothing [A6, R5]', () => {
  const memory = createReplayMemory(2)
  const entry = (key: string, expiresAtWallMs = 1_000) => ({ key, expiresAtWallMs })
  const uses = ['a', 'b', 'c', 'a'].map((key) => memory.consume(entry(key), 0))
  assert.deepEqual(uses, ['first', 'first', 'full', 'repeated'])
  assert.equal(memory.consume(entry('c', 70_000), 60_000), 'first')
})

test('no holder fills the memory, alone or with others, and who comes next has room [A6, R5]', () => {
  const memory = createReplayMemory(1_000)
  let uses = 0
  const take = (holder: string, count: number, expiresAtWallMs = 1_000): number => {
    let taken = 0
    for (let at = 0; at < count; at++) {
      const entry = { key: `${uses++}`, expiresAtWallMs, holder }
      if (memory.consume(entry, 0) === 'first') taken += 1
    }
    return taken
  }
  assert.equal(take('a', 1_000, 1_000) + take('a', 1_000, 61_000), 800, 'in all spans together')
  assert.equal(take('b', 1_000), 160)
  assert.equal(take('a', 10), 0)
  assert.equal(take('c', 1_000), 32)
  assert.ok(take('d', 1) === 1 && take('e', 1) === 1)
})

test('what was begun counts until it is withdrawn, and then it never was [R5]', async () => {
  const { ledger, entry } = guarding(undefined)
  const begun = ledger.begin(entry('a'))
  assert.ok(typeof begun === 'object')
  assert.deepEqual([ledger.begin(entry('a')), ledger.consume(entry('a'))], ['repeated', 'repeated'])
  begun.withdraw()
  const again = ledger.begin(entry('a'))
  assert.ok(typeof again === 'object')
  assert.equal(again.commit(), 'first')
  assert.equal(ledger.begin(entry('a')), 'repeated')
})

test('what is withdrawn takes no room, of the holder neither, and no store hears of it [R5]', async () => {
  const memory = createReplayMemory(5)
  const entry = { key: 'a', expiresAtWallMs: 1_000, holder: 'one' }
  for (let at = 0; at < 20; at++) {
    assert.equal(memory.consume(entry, 0), 'first')
    memory.withdraw(entry)
    memory.withdraw(entry)
  }
  const keys = ['b', 'c', 'd', 'e', 'f']
  const uses = keys.map((key) => memory.consume({ ...entry, key }, 0))
  assert.deepEqual(uses, ['first', 'first', 'first', 'first', 'full'])
  const store = new SharedMemory()
  const begun = guarding(store).ledger.begin({ ...entry, expiresAtWallMs: lifetimeMs })
  assert.ok(typeof begun === 'object')
  begun.withdraw()
  await eventLoopTurns(2)
  assert.equal(store.calls.length, 0)
})

test('where a store remembers, memory of this process that is full stops nobody [A6, R5]', async () => {
  const store = new SharedMemory()
  const { ledger, entry } = guarding(store, 'refuse', 1)
  assert.equal(await ledger.consume(entry('a')), 'first')
  const begun = ledger.begin(entry('b'))
  assert.ok(typeof begun === 'object')
  assert.equal(await begun.commit(), 'first')
  const repeated = ledger.begin(entry('b'))
  assert.ok(typeof repeated === 'object')
  assert.equal(await repeated.commit(), 'repeated')
})

test('whatever is used and withdrawn by whom, shares and memory are what a list says [A6, R5]', () => {
  const step = fc.record({
    ...{ key: fc.nat(30), holder: fc.constantFrom(undefined, 'a', 'b', 'c') },
    ...{ isWithdrawn: fc.boolean(), at: fc.nat(200), for: fc.nat(200) },
  })
  const entriesMax = 12
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = createReplayMemory(entriesMax)
      let kept: (ReplayEntry & { readonly endsAtWallMs: number })[] = []
      for (const one of steps.toSorted((a, b) => a.at - b.at)) {
        const nowWallMs = one.at * 1_000
        const expiresAtWallMs = (one.at + one.for) * 1_000
        const { holder } = one
        const entry = {
          key: `${one.key}`,
          expiresAtWallMs,
          ...(holder !== undefined && { holder }),
        }
        kept = kept.filter(({ endsAtWallMs }) => endsAtWallMs > nowWallMs)
        const free = entriesMax - kept.length
        const held = kept.filter((other) => other.holder === holder).length
        const hasRoom = free > 0 && (holder === undefined || held < 4 * free)
        const isKept = kept.some(({ key }) => key === entry.key)
        const expected = isKept ? 'repeated' : hasRoom ? 'first' : 'full'
        assert.equal(memory.consume(entry, nowWallMs), expected)
        if (expected !== 'first') continue
        if (one.isWithdrawn) memory.withdraw(entry)
        else
          kept.push({ ...entry, endsAtWallMs: (Math.floor((one.at + one.for) / 60) + 1) * 60_000 })
      }
    }),
    { numRuns: 200 },
  )
})

test('no use is the first twice, whatever the times [A6, R5]', () => {
  const use = fc.record({ key: fc.constantFrom('a', 'b', 'c'), at: fc.nat(400), for: fc.nat(330) })
  fc.assert(
    fc.property(fc.array(use, { maxLength: 40 }), (uses) => {
      const memory = createReplayMemory()
      const until = new Map<string, number>()
      for (const one of uses.toSorted((a, b) => a.at - b.at)) {
        const expiresAtWallMs = (one.at + one.for) * 1000
        const verdict = memory.consume({ key: one.key, expiresAtWallMs }, one.at * 1000)
        const known = until.get(one.key) ?? -1
        if (known >= one.at * 1000) assert.equal(verdict, 'repeated')
        if (verdict === 'first') until.set(one.key, expiresAtWallMs)
      }
    }),
    { numRuns: 200 },
  )
})

test('of one use on two nodes at the same time one gets in [A6, R5]', async () => {
  const store = new SharedMemory()
  const nodes = [guarding(store), guarding(store)]
  const verdicts = await Promise.all(nodes.map(({ use }) => use('a')))
  assert.deepEqual(verdicts.toSorted(), ['first', 'repeated'])
})

test('the uses of one turn are one question to the store [A6, R5]', async () => {
  const store = new SharedMemory()
  const { use } = guarding(store)
  const verdicts = await Promise.all(['a', 'b', 'c', 'a'].map((jti) => use(jti)))
  assert.deepEqual(verdicts, ['first', 'first', 'first', 'repeated'])
  assert.deepEqual(
    store.calls.map((entries) => entries.length),
    [3],
  )
})

test('while the store is away each node remembers for itself, and asks again after a pause [A6, R5]', async () => {
  const store = new SharedMemory()
  const { clock, events, use } = guarding(store)
  store.isAway = true
  assert.deepEqual([await use('a'), await use('a'), await use('b')], ['first', 'repeated', 'first'])
  assert.equal(store.calls.length, 1, 'an outage costs one question')
  assert.deepEqual(events, ['replay_store_unavailable'])
  store.isAway = false
  await clock.advance(1_000)
  assert.equal(await use('c'), 'first')
  assert.deepEqual(events, ['replay_store_unavailable', 'replay_store_recovered'])
})

test('a store that is indispensable and away lets nobody in [A6, R5]', async () => {
  const store = new SharedMemory()
  store.isAway = true
  const { use } = guarding(store, 'refuse')
  assert.deepEqual([await use('a'), await use('b')], ['unavailable', 'unavailable'])
})

test('a store that does not answer is waited for until the deadline and no longer [A6, R5]', async () => {
  const store = new SharedMemory()
  store.isSilent = true
  const { clock, events, use } = guarding(store)
  const verdict = use('a')
  await eventLoopTurns(2)
  await clock.advance(500)
  assert.equal(await verdict, 'first')
  assert.deepEqual(events, ['replay_store_unavailable'])
  assert.equal(clock.pendingCount, 0)
})
