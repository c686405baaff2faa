/** Bodies and connections: what an adapter has to leave as it is. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ContractCase } from './contract-case.ts'

const MEBIBYTE = 1_048_576

export const bodyCases: readonly ContractCase[] = [
  {
    title: 'sends bytes and text as they are [C14]',
    run: async ({ world, caller }) => {
      const bytes = randomBytes(100_000)
      const headers = { 'content-type': 'application/octet-stream' }
      const call = { url: `${world.api}/orders`, method: 'PUT', headers }
      await caller.send({ ...call, body: bytes })
      await caller.send({ ...call, body: 'plain and ünicode' })
      await caller.send({ ...call, body: 'in one go', isStreamed: true })
      const [first, second, third] = world.arrivals
      assert.deepEqual(first?.body, bytes)
      assert.equal(String(second?.body), 'plain and ünicode')
      assert.equal(String(third?.body), 'in one go')
      for (const { method } of world.arrivals) assert.equal(method, 'PUT')
    },
  },
  {
    title: 'hands over a long answer whole [C14]',
    run: async ({ world, caller }) => {
      const long = randomBytes(MEBIBYTE)
      world.onPath('/long', (_arrival, response) => {
        response.write(long.subarray(0, 1))
        response.end(long.subarray(1))
      })
      const { status, body } = await caller.send({ url: `${world.api}/long` })
      assert.equal(status, 200)
      assert.ok(body.equals(long))
    },
  },
  {
    title: 'goes on using its connections, through a repeated call as well [C14]',
    run: async ({ world, caller, adapter }) => {
      for (let call = 0; call < 5; call++) await caller.send({ url: `${world.api}/orders` })
      world.revokeTokens()
      for (let call = 0; call < 5; call++) await caller.send({ url: `${world.api}/orders` })
      assert.equal(world.arrivals.length, 11)
      assert.ok(world.connectionCount <= (adapter.connectionsMax ?? 1), `${world.connectionCount}`)
    },
  },
]
