import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  createRings,
  limitPolicy,
  memoryLimiter,
  parseIpAddress,
  type RingRequest,
} from '@mintmark/limits'
import { seededRandom } from '@mintmark/testkit'
import { MicrosecondClock } from './microsecond-clock.ts'

const address = parseIpAddress('203.0.113.7')
const burst = limitPolicy({ name: 'partner', quota: 600, windowSeconds: 60, burst: 5 })
const day = limitPolicy({ name: 'daily', quota: 3, windowSeconds: 86_400 })

function world(partnerPolicies = [burst]) {
  const clock = new MicrosecondClock()
  const limiter = memoryLimiter({ clock })
  const rings = createRings({ limiter, partnerPolicies, random: seededRandom(1) })
  const check = async (request: RingRequest) => rings.check(request)
  const allowedOf = async (request: RingRequest, count: number): Promise<number> => {
    let allowed = 0
    for (let at = 0; at < count; at++) if ((await check(request)).allowed) allowed += 1
    return allowed
  }
  return { clock, rings, check, allowedOf }
}

test('the public ring grants an address sixty requests, and one more each second [S2]', async () => {
  const { clock, allowedOf } = world()
  assert.equal(await allowedOf({ address }, 100), 60)
  clock.nowUs += 1_000_000
  assert.equal(await allowedOf({ address }, 10), 1)
})

test('a refusal has a status and everything that is needed to wait [S2]', async () => {
  const { check, allowedOf } = world()
  await allowedOf({ address }, 60)
  const { ring, status, headers } = await check({ address })
  assert.deepEqual([ring, status], ['public', 429])
  const fields = new Map(headers)
  assert.match(fields.get('retry-after') ?? '', /^[12]$/)
  assert.match(fields.get('ratelimit') ?? '', /^"public";r=0;t=[12]$/)
})

test('addresses of one IPv6 network share a bucket, other ones do not [R9]', async () => {
  const { allowedOf } = world()
  const at = (text: string): RingRequest => ({ address: parseIpAddress(text) })
  assert.equal(await allowedOf(at('2001:db8::1'), 60), 60)
  assert.equal(await allowedOf(at('2001:db8::2'), 1), 0)
  assert.equal(await allowedOf(at('2001:db8:0:1::2'), 1), 1)
})

test('an IPv4 address is one bucket however it is written, and no other one is in it [R9]', async () => {
  const { allowedOf } = world()
  assert.equal(await allowedOf({ address: parseIpAddress('::ffff:203.0.113.7') }, 60), 60)
  assert.equal(await allowedOf({ address }, 1), 0)
  assert.equal(await allowedOf({ address: parseIpAddress('::ffff:203.0.113.8') }, 1), 1)
})

test('a verified client counts in the partner ring, wherever it calls from [S2]', async () => {
  const { allowedOf, check } = world()
  await allowedOf({ address }, 60)
  const { ring, allowed } = await check({ address, clientId: 'partner-a' })
  assert.deepEqual([ring, allowed], ['partner', true])
  const elsewhere = parseIpAddress('198.51.100.1')
  assert.equal(await allowedOf({ address: elsewhere, clientId: 'partner-a' }, 10), 4)
  assert.equal(await allowedOf({ address, clientId: 'partner-b' }, 10), 5)
})

test('a ring takes from all of its policies or from none [R9]', async () => {
  const { clock, allowedOf, check } = world([burst, day])
  assert.equal(await allowedOf({ address, clientId: 'partner-a' }, 10), 3)
  clock.nowUs += 1_000_000
  const { verdict } = await check({ address, clientId: 'partner-a' })
  assert.deepEqual(
    verdict.states.map(({ policy, remaining }) => [policy.name, remaining]),
    [
      ['partner', 5],
      ['daily', 0],
    ],
  )
})

test('a client may have policies of its own', async () => {
  const limiter = memoryLimiter({ clock: new MicrosecondClock() })
  const partnerPolicies = (clientId: string) => (clientId === 'partner-a' ? [day] : [burst])
  const rings = createRings({ limiter, partnerPolicies })
  const remaining = async (clientId: string) =>
    (await rings.peek({ address, clientId })).verdict.states[0]?.remaining
  assert.deepEqual([await remaining('partner-a'), await remaining('partner-b')], [3, 5])
})

test('peeking takes nothing, and a charge takes what is owed', async () => {
  const { rings } = world()
  for (let count = 0; count < 100; count++) await rings.peek({ address })
  for (let count = 0; count < 60; count++) await rings.charge({ address })
  assert.equal((await rings.peek({ address })).allowed, false)
})

test('whoever has no address shares a bucket with the others who have none', async () => {
  const { allowedOf } = world()
  assert.equal(await allowedOf({ address: undefined }, 61), 60)
})

test('answers at once where the limiter does', () => {
  assert.equal(world().rings.check({ address }) instanceof Promise, false)
})

test('rings are not made with what is none', () => {
  const limiter = memoryLimiter()
  assert.throws(() => createRings({} as never), /^TypeError: limiter: expected an object with/)
  assert.throws(() => createRings({ limiter, ring: 1 } as never), { name: 'TypeError' })
  assert.throws(() => createRings({ limiter, publicPolicies: 'x' as never }), { name: 'TypeError' })
  assert.throws(() => createRings({ limiter, ipv6PrefixBits: 16 }), { name: 'RangeError' })
})
