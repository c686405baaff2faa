import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryLimiter } from '@mintmark/limits'
import { elsewhere, here, type LimitedOptions, later, limited, register, the } from './limited.ts'

const wrong = { secret: 'wrong-secret' }
const seldom = { quota: 3, windowSeconds: 60 }
const failures = (perAddress = { quota: 100, windowSeconds: 60 }): LimitedOptions => ({
  limits: { failures: { perClient: seldom, perAddress } },
})

test('looks at no more secrets after a few wrong ones of a client from an address [A10]', async () => {
  await using world = await limited(failures())
  assert.deepEqual(await world.statuses(5, wrong), [401, 401, 401, 429, 429])
  assert.equal((await world.call()).status, 429)
  assert.deepEqual(world.reasons().slice(-2), ['rate_limited_failures', 'rate_limited_failures'])
})

test('a stranger who guesses locks nobody out elsewhere [A10]', async () => {
  await using world = await limited(failures())
  await world.statuses(50, { ...wrong, from: elsewhere })
  assert.equal((await world.call({ from: here })).status, 200)
})

test('lets one more attempt through with each interval, however many were made [A10]', async () => {
  await using world = await limited(failures())
  const refused = await world.statuses(50, wrong)
  assert.equal(refused.filter((status) => status === 401).length, 3)
  await world.clock.advance(20_000)
  assert.deepEqual(await world.statuses(2, wrong), [401, 429])
  await world.clock.advance(20_000)
  assert.equal((await world.call()).status, 200)
})

test('a Retry-After that is obeyed leads to a token [A10]', async () => {
  await using world = await limited(failures())
  await world.statuses(3, wrong)
  const refused = await world.call()
  assert.equal(refused.status, 429)
  await world.clock.advance(Number(refused.headers.get('retry-after')) * 1_000)
  assert.equal((await world.call()).status, 200)
})

test('counts an unknown client as it counts a known one, so that neither shows [A10]', async () => {
  await using world = await limited(failures())
  const known = await world.statuses(6, wrong)
  const unknown = await world.statuses(6, { ...wrong, clientId: 'nobody' })
  assert.deepEqual(unknown, known)
})

test('counts a client under the name that it has, however Basic spells it [A10]', async () => {
  await using world = await limited(failures())
  const [first = '', ...rest] = the.clientId
  const spelled = `%${first.charCodeAt(0).toString(16)}${rest.join('')}`
  await world.statuses(2, wrong)
  assert.deepEqual(await world.statuses(2, { ...wrong, clientId: spelled }), [401, 429])
})

test('counts what fails from an address, whichever clients are named [A10]', async () => {
  await using world = await limited(failures({ quota: 10, windowSeconds: 60 }))
  const found: number[] = []
  for (let at = 0; at < 12; at++)
    found.push((await world.call({ ...wrong, clientId: `c-${at}` })).status)
  assert.deepEqual(found.slice(8), [401, 401, 429, 429])
  assert.equal((await world.call()).status, 429)
  assert.equal((await world.call({ from: elsewhere })).status, 200)
})

test('neighbours in an IPv6 network share a bucket, and do not with the next network [A10]', async () => {
  await using world = await limited(failures())
  await world.statuses(3, { ...wrong, from: '2001:db8::1' })
  assert.equal((await world.call({ from: '2001:db8::2' })).status, 429)
  assert.equal((await world.call({ from: '2001:db8:0:1::2' })).status, 200)
})

test('counts introspection and revocation in the same ring [A10]', async () => {
  await using world = await limited(failures())
  const form = { token: 'something' }
  await world.call({ ...wrong, path: '/oauth/introspect', form })
  await world.call({ ...wrong, path: '/oauth/revoke', form })
  assert.deepEqual(await world.statuses(2, wrong), [401, 429])
})

test('counts nothing where nobody knows the address: nobody could be told apart [A10]', async () => {
  await using world = await limited(failures())
  assert.equal(new Set(await world.statuses(20, { ...wrong, from: '' })).size, 1)
  assert.equal((await world.call({ from: '' })).status, 200)
})

test('does not count what is wrong about a request but not about its sender [A10]', async () => {
  await using world = await limited(failures())
  await world.statuses(20, { form: { scope: 'not:mine' } })
  await world.statuses(20, { form: { client_secret: 'twice' } })
  assert.equal((await world.call()).status, 200)
})

test('without failure limits every attempt is looked at [A10]', async () => {
  await using world = await limited({ limits: { failures: 'none' } })
  assert.equal(new Set(await world.statuses(500, wrong)).size, 1)
  assert.equal((await world.call()).status, 200)
})

test('only an address that has failed here is looked up where limits are shared [A10]', async () => {
  const shared = memoryLimiter()
  const asked: string[] = []
  const limiter = {
    ...later(shared),
    peek: async (requests: Parameters<typeof shared.peek>[0]) => {
      asked.push(...requests.map(({ key }) => key))
      return shared.peek(requests)
    },
  }
  await using world = await limited({ limits: { ...failures().limits, limiter } })
  assert.deepEqual(await world.statuses(3), [200, 200, 200])
  await world.call({ ...wrong, from: elsewhere })
  await world.call({ from: here })
  assert.deepEqual(asked, [])
  await world.call({ from: elsewhere })
  assert.deepEqual(asked, [elsewhere, `${elsewhere} ${the.clientId}`])
})

test('nodes that share their limits grant an address one attempt more each, and no more [A10]', async () => {
  const limiter = later(memoryLimiter())
  const options = { limits: { ...failures().limits, limiter } }
  await using one = await limited(options)
  await using other = await limited(options)
  assert.deepEqual(await one.statuses(4, wrong), [401, 401, 401, 429])
  assert.deepEqual(await other.statuses(3, wrong), [401, 429, 429])
  assert.equal((await one.call()).status, 429)
})

test('what a client may do at one address is forgotten with its failures, and costs nothing then [A10]', async () => {
  await using world = await limited(failures())
  const asked = await register(world.server, { id: 'other', scope: the.scope })
  await world.statuses(3, wrong)
  await world.clock.advance(61_000)
  assert.equal((await world.call({ clientId: 'other', secret: asked.reveal() })).status, 200)
  assert.deepEqual(await world.statuses(4, wrong), [401, 401, 401, 429])
})
