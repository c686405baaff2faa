import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeClock, memorySharedStore, transparentSealing } from '@mintmark/testkit'
import {
  type SharedTokenStoreOptions,
  sharedTokenStore,
} from '../../src/shared-store/shared-token-store.ts'

describe('the options of a store of shared tokens', () => {
  const driver = memorySharedStore({ clock: new FakeClock() })
  const sealing = transparentSealing()
  const wrong: readonly [string, object, RegExp][] = [
    ['no driver', { sealing }, /^TypeError: driver: /],
    ['a driver that is none', { driver: {}, sealing }, /^TypeError: driver: /],
    ['no sealing', { driver }, /^TypeError: sealing: /],
    ['an option that does not exist', { driver, sealing, lifetime: 1 }, /^TypeError: /],
    ['no time at all', { driver, sealing, deadlineMs: 0 }, /^RangeError: deadlineMs: /],
    ['a time that is text', { driver, sealing, deadlineMs: '250' }, /^TypeError: deadlineMs: /],
  ]
  for (const [what, options, expected] of wrong) {
    it(`refuse ${what}`, () => {
      assert.throws(() => sharedTokenStore(options as SharedTokenStoreOptions), expected)
    })
  }

  it('take a driver and a sealing, and ask neither of them anything', () => {
    const asked: string[] = []
    const store = memorySharedStore({ clock: new FakeClock() }).connect({
      operation: (operation) => {
        asked.push(operation)
        return undefined
      },
    })
    sharedTokenStore({ driver: store, sealing, deadlineMs: 100 })
    assert.deepEqual(asked, [])
  })
})
