/** What every driver keeps to about leases, entries and tombstones. */
import assert from 'node:assert/strict'
import {
  AFTERWARDS_MS,
  at,
  type ContractCase,
  entry,
  isAbout,
  LONG_MS,
  MINE,
  ready,
  SOON_MS,
  several,
  THEIRS,
} from './store-world.ts'

const leases: readonly ContractCase[] = [
  {
    title: 'gives the lease to one of all that ask for it at the same time [C4]',
    run: async (open) => {
      const { connect } = await open()
      const drivers = await several(connect, 4)
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => at(drivers, n).acquire('name', `owner-${n}`, LONG_MS)),
      )
      assert.equal(answers.filter(({ isAcquired }) => isAcquired).length, 1)
    },
  },

  {
    title: 'tells who does not get the lease how long it is held',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.acquire('name', MINE, LONG_MS)
      const { isAcquired, record } = await driver.acquire('name', THEIRS, LONG_MS)
      assert.equal(isAcquired, false)
      isAbout(record.leaseRemainingMs, LONG_MS)
    },
  },

  {
    title: 'lets its owner extend a lease, and nobody else',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.acquire('name', MINE, 5_000)
      assert.equal((await driver.acquire('name', THEIRS, LONG_MS)).isAcquired, false)
      const { isAcquired, record } = await driver.acquire('name', MINE, LONG_MS)
      assert.equal(isAcquired, true)
      isAbout(record.leaseRemainingMs, LONG_MS)
    },
  },

  {
    title: 'ends a lease by its own clock',
    run: async (open) => {
      const [driver, { pass }] = await ready(open)
      await driver.acquire('name', MINE, SOON_MS)
      await pass(AFTERWARDS_MS)
      assert.equal((await driver.read('name')).leaseRemainingMs, 0)
      assert.equal((await driver.acquire('name', THEIRS, LONG_MS)).isAcquired, true)
    },
  },

  {
    title: 'takes a lease back from its owner alone',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.acquire('name', MINE, LONG_MS)
      await driver.release('name', THEIRS)
      isAbout((await driver.read('name')).leaseRemainingMs, LONG_MS)
      await driver.release('name', MINE)
      assert.equal((await driver.acquire('name', THEIRS, LONG_MS)).isAcquired, true)
    },
  },
]

const entries: readonly ContractCase[] = [
  {
    title: 'shows an empty record where nothing was ever written',
    run: async (open) => {
      const [driver] = await ready(open)
      assert.deepEqual(await driver.read('name'), {
        generation: 0,
        sealed: undefined,
        remainingMs: 0,
        leaseRemainingMs: 0,
        tombstones: [],
      })
    },
  },

  {
    title: 'keeps an entry under the next generation, and takes the lease of its writer back',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.acquire('name', MINE, LONG_MS)
      assert.equal(await driver.write('name', entry), 1)
      const record = await driver.read('name')
      assert.deepEqual([record.generation, record.sealed], [1, entry.sealed])
      assert.equal(record.leaseRemainingMs, 0)
      isAbout(record.remainingMs, LONG_MS)
    },
  },

  {
    title: 'leaves the lease of somebody else alone when it accepts an entry',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.acquire('name', THEIRS, LONG_MS)
      assert.equal(await driver.write('name', entry), 1)
      isAbout((await driver.read('name')).leaseRemainingMs, LONG_MS)
    },
  },

  {
    title: 'refuses a writer of an older generation, and changes nothing [C4]',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.write('name', entry)
      await driver.acquire('name', THEIRS, LONG_MS)
      assert.equal(await driver.write('name', { ...entry, sealed: 'bGF0ZQ' }), undefined)
      const record = await driver.read('name')
      assert.deepEqual([record.generation, record.sealed], [1, entry.sealed])
      isAbout(record.leaseRemainingMs, LONG_MS)
    },
  },

  {
    title: 'accepts one of all writers of the same generation',
    run: async (open) => {
      const { connect } = await open()
      const drivers = await several(connect, 4)
      const written = await Promise.all(
        Array.from({ length: 20 }, (_, n) => at(drivers, n).write('name', entry)),
      )
      assert.deepEqual(
        written.filter((generation) => generation !== undefined),
        [1],
      )
    },
  },

  {
    title: 'goes on from the generation that a writer remembers when it has lost its own',
    run: async (open) => {
      const [driver] = await ready(open)
      assert.equal(await driver.write('name', { ...entry, generation: 41 }), 42)
      assert.equal((await driver.read('name')).generation, 42)
    },
  },

  {
    title: 'ends an entry by its own clock, and keeps the generation that refuses late writers',
    run: async (open) => {
      const [driver, { pass }] = await ready(open)
      await driver.write('name', { ...entry, lifetimeMs: SOON_MS })
      await pass(AFTERWARDS_MS)
      const { generation, sealed, remainingMs } = await driver.read('name')
      assert.deepEqual([generation, sealed, remainingMs], [1, undefined, 0])
      assert.equal(await driver.write('name', entry), undefined)
    },
  },

  {
    title: 'takes durations that are no whole milliseconds',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.acquire('name', MINE, LONG_MS + 0.75)
      await driver.write('name', { ...entry, owner: THEIRS, lifetimeMs: LONG_MS + 0.75 })
      const { remainingMs, leaseRemainingMs } = await driver.read('name')
      isAbout(remainingMs, LONG_MS + 1)
      isAbout(leaseRemainingMs, LONG_MS + 1)
    },
  },

  {
    title: 'drops everything but the generation when a record is cleared',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.write('name', entry)
      await driver.acquire('name', MINE, LONG_MS)
      await driver.retire('name', 'a1', LONG_MS)
      await driver.clear('name')
      assert.deepEqual(await driver.read('name'), {
        generation: 1,
        sealed: undefined,
        remainingMs: 0,
        leaseRemainingMs: 0,
        tombstones: [],
      })
    },
  },

  {
    title: 'keeps apart what has different names, and different things of one name',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.write('name', entry)
      await driver.openCircuit('name', 'client_refused', LONG_MS, LONG_MS)
      await driver.spend('name', [{ windowSeconds: 3_600, limit: 1 }])
      assert.equal((await driver.read('other')).generation, 0)
      assert.equal(await driver.passCircuit('other'), undefined)
      assert.equal((await driver.read('name')).sealed, entry.sealed)
      assert.equal((await driver.passCircuit('name'))?.code, 'client_refused')
    },
  },
]

const refusedTokens: readonly ContractCase[] = [
  {
    title: 'keeps a tombstone beside the entry until its time is up [C8]',
    run: async (open) => {
      const [driver, { pass }] = await ready(open)
      await driver.write('name', entry)
      await driver.retire('name', 'a1', SOON_MS)
      await driver.retire('name', 'b2', LONG_MS)
      const record = await driver.read('name')
      assert.deepEqual(record.tombstones, ['a1', 'b2'])
      assert.equal(record.sealed, entry.sealed)
      await pass(AFTERWARDS_MS)
      assert.deepEqual((await driver.read('name')).tombstones, ['b2'])
    },
  },

  {
    title: 'keeps tombstones through the writing of the next entry',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.retire('name', 'a1', LONG_MS)
      await driver.write('name', entry)
      assert.deepEqual((await driver.read('name')).tombstones, ['a1'])
    },
  },

  {
    title: 'keeps the sixteen newest tombstones, each once',
    run: async (open) => {
      const [driver] = await ready(open)
      for (let n = 0; n < 17; n += 1) await driver.retire('name', `f${n}`, LONG_MS)
      await driver.retire('name', 'f5', LONG_MS)
      const kept = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 5].map((n) => `f${n}`)
      assert.deepEqual((await driver.read('name')).tombstones, kept)
    },
  },
]

/** Its cases. */
export const recordContract: readonly ContractCase[] = [...leases, ...entries, ...refusedTokens]
