/** Rings behind every adapter, in its framework: what a caller sees, and whose word about addresses counts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clientAddressReader, createRings, limitPolicy, memoryLimiter } from '@mintmark/limits'
import * as fetchAdapter from '@mintmark/resource-server/fetch'
import * as honoAdapter from '@mintmark/resource-server/hono'
import { seededRandom } from '@mintmark/testkit'
import { Hono } from 'hono'
import { guardWorld, signedToken } from '../guard-world.ts'
import { type RingedApplication, ringedApplications } from './ringed-applications.ts'

const limiters = {
  'at once': () => memoryLimiter(),
  /** As one that asks Redis. */
  'after a while': () => {
    const limiter = memoryLimiter()
    return {
      check: async (requests: Parameters<typeof limiter.check>[0]) => limiter.check(requests),
      peek: async (requests: Parameters<typeof limiter.peek>[0]) => limiter.peek(requests),
      charge: async (requests: Parameters<typeof limiter.charge>[0]) => limiter.charge(requests),
    }
  },
}

for (const [name, serve] of Object.entries(ringedApplications)) {
  for (const [pace, limiterOf] of Object.entries(limiters)) {
    describe(`rings behind the ${name} adapter, of a limiter that answers ${pace}`, () => {
      const serving = async (
        behaviour: (send: RingedApplication['send']) => Promise<void>,
        trustedProxies: readonly string[] = [],
      ): Promise<void> => {
        const rings = createRings({
          ...{ limiter: limiterOf(), random: seededRandom(1) },
          publicPolicies: [limitPolicy({ name: 'public', quota: 3, windowSeconds: 3_600 })],
          partnerPolicies: [limitPolicy({ name: 'partner', quota: 2, windowSeconds: 3_600 })],
        })
        const addresses = clientAddressReader({ trustedProxies })
        const served = await serve({ guard: guardWorld().guard, rings, addresses })
        await behaviour(served.send).finally(() => served.close())
      }
      const token = { authorization: `Bearer ${signedToken()}` }

      test('clients and addresses are counted, and told what is left and how to wait [S2] [R8] [R9]', async () => {
        await serving(async (send) => {
          for (const left of [1, 0]) {
            const { status, headers, body } = await send('/partner', token)
            assert.deepEqual([status, body], [200, 'in'])
            assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"partner";r=${left};t=`))
          }
          const refused = await send('/partner', token)
          assert.equal(refused.status, 429)
          assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
          assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
          assert.deepEqual(JSON.parse(refused.body)['violated-policies'], ['partner'])
          assert.equal(refused.headers.has('www-authenticate'), false)
          const anonymous = await send('/partner')
          assert.equal(anonymous.status, 401)
          assert.match(anonymous.headers.get('ratelimit') ?? '', /^"public";r=2;t=/)
          const open = await send('/public')
          assert.deepEqual([open.status, open.body !== ''], [200, true])
          assert.match(open.headers.get('ratelimit') ?? '', /^"public";r=1;t=/)
          await send('/public')
          for (const path of ['/public', '/partner']) {
            const { status, body } = await send(path)
            assert.equal(status, 429)
            assert.deepEqual(JSON.parse(body)['violated-policies'], ['public'])
          }
        })
      })

      test('an address that a caller makes up counts for nothing, whatever the framework trusts [R9]', async () => {
        await serving(async (send) => {
          const statuses = []
          for (let at = 0; at < 4; at++) {
            const forged = {
              'x-forwarded-for': `203.0.113.${at}`,
              forwarded: `for=203.0.113.${at}`,
            }
            statuses.push((await send('/public', forged)).status)
          }
          assert.deepEqual(statuses, [200, 200, 200, 429])
        })
      })

      test('an address that our proxy tells is the one that counts [R9]', async () => {
        await serving(
          async (send) => {
            const statuses = []
            for (const address of ['203.0.113.1', '203.0.113.1', '::ffff:203.0.113.1']) {
              const fields = { 'x-forwarded-for': `192.0.2.9, ${address}` }
              statuses.push((await send('/public', fields)).status)
            }
            const fields = { 'x-forwarded-for': '203.0.113.1' }
            statuses.push((await send('/public', fields)).status)
            statuses.push((await send('/public', { 'x-forwarded-for': '203.0.113.2' })).status)
            assert.deepEqual(statuses, [200, 200, 200, 429, 200])
          },
          ['127.0.0.1'],
        )
      })
    })
  }
}

const { guard } = guardWorld()
const rings = createRings({ limiter: memoryLimiter() })

test('the fetch adapter is not set up with rings that cannot know an address, nor the other way round', () => {
  const peerAddress = () => '203.0.113.7'
  assert.throws(() => fetchAdapter.protect({ guard, rings }), TypeError)
  assert.throws(() => fetchAdapter.protect({ guard, peerAddress }), TypeError)
  assert.throws(() => fetchAdapter.limit({ rings } as never), TypeError)
})

test('Hono without Node takes the address from the platform, and fails where nobody knows one', async () => {
  const failures: unknown[] = []
  const app = new Hono()
  const peerAddress = (context: { req: { header(name: string): string | undefined } }) =>
    context.req.header('x-platform-address')
  app.get('/known', honoAdapter.limit({ rings, peerAddress }), (context) => context.text('open'))
  app.get('/unknown', honoAdapter.limit({ rings }), (context) => context.text('open'))
  app.onError((error, context) => {
    failures.push(error)
    return context.body(null, 500)
  })
  const headers = { 'x-platform-address': '203.0.113.7' }
  assert.equal(
    (await app.request('/known', { headers })).headers.get('ratelimit')?.slice(0, 13),
    '"public";r=59',
  )
  assert.equal((await app.request('/unknown', { headers })).status, 500)
  assert.ok(failures[0] instanceof TypeError)
})
