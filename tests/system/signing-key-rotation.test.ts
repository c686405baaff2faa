/**
 * Fifty guards and an authorization server through rotations of the signing key, under load: real guards with their own
 * caches, behind caches of HTTP as they stand in front of real servers, all on one clock that a test moves. The same
 * rig shows what a rotation without staging costs.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuthorizationServer, sqlite } from '@mintmark/authorization-server'
import { createGuard } from '@mintmark/resource-server'
import type { Transport } from '@mintmark/runtime'
import { FakeClock, seededRandom, the } from '@mintmark/testkit'

const GUARDS = 50
const ROUNDS = 40
const ROUND_MS = 100_000

test('a staged rotation costs fifty caching guards not one token [A8]', async () => {
  await using rig = await startRig()
  await rig.call(4)
  const { keys } = rig.server
  const rotated = await keys.rotate()
  assert.ok(rotated.ok)
  // Past the hour of staging, with guards that ask at all times.
  await rig.call(ROUNDS)
  assert.deepEqual(rig.refusals, new Map())
  assert.equal(rig.kids.size, 2)
  assert.ok(rig.kids.has(rotated.value.key.kid))
})

test('a rotation without staging is refused by the same guards [A8]', async () => {
  await using rig = await startRig()
  await rig.call(4)
  assert.ok((await rig.server.keys.rotate({ immediately: true })).ok)
  await rig.call(ROUNDS)
  assert.ok((rig.refusals.get('unknown_key') ?? 0) > 0)
})

/** A server, its guards, and a client that calls each of them in each round. */
async function startRig() {
  const clock = new FakeClock()
  const storage = sqlite(':memory:')
  const { issuer } = the
  const server = await createAuthorizationServer({ issuer, storage, clock, keyRotation: 'manual' })
  await server.registry.createResource({ id: the.audience, scope: the.scope, lifetimeSeconds: 300 })
  const created = await server.registry.createClient({ id: the.clientId, scope: the.scope })
  assert.ok(created.ok)
  const secret = created.value.clientSecret?.reveal()
  const authorization = `Basic ${btoa(`${the.clientId}:${secret}`)}`
  const origin: Transport = (input, init) => server.fetch(new Request(input, init))
  // Ten guards share a cache, as the instances of one region do.
  const regions = Array.from({ length: GUARDS / 10 }, () => cachingTransport(origin, clock))
  const guards = Array.from({ length: GUARDS }, (_, at) =>
    createGuard({
      issuer,
      audience: the.audience,
      clock,
      random: seededRandom(at + 1),
      transport: regions[at % regions.length] ?? origin,
    }),
  )
  const refusals = new Map<string, number>()
  const kids = new Set<string>()

  async function newToken(): Promise<string> {
    const request = new Request(the.tokenEndpoint, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { access_token } = (await (await server.fetch(request)).json()) as {
      access_token: string
    }
    kids.add(JSON.parse(atob(access_token.split('.')[0] ?? '')).kid)
    return access_token
  }

  return {
    server,
    refusals,
    kids,
    /** Calls every guard once in each round, at its own instant of it, with a token made for the call. */
    async call(rounds: number): Promise<void> {
      for (let round = 0; round < rounds; round++) {
        for (const guard of guards) {
          await clock.advance(ROUND_MS / GUARDS)
          const headers = new Headers({ authorization: `Bearer ${await newToken()}` })
          const verdict = await guard.check({ headers })
          if (verdict.admitted) continue
          refusals.set(verdict.code, (refusals.get(verdict.code) ?? 0) + 1)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const guard of guards) guard.dispose()
      await server.close()
    },
  }
}

interface KeptAnswer {
  readonly body: string
  readonly headers: Headers
  readonly arrivedAtMonotonicMs: number
}

/** A shared cache that keeps an answer for its `max-age` and says with `Age` how old it is (RFC 9111). */
function cachingTransport(origin: Transport, clock: FakeClock): Transport {
  const kept = new Map<string, KeptAnswer>()
  const ageMs = (answer: KeptAnswer) => clock.monotonicMs() - answer.arrivedAtMonotonicMs
  return async (input, init) => {
    const url = String(input)
    let answer = kept.get(url)
    if (answer === undefined || ageMs(answer) >= maxAgeMs(answer)) {
      const response = await origin(input, init)
      const { headers } = response
      answer = { body: await response.text(), headers, arrivedAtMonotonicMs: clock.monotonicMs() }
      kept.set(url, answer)
    }
    const headers = new Headers(answer.headers)
    headers.set('age', String(Math.floor(ageMs(answer) / 1000)))
    return new Response(answer.body, { headers })
  }
}

function maxAgeMs({ headers }: KeptAnswer): number {
  return Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1] ?? 0) * 1000
}
