/** What happens after a 401. */
import assert from 'node:assert/strict'
import { refuse } from '../adapter-world.ts'
import type { ContractCase, ContractSetting } from './contract-case.ts'

/** A first call has gone well, then the token was revoked. */
async function withRevokedToken({ world, caller }: ContractSetting): Promise<void> {
  await caller.send({ url: `${world.api}/orders` })
  world.revokeTokens()
}

export const unauthorizedCases: readonly ContractCase[] = [
  {
    title: 'repeats a refused call once, with one new token and the same bytes [C6] [T3]',
    run: async (setting) => {
      const { world, caller } = setting
      await withRevokedToken(setting)
      const body = JSON.stringify({ name: 'Zoë', amounts: [1, 2, 3] })
      const headers = { 'content-type': 'application/json' }
      const answer = await caller.send({
        url: `${world.api}/orders`,
        method: 'POST',
        headers,
        body,
      })
      assert.deepEqual([answer.status, String(answer.body)], [200, 'served'])
      const [, refused, repeated] = world.arrivals
      assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [3, 2])
      assert.equal(repeated?.headers.authorization, `Bearer ${world.tokens[1]}`)
      assert.equal(repeated?.method, 'POST')
      assert.equal(repeated?.headers['content-type'], refused?.headers['content-type'])
      assert.deepEqual([String(refused?.body), String(repeated?.body)], [body, body])
    },
  },
  {
    title: 'repeats nothing a second time, and hands over the answer [C6]',
    run: async ({ world, caller }) => {
      let refusals = 0
      world.onPath('/never', (_arrival, response) => {
        refusals += 1
        response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' })
        response.end(`refused ${refusals}`)
      })
      const answer = await caller.send({ url: `${world.api}/never` })
      assert.deepEqual([answer.status, String(answer.body)], [401, 'refused 2'])
      assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [2, 2])
    },
  },
  {
    title: 'hands over a 401 that is not about the token as it is [C6]',
    run: async ({ world, caller }) => {
      world.onPath('/closed', (_arrival, response) => {
        response.writeHead(401, { 'x-reason': 'hours' }).end('closed on Sundays')
      })
      const answer = await caller.send({ url: `${world.api}/closed` })
      assert.deepEqual([answer.status, String(answer.body)], [401, 'closed on Sundays'])
      assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [1, 1])
    },
  },
  {
    title: 'hands over the first answer when there is no new token to be had [C6]',
    run: async (setting) => {
      const { world, caller } = setting
      await withRevokedToken(setting)
      world.onTokenRequest((_arrival, response) => void response.writeHead(503).end())
      const answer = await caller.send({ url: `${world.api}/orders` })
      assert.deepEqual([answer.status, String(answer.body)], [401, 'refused'])
      assert.equal(world.arrivals.length, 2)
    },
  },
  {
    title: 'does not repeat a body that is a stream, but gets a new token for the next call [C6]',
    run: async (setting) => {
      const { world, caller } = setting
      await withRevokedToken(setting)
      const call = { url: `${world.api}/orders`, method: 'POST', body: 'once', isStreamed: true }
      assert.equal((await caller.send(call)).status, 401)
      assert.deepEqual([world.arrivals.length, String(world.arrivals[1]?.body)], [2, 'once'])
      assert.equal((await caller.send(call)).status, 200)
      assert.deepEqual([world.arrivals.length, world.tokenRequestCount], [3, 2])
    },
  },
  {
    title: 'takes a 401 from where a redirect led elsewhere for no answer to the token [C6]',
    run: async ({ world, caller, adapter }) => {
      const { followsRedirects = true, knowsAnsweredUrl = true } = adapter
      if (!followsRedirects || !knowsAnsweredUrl) return
      world.onPath('/moved', (_arrival, response) => {
        response.writeHead(302, { location: `${world.elsewhere}/orders` }).end()
      })
      world.onElsewhere(refuse)
      assert.equal((await caller.send({ url: `${world.api}/moved` })).status, 401)
      assert.deepEqual([world.arrivalsElsewhere.length, world.tokenRequestCount], [1, 1])
    },
  },
  {
    title: 'asks for one token when fifty calls under way are refused [C6]',
    run: async (setting) => {
      const { world, caller } = setting
      await withRevokedToken(setting)
      const calls = Array.from({ length: 50 }, () => caller.send({ url: `${world.api}/orders` }))
      for (const { status } of await Promise.all(calls)) assert.equal(status, 200)
      assert.equal(world.tokenRequestCount, 2)
    },
  },
  {
    title: 'repeats a POST after a bare 401 only if it has an Idempotency-Key [C6]',
    options: () => ({ unauthorizedWithoutChallenge: 'renew' }),
    run: async ({ world, caller }) => {
      let refusals = 0
      world.onPath('/bare', (_arrival, response) => {
        refusals += 1
        response.writeHead(refusals < 3 ? 401 : 200).end()
      })
      const call = { url: `${world.api}/bare`, method: 'POST', body: '{}' }
      assert.equal((await caller.send(call)).status, 401)
      assert.equal(refusals, 1)
      await caller.send({ url: `${world.api}/orders` })
      const headers = { 'Idempotency-Key': '8e03978e' }
      assert.equal((await caller.send({ ...call, headers })).status, 200)
      assert.equal(refusals, 3)
    },
  },
  {
    title: 'drops the answer that it replaces, however long it is [C14]',
    run: async (setting) => {
      const { world, caller } = setting
      let refusals = 0
      world.onPath('/long', (arrival, response) => {
        refusals += 1
        if (refusals > 1) return void response.end('served')
        response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' })
        response.end(Buffer.alloc(300_000, arrival.path))
      })
      const answer = await caller.send({ url: `${world.api}/long` })
      assert.deepEqual([answer.status, String(answer.body)], [200, 'served'])
      assert.equal((await caller.send({ url: `${world.api}/orders` })).status, 200)
    },
  },
  {
    title: 'ends the wait for the new token when the caller aborts [C5]',
    run: async (setting) => {
      const { world, caller } = setting
      await withRevokedToken(setting)
      const controller = new AbortController()
      world.onTokenRequest(() => controller.abort())
      world.onPath('/orders', refuse)
      const { signal } = controller
      await assert.rejects(caller.send({ url: `${world.api}/orders`, signal }), { name: /Error$/ })
      assert.equal(world.arrivals.length, 2)
    },
  },
]
