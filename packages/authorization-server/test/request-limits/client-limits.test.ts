import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LimitVerdict, memoryLimiter } from '@mintmark/limits'
import { elsewhere, here, later, limited, register, the } from './limited.ts'

const rate = { quota: 3, windowSeconds: 60 }
const quota = { name: 'daily', tokens: 3, windowSeconds: 86_400 }

test('counts every request of an address before it is read, when that is configured [A10]', async () => {
  await using world = await limited({ limits: { addresses: rate, failures: 'none' } })
  const form = { grant_type: 'nonsense' }
  assert.deepEqual(await world.statuses(4, { form }), [400, 400, 400, 429])
  assert.equal((await world.call()).status, 429)
  assert.equal((await world.call({ from: elsewhere })).status, 200)
  assert.deepEqual(world.reasons().slice(-1), ['rate_limited_address'])
})

test('counts the requests of a client wherever it asks from, and another client apart [A10]', async () => {
  await using world = await limited({ limits: { clients: rate } })
  const other = await register(world.server, { id: 'other', scope: the.scope })
  await world.statuses(2)
  assert.deepEqual(await world.statuses(2, { from: elsewhere }), [200, 429])
  assert.equal((await world.call({ clientId: 'other', secret: other.reveal() })).status, 200)
})

test('nobody uses up what a client may do without its secret [A10]', async () => {
  await using world = await limited({ limits: { clients: rate } }, { quotas: [quota] })
  await world.statuses(20, { secret: 'wrong-secret', from: elsewhere })
  assert.deepEqual(await world.statuses(3), [200, 200, 200])
})

test('tells a client what is left for it, in success and in refusal, and strangers nothing [A10]', async () => {
  await using world = await limited({ limits: { clients: rate } })
  const granted = await world.call()
  assert.equal(granted.headers.get('ratelimit-policy'), '"client";q=3;w=60')
  assert.match(granted.headers.get('ratelimit') ?? '', /^"client";r=2;t=\d+$/)
  const stranger = await world.call({ secret: 'wrong-secret', from: elsewhere })
  assert.equal(stranger.status, 401)
  assert.equal(stranger.headers.get('ratelimit'), null)
  await world.statuses(2)
  const refused = await world.call()
  assert.equal(refused.status, 429)
  assert.match(refused.headers.get('ratelimit') ?? '', /^"client";r=0;t=\d+$/)
  assert.ok(Number(refused.headers.get('retry-after')) >= 20)
  assert.deepEqual(Object.keys(Object(await refused.json())), [
    'error',
    'error_description',
    'error_uri',
  ])
})

test('a client without limits hears nothing of any [A10]', async () => {
  await using world = await limited()
  const granted = await world.call()
  assert.equal(granted.headers.get('ratelimit-policy'), null)
  assert.equal(granted.headers.get('ratelimit'), null)
})

test('issues as many tokens as a quota has, and more as time passes [A10]', async () => {
  await using world = await limited({}, { quotas: [quota] })
  assert.deepEqual(await world.statuses(4), [200, 200, 200, 429])
  assert.deepEqual(world.reasons(), ['quota_exceeded'])
  await world.clock.advance(28_800_000)
  assert.deepEqual(await world.statuses(2), [200, 429])
})

test('a request that gets no token takes none from a quota, and neither do other endpoints [A10]', async () => {
  await using world = await limited({}, { quotas: [quota] })
  await world.statuses(5, { form: { scope: 'not:mine' } })
  await world.statuses(5, { path: '/oauth/introspect', form: { token: 'x' } })
  assert.deepEqual(await world.statuses(4), [200, 200, 200, 429])
})

test('takes from all quotas of a client or from none, and names the one that refused [A10]', async () => {
  const quotas = [{ name: '_burst', tokens: 1, windowSeconds: 10 }, quota]
  await using world = await limited(
    { limits: { clients: { quota: 100, windowSeconds: 60 } } },
    { quotas },
  )
  const granted = await world.call()
  assert.equal(
    granted.headers.get('ratelimit-policy'),
    '"client";q=100;w=60, "_burst";q=1;w=10, "daily";q=3;w=86400',
  )
  const refused = await world.call({ headers: { accept: 'application/problem+json' } })
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('content-type'), 'application/problem+json')
  const problem = (await refused.json()) as Record<string, unknown>
  assert.deepEqual(problem['violated-policies'], ['_burst'])
  assert.equal(problem.error, 'temporarily_unavailable')
  assert.match(refused.headers.get('ratelimit') ?? '', /"daily";r=2/)
})

test('clients whose quotas have the same name do not share one [A10]', async () => {
  await using world = await limited({}, { quotas: [quota] })
  const settings = { quotas: [quota] }
  const other = await register(world.server, { id: 'other', scope: the.scope, settings })
  await world.statuses(3)
  assert.equal((await world.call({ clientId: 'other', secret: other.reveal() })).status, 200)
})

test('a quota in shadow mode refuses nothing and tells what it would have refused [A10]', async () => {
  await using world = await limited({}, { quotas: [quota], shadowed: ['quotas'] })
  assert.deepEqual(await world.statuses(5), [200, 200, 200, 200, 200])
  const shadowed = world.events.filter(({ type }) => type === 'refusal_shadowed')
  assert.deepEqual(shadowed, [
    ...Array.from({ length: 2 }, () => ({
      ...{ type: 'refusal_shadowed', endpoint: 'token', policy: 'quotas' },
      ...{ reason: 'quota_exceeded', clientId: the.clientId },
    })),
  ])
  assert.equal((await world.call()).headers.get('ratelimit'), null)
})

test('a quota beyond what can be counted is none that anybody reaches [A10]', async () => {
  const quotas = [{ name: 'all', tokens: 1_000_000_000, windowSeconds: 1 }]
  await using world = await limited({}, { quotas })
  assert.equal((await world.call()).status, 200)
})

test('a client that asks from where it may not looks like one with a wrong secret [A10] [A3]', async () => {
  const settings = { addresses: ['203.0.113.0/24', '2001:db8::/32'] }
  await using world = await limited({}, settings)
  assert.equal((await world.call()).status, 200)
  assert.equal((await world.call({ from: '2001:db8::5' })).status, 200)
  const strange = await world.call({ from: elsewhere })
  const wrong = await world.call({ from: elsewhere, secret: 'wrong-secret' })
  assert.deepEqual([...strange.headers], [...wrong.headers])
  const bodies = await Promise.all([strange, wrong].map((response) => response.text()))
  const [first, second] = bodies.map((body) => body.replace(/urn:[^"]+/, ''))
  assert.equal(first, second)
  assert.deepEqual(world.reasons(), ['address_not_allowed', 'secret_wrong'])
  assert.equal((await world.call({ from: '' })).status, 401)
})

test('asking from a wrong address is counted as a failed attempt, as a wrong secret is [A10]', async () => {
  await using world = await limited(
    { limits: { failures: { perClient: rate } } },
    { addresses: ['203.0.113.0/24'] },
  )
  assert.deepEqual(await world.statuses(4, { from: elsewhere }), [401, 401, 401, 429])
})

test('addresses in shadow mode refuse nobody and tell whom they would have refused [A10]', async () => {
  const settings = { addresses: [here], shadowed: ['addresses'] } as const
  await using world = await limited({}, settings)
  assert.equal((await world.call({ from: elsewhere })).status, 200)
  assert.deepEqual(world.reasons(), ['address_not_allowed'])
  assert.equal(
    world.events.some(({ type }) => type === 'refusal_shadowed'),
    true,
  )
})

test('the address behind trusted proxies counts, and nothing that strangers write [A10]', async () => {
  await using world = await limited({
    trustedProxies: ['10.0.0.0/8'],
    limits: { addresses: rate },
  })
  const via = (chain: string) => ({ from: '10.0.0.1', headers: { 'x-forwarded-for': chain } })
  assert.deepEqual(await world.statuses(4, via(`9.9.9.9, ${here}, 10.0.0.2`)), [200, 200, 200, 429])
  assert.equal((await world.call(via(`${here}, ${elsewhere}`))).status, 200)
  const spoofing = { from: here, headers: { 'x-forwarded-for': '192.0.2.1' } }
  assert.equal((await world.call(spoofing)).status, 429)
  await world.call(spoofing)
  const told = world.events.filter(({ type }) => type === 'forwarding_header_ignored')
  assert.deepEqual(told, [{ type: 'forwarding_header_ignored', header: 'x-forwarded-for' }])
})

test('a limiter that answers later decides the same, one that fails answers 500 and nothing else [A10]', async () => {
  const limiter = later(memoryLimiter())
  await using world = await limited(
    { limits: { addresses: { quota: 100, windowSeconds: 60 }, clients: rate, limiter } },
    { quotas: [quota] },
  )
  assert.deepEqual(await world.statuses(4), [200, 200, 200, 429])
  limiter.check = () => Promise.reject(new Error('broken'))
  assert.deepEqual(await world.statuses(2), [500, 500])
})

test('answers 503 with a time to wait where limits cannot be asked and that is to refuse [A10]', async () => {
  const nothing = { states: [], violated: [], shadowed: [] }
  const verdict: LimitVerdict = {
    ...{ allowed: false, basis: 'nothing', retryAfterMs: 1_500 },
    ...nothing,
  }
  const refusing = async () => verdict
  const limiter = { check: refusing, peek: refusing, charge: refusing }
  await using world = await limited({ limits: { clients: rate, limiter } })
  const refused = await world.call()
  assert.equal(refused.status, 503)
  assert.ok(Number(refused.headers.get('retry-after')) >= 2)
  assert.equal(((await refused.json()) as { error: string }).error, 'temporarily_unavailable')
  assert.deepEqual(world.reasons(), ['limits_unavailable'])
})

test('names an option that is unknown or no rate [A10]', async () => {
  const wrongLimits: [object, RegExp][] = [
    [{ adresses: rate }, /limits\.adresses/],
    [{ clients: { quota: 0, windowSeconds: 1 } }, /limits\.clients/],
    [{ failures: { perName: rate } }, /limits\.failures\.perName/],
    [{ failures: { perClient: 'much' } }, /limits\.failures\.perClient/],
    [{ ipv6PrefixBits: 8 }, /limits\.ipv6PrefixBits/],
    [{ share: 0 }, /limits\.share/],
    [{ share: 1.5 }, /limits\.share/],
  ]
  for (const [limits, message] of wrongLimits) {
    await assert.rejects(limited({ limits }), message)
  }
  await assert.rejects(limited({ trustedProxies: ['10.0.0.1/8'] }), /trustedProxies/)
})

test('a process of several grants its share of every limit and quota [A10]', async () => {
  const half = { failures: { perClient: { quota: 4, windowSeconds: 60 } }, share: 0.5 }
  await using failing = await limited({ limits: half })
  assert.deepEqual(await failing.statuses(3, { secret: 'wrong-secret' }), [401, 401, 429])
  const clients = { quota: 4, windowSeconds: 60 }
  await using asking = await limited({ limits: { clients, share: 0.5 } })
  assert.deepEqual(await asking.statuses(3), [200, 200, 429])
  await using issued = await limited(
    { limits: { share: 0.5 } },
    { quotas: [{ ...quota, tokens: 4 }] },
  )
  assert.deepEqual(await issued.statuses(3), [200, 200, 429])
})
