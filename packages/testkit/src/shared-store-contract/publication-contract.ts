/** What every driver keeps to about publications. */
import assert from 'node:assert/strict'
import type { Publication, SharedStore } from '@mintmark/client/shared-store'
import { eventually } from '../eventually.ts'
import {
  type ContractCase,
  entry,
  isAbout,
  LONG_MS,
  listening,
  MINE,
  ready,
  several,
  THEIRS,
  unexpected,
} from './store-world.ts'

const publications: readonly ContractCase[] = [
  {
    title: 'publishes what happens to a record, to all who listen [C8]',
    run: async (open) => {
      const { connect } = await open()
      const [driver, other] = (await several(connect, 2)) as [SharedStore, SharedStore]
      const heard = [await listening(driver), await listening(other)]
      await driver.write('name', entry)
      await driver.retire('name', 'a1', LONG_MS)
      await driver.acquire('name', MINE, LONG_MS)
      await driver.release('name', MINE)
      for (const messages of heard) {
        await eventually(() => assert.equal(messages.length, 3))
        const [written, ...others] = messages
        assert(written?.kind === 'written')
        assert.deepEqual(
          [written.name, written.generation, written.sealed],
          ['name', 1, entry.sealed],
        )
        isAbout(written.remainingMs, LONG_MS)
        assert.deepEqual(others, [
          { kind: 'retired', name: 'name', fingerprint: 'a1' },
          { kind: 'released', name: 'name' },
        ])
      }
    },
  },

  {
    title: 'publishes a circuit when it opens and when it closes, once each',
    run: async (open) => {
      const [driver] = await ready(open)
      const heard = await listening(driver)
      await driver.openCircuit('name', 'client_refused', 30_000, LONG_MS)
      await driver.closeCircuit('name')
      await driver.closeCircuit('name')
      await driver.openCircuit('name', 'client_refused', 60_000, LONG_MS)
      await eventually(() => assert.equal(heard.length, 3))
      const pauses = heard.map((each) => each.kind === 'circuit' && each.circuit?.pauseMs)
      assert.deepEqual(pauses, [30_000, undefined, 60_000])
    },
  },

  {
    title: 'publishes nothing that did not happen',
    run: async (open) => {
      const [driver] = await ready(open)
      const heard = await listening(driver)
      await driver.write('name', entry)
      await driver.write('name', entry)
      await driver.release('name', MINE)
      await driver.acquire('name', THEIRS, LONG_MS)
      await driver.release('name', MINE)
      await driver.retire('name', 'a1', LONG_MS)
      await eventually(() => assert.equal(heard.at(-1)?.kind, 'retired'))
      assert.deepEqual(
        heard.map(({ kind }) => kind),
        ['written', 'retired'],
      )
    },
  },

  {
    title: 'tells nothing to who has stopped listening, and goes on for the others',
    run: async (open) => {
      const [driver] = await ready(open)
      const dropped: Publication[] = []
      const stop = await driver.subscribe((each) => dropped.push(each), unexpected)
      const heard = await listening(driver)
      await stop()
      await driver.retire('name', 'a1', LONG_MS)
      await eventually(() => assert.equal(heard.length, 1))
      assert.deepEqual(dropped, [])
    },
  },

  {
    title: 'can be listened to again after the last one has stopped',
    run: async (open) => {
      const [driver] = await ready(open)
      const stop = await driver.subscribe(unexpected, unexpected)
      await stop()
      const heard = await listening(driver)
      await driver.retire('name', 'a1', LONG_MS)
      await eventually(() => assert.equal(heard.length, 1))
    },
  },

  {
    title: 'goes on working after it was closed, for who comes back',
    run: async (open) => {
      const [driver] = await ready(open)
      await listening(driver)
      await driver.close()
      assert.equal(await driver.write('name', entry), 1)
    },
  },
]

/** Its cases. */
export const publicationContract: readonly ContractCase[] = [...publications]
