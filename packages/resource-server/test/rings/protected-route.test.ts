import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAddressReader, type Limiter, memoryLimiter } from '@mintmark/limits'
import type { ProtectOptions } from '@mintmark/resource-server'
import { fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import fc from 'fast-check'
import { createProtection } from '../../src/protection.ts'
import { guardWorld, signedToken } from '../guard-world.ts'
import { from, ringedWorld } from './ringed-world.ts'

const HERE = '203.0.113.7'
const THERE = '198.51.100.1'

const tokenOf = (client_id: string, scope = 'decisions:read'): string =>
  signedToken({ claims: some.claims({ client_id, sub: client_id, scope }) })

/** Signed by a key that is not the one it names: it takes a signature check to find out. */
function forgedToken(at = 0): string {
  const header = { kid: fixtureKeys.ES256.kid }
  const claims = some.claims({ jti: `forged-${at}` })
  const token = signedToken({ header, claims })
  const other = signedToken({ header, claims: some.claims({ jti: `other-${at}` }) })
  return token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
}

test('requests without a token take from the ring of their address, and are told how to wait [S2] [R9]', async () => {
  const { statuses, ask, clock } = ringedWorld()
  assert.deepEqual([...(await statuses(5, from(HERE)))], [[401, 5]])
  const { verdict, announced } = await ask(from(HERE))
  assert.ok(!verdict.admitted)
  assert.deepEqual([verdict.status, verdict.code], [429, 'rate_limited'])
  const fields = new Map(verdict.headers)
  assert.equal(fields.get('ratelimit-policy'), '"public";q=5;w=60')
  assert.equal(fields.get('retry-after'), String(verdict.retryAfterSeconds))
  assert.equal(fields.get('content-type'), 'application/problem+json')
  assert.equal(fields.has('www-authenticate'), false)
  assert.deepEqual(JSON.parse(verdict.body)['violated-policies'], ['public'])
  assert.equal(announced.size, 0)
  await clock.advance((verdict.retryAfterSeconds ?? 0) * 1_000)
  assert.deepEqual([...(await statuses(1, from(HERE)))], [[401, 1]])
  assert.deepEqual([...(await statuses(1, from(THERE)))], [[401, 1]])
})

test('a verified client takes from its own ring, wherever it calls from, and sees what is left [S2] [R9]', async () => {
  const { statuses, ask } = ringedWorld()
  const token = tokenOf('partner-a')
  const { verdict, announced } = await ask(from(HERE, token))
  assert.ok(verdict.admitted)
  assert.equal(announced.get('ratelimit-policy'), '"partner";q=600;w=60')
  assert.match(announced.get('ratelimit') ?? '', /^"partner";r=9;t=\d+$/)
  assert.deepEqual([...(await statuses(9, from(THERE, tokenOf('partner-a'))))], [[200, 9]])
  assert.deepEqual([...(await statuses(1, from(HERE, token)))], [[429, 1]])
})

test('partners behind one address do not share a bucket [S2] [R9]', async () => {
  const { statuses } = ringedWorld()
  await statuses(11, from(HERE, tokenOf('partner-a')))
  assert.deepEqual([...(await statuses(10, from(HERE, tokenOf('partner-b'))))], [[200, 10]])
})

test('a flood of bad tokens uses up its address, and no partner, not even one behind it [S2] [R9]', async () => {
  const { statuses } = ringedWorld()
  const known = tokenOf('partner-a')
  await statuses(1, from(HERE, known))
  const flood = await statuses(100, from(HERE, 'not.a.token'))
  assert.deepEqual(
    [...flood],
    [
      [401, 5],
      [429, 95],
    ],
  )
  assert.deepEqual([...(await statuses(4, from(HERE, known)))], [[200, 4]])
  assert.deepEqual([...(await statuses(5, from(HERE, tokenOf('partner-a'))))], [[200, 5]])
  assert.deepEqual([...(await statuses(1, from(HERE, known)))], [[429, 1]])
})

test('forgeries stop first sights from their address before a signature is checked, and no more [R9]', async () => {
  const { ask, statuses, clock, events } = ringedWorld()
  const known = tokenOf('partner-a')
  await statuses(1, from(HERE, known))
  for (let at = 0; at < 3; at++) await ask(from(HERE, forgedToken(at)))
  const codes = () => events.flatMap((event) => ('code' in event ? [event.code] : []))
  assert.deepEqual(codes(), Array(3).fill('bad_signature'))
  const { verdict } = await ask(from(HERE, forgedToken(3)))
  assert.ok(!verdict.admitted && verdict.code === 'rate_limited')
  assert.equal(codes().at(-1), 'rate_limited')
  assert.deepEqual(JSON.parse(verdict.body)['violated-policies'], ['forgeries'])
  assert.deepEqual([...(await statuses(1, from(HERE, known)))], [[200, 1]])
  assert.deepEqual([...(await statuses(1, from(THERE, tokenOf('partner-b'))))], [[200, 1]])
  await clock.advance((verdict.retryAfterSeconds ?? 0) * 1_000)
  assert.deepEqual([...(await statuses(1, from(HERE, tokenOf('partner-c'))))], [[200, 1]])
})

test('a request that lacks the scope counts for its client: 429 comes before 403 [S2] [S3]', async () => {
  const { statuses } = ringedWorld({ scope: 'decisions:read' })
  const token = tokenOf('partner-a', 'applications:write')
  assert.deepEqual(
    [...(await statuses(12, from(HERE, token)))],
    [
      [403, 10],
      [429, 2],
    ],
  )
})

test('an outage of ours counts nowhere', async () => {
  const { statuses, network } = ringedWorld()
  network.respond(the.metadataUrl, jsonResponse('', { status: 500 }))
  assert.deepEqual([...(await statuses(20, from(HERE, tokenOf('partner-a'))))], [[503, 20]])
  assert.deepEqual([...(await statuses(5, from(HERE)))], [[401, 5]])
})

test('a route may cost more, and a request that was refused for its token does not', async () => {
  const { statuses } = ringedWorld({ cost: 4 })
  assert.deepEqual(
    [...(await statuses(3, from(HERE, tokenOf('partner-a'))))],
    [
      [200, 2],
      [429, 1],
    ],
  )
  assert.deepEqual(
    [...(await statuses(6, from(HERE)))],
    [
      [401, 5],
      [429, 1],
    ],
  )
})

test('clients of the same name at two issuers do not share a bucket', async () => {
  const { rings } = ringedWorld()
  const of = (issuer: string) =>
    rings.check({ address: undefined, clientId: 'partner-a', issuer, cost: 10 })
  assert.equal((await of('https://one.example')).allowed, true)
  assert.equal((await of('https://one.example')).allowed, false)
  assert.equal((await of('https://two.example')).allowed, true)
})

test('in shadow mode nothing is refused, nothing is announced, and the observer is told [R9]', async () => {
  const told: unknown[] = []
  const limiter = memoryLimiter({ observer: (event) => void told.push(event) })
  const { statuses, ask } = ringedWorld({ limiter, mode: 'shadow' })
  assert.deepEqual([...(await statuses(6, from(HERE)))], [[401, 6]])
  const token = tokenOf('partner-a')
  assert.deepEqual([...(await statuses(11, from(HERE, token)))], [[200, 11]])
  assert.equal((await ask(from(HERE, token))).announced.size, 0)
  const names = told.map((event) => (event as { policy: string }).policy)
  assert.deepEqual([...new Set(names)], ['public', 'partner'])
})

test('limits that cannot be asked and are to refuse are answered with 503, never 401 or 429 [R9]', async () => {
  const nobody: Limiter['check'] = async () => ({
    ...{ allowed: false, basis: 'nothing' as const, states: [], violated: [], shadowed: [] },
    retryAfterMs: 1_000,
  })
  const { ask } = ringedWorld({ limiter: { check: nobody, peek: nobody, charge: nobody } })
  for (const request of [from(HERE), from(HERE, tokenOf('partner-a'))]) {
    const { verdict } = await ask(request)
    assert.ok(!verdict.admitted)
    assert.deepEqual([verdict.status, verdict.code], [503, 'limits_unavailable'])
    assert.match(JSON.parse(verdict.body).type, /#temporary-reduced-capacity$/)
  }
})

test('a client behind our proxy has its own address, and one that writes the field itself has not [R9]', async () => {
  const addresses = clientAddressReader({ trustedProxies: ['10.0.0.0/8'] })
  const { statuses } = ringedWorld({ addresses })
  const via = (peer: string, forwarded: string) =>
    from(peer, undefined, { 'x-forwarded-for': forwarded })
  assert.deepEqual([...(await statuses(5, via('10.0.0.1', HERE)))], [[401, 5]])
  assert.deepEqual(
    [...(await statuses(1, via('::ffff:10.0.0.2', `${THERE}, ${HERE}`)))],
    [[429, 1]],
  )
  assert.deepEqual([...(await statuses(1, via('10.0.0.1', THERE)))], [[401, 1]])
  for (let at = 0; at < 5; at++) await statuses(1, via('192.0.2.9', `10.1.1.${at}`))
  assert.deepEqual([...(await statuses(1, via('192.0.2.9', '10.1.1.9')))], [[429, 1]])
})

test('10,000 addresses of one IPv6 network are one, and IPv4 in IPv6 is IPv4 [R9]', async () => {
  const { ask, statuses } = ringedWorld()
  let unauthorized = 0
  for (let at = 0; at < 10_000; at++) {
    const { verdict } = await ask(from(`2001:db8:0:7::${at.toString(16)}`))
    if (!verdict.admitted && verdict.status === 401) unauthorized += 1
  }
  assert.equal(unauthorized, 5)
  assert.deepEqual([...(await statuses(5, from(`::ffff:${HERE}`)))], [[401, 5]])
  assert.deepEqual([...(await statuses(1, from(HERE)))], [[429, 1]])
})

test('whatever stands in a request, it counts once and the answer is one of ours', async () => {
  const world = ringedWorld({ addresses: clientAddressReader({ trustedProxies: ['::/0'] }) })
  const someRequest = fc.record({
    peerAddress: fc.oneof(fc.constant(undefined), fc.ipV4(), fc.ipV6(), fc.string()),
    headers: fc.record({
      authorization: fc.oneof(
        fc.string(),
        fc.string().map((text) => `Bearer ${text}`),
      ),
      'x-forwarded-for': fc.oneof(fc.string(), fc.array(fc.ipV6()).map(String)),
    }),
  })
  const property = fc.asyncProperty(someRequest, async (request) => {
    const { verdict } = await world.ask(request)
    assert.ok(!verdict.admitted && [400, 401, 429].includes(verdict.status))
    for (const [name, value] of verdict.headers) assert.match(name + value, /^[\x20-\x7e]+$/)
  })
  await fc.assert(property, { numRuns: 150 })
})

const { guard } = guardWorld()
const { rings } = ringedWorld()
const mistakes: readonly [string, object][] = [
  ['rings that went missing', { guard, rings: undefined }],
  ['a cost without rings', { guard, cost: 2 }],
  ['addresses without rings', { guard, addresses: clientAddressReader() }],
  ['rings that are none', { guard, rings: {} }],
  ['a cost that no bucket can hold', { guard, rings, cost: 11 }],
  ['half a unit', { guard, rings, cost: 1.5 }],
]
for (const [title, options] of mistakes) {
  test(`${title} fails when the route is set up`, () => {
    assert.throws(
      () => createProtection(options as unknown as ProtectOptions),
      /TypeError|RangeError/,
    )
  })
}
