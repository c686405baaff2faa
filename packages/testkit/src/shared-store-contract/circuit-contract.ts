/** What every driver keeps to about circuits and budgets. */
import assert from 'node:assert/strict'
import {
  AFTERWARDS_MS,
  at,
  type ContractCase,
  isAbout,
  LONG_MS,
  ready,
  SOON_MS,
  several,
} from './store-world.ts'

const circuits: readonly ContractCase[] = [
  {
    title: 'lets everybody pass where no circuit is open',
    run: async (open) => {
      const [driver] = await ready(open)
      assert.equal(await driver.passCircuit('name'), undefined)
    },
  },

  {
    title: 'tells why a circuit is open, and for how long',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.openCircuit('name', 'client_refused', 30_000, LONG_MS)
      const circuit = await driver.passCircuit('name')
      assert.deepEqual([circuit?.code, circuit?.pauseMs], ['client_refused', 30_000])
      isAbout(circuit?.remainingMs, 30_000)
    },
  },

  {
    title: 'lets one probe through after the pause, in the whole fleet [C7]',
    run: async (open) => {
      const { connect, pass } = await open()
      const drivers = await several(connect, 4)
      // The next pause, as long as this one, must not be over before everybody has asked.
      await at(drivers, 0).openCircuit('name', 'client_refused', 2_000, LONG_MS)
      await pass(2_050)
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, n) => at(drivers, n).passCircuit('name')),
      )
      assert.equal(asked.filter((circuit) => circuit?.remainingMs === 0).length, 1)
      assert(asked.every((circuit) => circuit?.code === 'client_refused'))
    },
  },

  {
    title: 'replaces a circuit that is opened again, and forgets one that is closed',
    run: async (open) => {
      const [driver] = await ready(open)
      await driver.openCircuit('name', 'client_refused', 30_000, LONG_MS)
      await driver.openCircuit('name', 'request_refused', 60_000, LONG_MS)
      assert.equal((await driver.passCircuit('name'))?.code, 'request_refused')
      await driver.closeCircuit('name')
      assert.equal(await driver.passCircuit('name'), undefined)
    },
  },

  {
    title: 'forgets a circuit when its time is up',
    run: async (open) => {
      const [driver, { pass }] = await ready(open)
      await driver.openCircuit('name', 'client_refused', 1, SOON_MS)
      await pass(AFTERWARDS_MS)
      assert.equal(await driver.passCircuit('name'), undefined)
    },
  },
]

const windows = [
  { windowSeconds: 86_400, limit: 3 },
  { windowSeconds: 864_000, limit: 2 },
]

const budgets: readonly ContractCase[] = [
  {
    title: 'counts a request in all windows, or in none when one is full',
    run: async (open) => {
      const [driver] = await ready(open)
      assert.deepEqual(await driver.spend('name', windows), [1, 1])
      assert.deepEqual(await driver.spend('name', windows), [2, 2])
      assert.deepEqual(await driver.spend('name', windows), [3, 3])
      assert.deepEqual(await driver.spend('name', windows), [3, 3])
      assert.deepEqual(await driver.spend('name', windows.slice(0, 1)), [3])
    },
  },

  {
    title: 'lets no more requests through than a window has room for, however many ask',
    run: async (open) => {
      const { connect } = await open()
      const drivers = await several(connect, 4)
      const day = [{ windowSeconds: 864_000, limit: 5 }]
      const numbers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => at(drivers, n).spend('name', day)),
      )
      const within = numbers.map(([number]) => number ?? 0).filter((number) => number <= 5)
      assert.deepEqual(
        within.toSorted((a, b) => a - b),
        [1, 2, 3, 4, 5],
      )
    },
  },

  {
    title: 'begins a new window when the old one is over',
    run: async (open) => {
      const [driver, { pass }] = await ready(open)
      const second = [{ windowSeconds: 1, limit: 9 }]
      await driver.spend('name', second)
      await pass(1_001)
      assert.deepEqual(await driver.spend('name', second), [1])
    },
  },
]

/** Its cases. */
export const circuitContract: readonly ContractCase[] = [...circuits, ...budgets]
