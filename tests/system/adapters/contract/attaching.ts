/** The token on its way: to whom, from where, and what when there is none. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { failureOf } from '../failure-of.ts'
import type { ContractCase } from './contract-case.ts'

export const attachingCases: readonly ContractCase[] = [
  {
    title: 'sends the token, in place of what the caller gave [C14]',
    run: async ({ world, caller }) => {
      const headers = { Authorization: 'Basic bm9ib2R5', 'X-Trace': '7' }
      const answer = await caller.send({ url: `${world.api}/orders?page=2`, headers })
      assert.deepEqual([answer.status, String(answer.body)], [200, 'served'])
      const [arrival] = world.arrivals
      assert.equal(arrival?.path, '/orders?page=2')
      assert.equal(arrival?.headers.authorization, `Bearer ${world.tokens[0]}`)
      assert.equal(arrival?.headers['x-trace'], '7')
    },
  },
  {
    title: 'asks for one token for ten concurrent calls without one [C5]',
    run: async ({ world, caller }) => {
      const calls = Array.from({ length: 10 }, (_, at) =>
        caller.send({ url: `${world.api}/orders/${at}` }),
      )
      for (const { status } of await Promise.all(calls)) assert.equal(status, 200)
      assert.deepEqual([world.tokenRequestCount, world.arrivals.length], [1, 10])
    },
  },
  {
    title: 'sends nothing to an origin that the token may not go to [C12]',
    run: async ({ world, caller }) => {
      const failure = await failureOf(caller.send({ url: `${world.elsewhere}/orders` }))
      assert.equal(failure.code, 'origin_not_allowed')
      assert.deepEqual([world.arrivalsElsewhere.length, world.tokenRequestCount], [0, 0])
    },
  },
  {
    title: 'sends nothing without a token, and fails with why there is none [C7]',
    run: async ({ world, caller }) => {
      world.onTokenRequest((_arrival, response) => {
        response.writeHead(401, { 'content-type': 'application/json' })
        response.end('{"error":"invalid_client"}')
      })
      const failure = await failureOf(caller.send({ url: `${world.api}/orders` }))
      assert.deepEqual([failure.kind, failure.oauthError], ['terminal', 'invalid_client'])
      assert.equal(world.arrivals.length, 0)
    },
  },
  {
    title: 'leaves the token behind on a redirect to another origin [C12]',
    run: async ({ world, caller, adapter }) => {
      world.onPath('/moved', (_arrival, response) => {
        response.writeHead(302, { location: `${world.elsewhere}/orders` }).end()
      })
      const { status } = await caller.send({ url: `${world.api}/moved` })
      const follows = adapter.followsRedirects !== false
      assert.equal(status, follows ? 200 : 302)
      assert.equal(world.arrivalsElsewhere.length, follows ? 1 : 0)
      for (const { headers } of world.arrivalsElsewhere)
        assert.equal(headers.authorization, undefined)
    },
  },
  {
    title: 'keeps the token on a redirect within the origin [C12]',
    run: async ({ world, caller, adapter }) => {
      if (adapter.followsRedirects === false) return
      world.onPath('/moved', (_arrival, response) => {
        response.writeHead(307, { location: '/orders' }).end()
      })
      const { status } = await caller.send({ url: `${world.api}/moved` })
      assert.equal(status, 200)
      assert.equal(world.arrivals[1]?.headers.authorization, `Bearer ${world.tokens[0]}`)
    },
  },
  {
    title: 'ends the wait for a token when the caller aborts, and sends nothing [C5]',
    run: async ({ world, caller }) => {
      const controller = new AbortController()
      let closed: Promise<unknown> | undefined
      world.onTokenRequest((arrival) => {
        closed = arrival.closed
        controller.abort()
      })
      const sending = caller.send({ url: `${world.api}/orders`, signal: controller.signal })
      await assert.rejects(sending, isAbort)
      await closed
      assert.equal(world.arrivals.length, 0)
    },
  },
  {
    title: 'closes the connection when the caller aborts a call under way [C14]',
    run: async ({ world, caller }) => {
      const controller = new AbortController()
      world.onPath('/slow', () => undefined)
      const sending = caller.send({ url: `${world.api}/slow`, signal: controller.signal })
      const [{ closed }] = await Promise.all([world.nextArrival()])
      const aborted = once(controller.signal, 'abort')
      controller.abort()
      await assert.rejects(sending, isAbort)
      await Promise.all([aborted, closed])
    },
  },
]

/** Each library has a name of its own for it. */
function isAbort(error: unknown): boolean {
  const { name, code } = error as { readonly name: string; readonly code?: unknown }
  return name === 'AbortError' || code === 'ERR_CANCELED'
}
