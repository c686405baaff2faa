/** Redis does what the driver in memory does, whatever is asked in whatever order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redisSharedStore } from '@mintmark/client/redis'
import type { Publication } from '@mintmark/client/shared-store'
import { eventually, FakeClock, memorySharedStore, startRedisServer } from '@mintmark/testkit'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { outcomesOf, someOperation } from './store-operations.ts'

test('answers and publishes as the driver in memory does [C8]', async (t) => {
  const server = await startRedisServer()
  const redis = new Redis({ port: server.port })
  t.after(async () => {
    redis.disconnect()
    await server.stop()
  })
  let runs = 0
  const property = fc.asyncProperty(
    fc.array(someOperation, { minLength: 1, maxLength: 40 }),
    async (operations) => {
      runs += 1
      const memory = memorySharedStore({ clock: new FakeClock() })
      const driver = redisSharedStore(redis, { prefix: `run-${runs}` })
      const heardAll = (heard: readonly Publication[]) =>
        eventually(() => assert.equal(heard.at(-1)?.name, 'the end'))
      const expected = await outcomesOf(memory, operations, heardAll)
      const actual = await outcomesOf(driver, operations, heardAll)
      assert.deepEqual(actual, expected, operations.map(({ text }) => text).join('\n'))
    },
  )
  await fc.assert(property, { numRuns: 150 })
})
