import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPublicRoute } from '../../src/rings/public-route.ts'
import { from, ringedWorld } from './ringed-world.ts'

function publicRoute(cost?: number) {
  const { rings, clock } = ringedWorld()
  const route = createPublicRoute({ rings, ...(cost !== undefined && { cost }) })
  return { route, rings, clock }
}

test('a public route lets an address through as often as its ring grants [S2]', async () => {
  const { route } = publicRoute()
  const announced = new Map<string, string>()
  const ask = () => route.decide(from('203.0.113.7'), (name, value) => announced.set(name, value))
  for (let at = 0; at < 5; at++) assert.equal(await ask(), undefined)
  assert.match(announced.get('ratelimit') ?? '', /^"public";r=0;t=\d+$/)
  const refusal = await ask()
  assert.deepEqual([refusal?.status, refusal?.code], [429, 'rate_limited'])
})

test('a public route may cost more, at most what its ring can grant', async () => {
  const { route } = publicRoute(5)
  const ask = () => route.decide(from('203.0.113.7'), () => undefined)
  assert.equal(await ask(), undefined)
  assert.equal((await ask())?.status, 429)
  assert.throws(() => publicRoute(6), { name: 'RangeError' })
})

test('a public route is not set up with an option that it does not have', () => {
  const { rings } = ringedWorld()
  assert.throws(() => createPublicRoute({ rings, scope: 'read' } as never), { name: 'TypeError' })
})
