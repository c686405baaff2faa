/**
 * Rotation of the keys that seal shared tokens, while tokens are used all the time: nobody fails, and not one token
 * request is made that would not have been made without it.
 */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoreKey } from '@mintmark/client/shared-store'
import { systemRandom } from '@mintmark/runtime'
import { eventually } from '@mintmark/testkit'
import {
  type Member,
  refusals,
  type SharedTokensWorld,
  sharedTokensWorld,
} from './shared-tokens-world.ts'

const PROCESSES = 4

describe('rotation of store keys', { concurrency: 2 }, () => {
  test('costs no token request in rolling deployments [C9]', async (t) => {
    const world = await sharedTokensWorld(t)
    const [k1, k2] = [someKey('k1'), someKey('k2')]
    const namingSecret = k1.secret
    // The first deployment knows nothing of rotation yet: one secret, from which names come as well.
    const members = await Promise.all(
      Array.from({ length: PROCESSES }, () => world.join({ keys: [k1] })),
    )
    const load = underLoad(t, members)
    for (const keys of [[k1, k2], [k2, k1], [k2]]) {
      for (const index of members.keys()) {
        const next = await world.join({ keys, namingSecret })
        await next.client.warm()
        const before = members[index]
        members[index] = next
        await before?.leave()
        assert.deepEqual(refusals(next), [])
      }
    }
    const { calls, failures } = await load.end()
    assert.deepEqual(failures, [])
    assert(calls > 100)
    assert.equal(world.counts.tokenRequests, 1)
  })

  test('costs no token request while keys are read anew and tokens are renewed [C9]', async (t) => {
    const world = await sharedTokensWorld(t, { lifetimeSeconds: 3 })
    const [k1, k2] = [someKey('k1'), someKey('k2')]
    const namingSecret = k1.secret
    const rings = Array.from({ length: PROCESSES }, () => [k1])
    const members = await Promise.all(
      [...rings.keys()].map((index) =>
        world.join({ keys: () => rings[index] ?? [], namingSecret }),
      ),
    )
    const load = underLoad(t, members)
    for (const keys of [[k1, k2], [k2, k1], [k2]]) {
      for (const index of rings.keys()) {
        rings[index] = keys
        await sleep(300)
      }
      // What the ring that is given up has sealed lives on for a lifetime at most.
      if (keys.length === 2 && keys[0] === k2) await sleep(3_000)
    }
    const { failures } = await load.end()
    assert.deepEqual(failures, [])
    assert.deepEqual(members.flatMap(refusals), [])
    assert(world.counts.tokenRequests > 2)
    // A renewal that was under way when the load ended is written a moment later.
    await eventually(async () => {
      assert.equal(world.counts.tokenRequests, await generation(world))
    })
  })
})

function someKey(id: string): StoreKey {
  return { id, secret: systemRandom.bytes(32) }
}

/** Asks all members for tokens, over and over. */
function underLoad(t: TestContext, members: readonly Member[]) {
  const failures: unknown[] = []
  let calls = 0
  let isOver = false
  const callers = members.flatMap((_member, index) =>
    Array.from({ length: 5 }, async () => {
      while (!isOver) {
        const member = members[index]
        try {
          await member?.client.token()
          calls += 1
        } catch (error) {
          // A member that has just left is not asked again.
          if (member === members[index]) failures.push(error)
        }
        await sleep(1)
      }
    }),
  )
  const end = async () => {
    isOver = true
    await Promise.all(callers)
    return { calls, failures }
  }
  t.after(end)
  return { end }
}

/** How often the one shared token was written. */
async function generation({ redis }: SharedTokensWorld): Promise<number> {
  const key = await redis.command('keys', 'mintmark:token:*')
  return Number(await redis.command('hget', key, 'generation'))
}
