/**
 * The guard and an issuer on real sockets that fails in every way: no good token is refused while keys of it are in
 * hand, none is refused with a 401 for an outage, and the issuer is not asked more often than it must be.
 */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { encodeBase64urlText, type PrivateJwk } from '@mintmark/jwt'
import { createGuard, type Guard, type GuardEvent, type Verdict } from '@mintmark/resource-server'
import { attackerKeys, FakeClock, fixtureKeys, seededRandom, some, the } from '@mintmark/testkit'
import { importJWK, type JWK, SignJWT } from 'jose'
import {
  type KeySetFault,
  type KeySetIssuer,
  keySetFaults,
  keySetIssuer,
} from './key-set-issuer.ts'

const LIFETIME_MS = 300_000
const STALE_MS = 3_600_000
const DEADLINE_MS = 5_000
const PAUSE_MS = 30_000

interface KeySetWorld {
  readonly issuer: KeySetIssuer
  readonly clock: FakeClock
  readonly guard: Guard
  readonly events: readonly GuardEvent[]
  /** Checks a token of the issuer with this `jti`, signed by `key`. */
  check(jti: string, key?: PrivateJwk): Promise<Verdict>
}

async function keySetWorld(test: TestContext): Promise<KeySetWorld> {
  const issuer = await keySetIssuer(test)
  const clock = new FakeClock()
  const events: GuardEvent[] = []
  const guard = createGuard({
    ...{ issuer: issuer.origin, audience: the.audience, clock, random: seededRandom(1) },
    observer: (event) => events.push(event),
  })
  test.after(() => guard.dispose())
  return {
    ...{ issuer, clock, guard, events },
    check: async (jti, key = fixtureKeys.EdDSA) =>
      await guard.check(carrying(await tokenOf(issuer.origin, jti, key))),
  }
}

function carrying(token: string) {
  return { headers: { authorization: `Bearer ${token}` } }
}

async function tokenOf(iss: string, jti: string, key: PrivateJwk): Promise<string> {
  const alg = key.alg ?? 'EdDSA'
  const claims = some.claims({ iss, jti, exp: the.nowSeconds + 86_400 })
  return await new SignJWT({ ...claims })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid: key.kid ?? '' })
    .sign(await importJWK({ ...key } as JWK, alg))
}

/** Waits for what is under way; a fault that never answers is waited for until the deadline. */
async function settled<Value>(
  { issuer, clock }: KeySetWorld,
  fault: KeySetFault | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  if (fault !== 'slow-headers' && fault !== 'slow-body') return await work()
  const arrived = issuer.nextRequest()
  const working = work()
  await arrived
  await clock.advance(DEADLINE_MS)
  return await working
}

/** Waits until a renewal that nobody waits for has ended. */
async function renewalEnded({ events }: KeySetWorld, known: number): Promise<void> {
  const ended = () => events.slice(known).some(({ type }) => type === 'key_set')
  while (!ended()) await new Promise((resolve) => setImmediate(resolve))
}

function codeOf(verdict: Verdict): string {
  return verdict.admitted ? 'admitted' : verdict.code
}

describe('an issuer whose key set fails by', () => {
  for (const fault of keySetFaults) {
    test(`${fault} at the start: 503 with Retry-After, and one request for twenty tokens [R2, R4]`, async (context) => {
      const world = await keySetWorld(context)
      const { issuer, clock, guard } = world
      issuer.break(fault)
      const together = await settled(world, fault, () =>
        Promise.all(Array.from({ length: 10 }, (_, at) => world.check(`together-${at}`))),
      )
      const later = []
      for (let at = 0; at < 10; at += 1) later.push(await world.check(`later-${at}`))
      for (const verdict of [...together, ...later]) {
        assert.ok(!verdict.admitted)
        assert.deepEqual([verdict.status, verdict.code], [503, 'keys_unavailable'])
        assert.equal(verdict.headers[0]?.[0], 'retry-after')
      }
      assert.deepEqual([issuer.keySetRequests(), issuer.redirectedRequests()], [1, 0])
      assert.equal(guard.ready().state, 'failing')
      issuer.break(undefined)
      await clock.advance(1_000)
      assert.equal(codeOf(await world.check('afterwards')), 'admitted')
      assert.equal(guard.ready().state, 'ready')
    })

    test(`${fault} later: every token is judged by the keys in hand, for an hour [R2, R3]`, async (context) => {
      const world = await keySetWorld(context)
      const { issuer, clock, guard } = world
      assert.equal(codeOf(await world.check('remembered')), 'admitted')
      issuer.break(fault)
      await clock.advance(LIFETIME_MS + 1_000)
      assert.equal(codeOf(await settled(world, fault, () => world.check('first'))), 'admitted')
      for (let at = 0; at < 20; at += 1) {
        assert.equal(codeOf(await world.check('remembered')), 'admitted')
        assert.equal(codeOf(await world.check(`new-${at}`)), 'admitted')
      }
      assert.equal(issuer.keySetRequests(), 2)
      assert.equal(guard.ready().state, 'stale')
      assert.equal(
        codeOf(await world.check('forged', { ...attackerKeys.EdDSA, kid: 'fixture-eddsa' })),
        'bad_signature',
      )
      await clock.advance(STALE_MS)
      assert.equal(
        codeOf(await settled(world, fault, () => world.check('remembered'))),
        'keys_unavailable',
      )
      assert.equal(guard.ready().state, 'failing')
      assert.equal(issuer.redirectedRequests(), 0)
    })
  }

  test('all of them in turn, without one refused token, and is ready when it is mended [R2]', async (context) => {
    const world = await keySetWorld(context)
    const { issuer, clock, guard } = world
    await world.check('remembered')
    await clock.advance(LIFETIME_MS)
    for (const fault of keySetFaults.filter((name) => !name.startsWith('slow'))) {
      issuer.break(fault)
      await clock.advance(PAUSE_MS)
      const known = world.events.length
      assert.equal(codeOf(await world.check('remembered')), 'admitted', fault)
      await renewalEnded(world, known)
    }
    assert.equal(guard.ready().state, 'stale')
    issuer.break(undefined)
    await clock.advance(PAUSE_MS)
    const known = world.events.length
    assert.equal(codeOf(await world.check('remembered')), 'admitted')
    await renewalEnded(world, known)
    assert.equal(guard.ready().state, 'ready')
    assert.equal(clock.pendingCount, 0)
  })
})

describe('an issuer', () => {
  const next: PrivateJwk = { ...attackerKeys.EdDSA, kid: 'next' }

  test('is asked once for a flood of unknown keys, and its rotation noticed in half a minute [R2]', async (context) => {
    const world = await keySetWorld(context)
    const { issuer, clock } = world
    await world.check('first')
    const flood = async (round: string) => {
      const checks = Array.from({ length: 100 }, (_, at) =>
        world.check(`${round}-${at}`, { ...attackerKeys.EdDSA, kid: `nobody-${round}-${at}` }),
      )
      for (const verdict of await Promise.all(checks)) assert.equal(codeOf(verdict), 'unknown_key')
    }
    await flood('before')
    assert.equal(issuer.keySetRequests(), 2)
    issuer.publish(...Object.values(fixtureKeys), next)
    await flood('between')
    assert.equal(codeOf(await world.check('too early', next)), 'unknown_key')
    assert.equal(issuer.keySetRequests(), 2)
    await clock.advance(PAUSE_MS)
    await flood('after')
    assert.equal(codeOf(await world.check('rotated', next)), 'admitted')
    assert.equal(codeOf(await world.check('still')), 'admitted')
    assert.equal(issuer.keySetRequests(), 3)
  })

  test('that is flooded with unknown keys while it is down is asked no more often [R2]', async (context) => {
    const world = await keySetWorld(context)
    const { issuer } = world
    await world.check('first')
    issuer.break('status-503')
    for (let at = 0; at < 100; at += 1) {
      const verdict = await world.check(`${at}`, { ...attackerKeys.EdDSA, kid: `nobody-${at}` })
      assert.equal(codeOf(verdict), 'keys_unavailable')
    }
    assert.equal(codeOf(await world.check('good')), 'admitted')
    assert.equal(issuer.keySetRequests(), 2)
  })

  test('that takes a key back ends its tokens within a lifetime, remembered ones too [R2, R3]', async (context) => {
    const world = await keySetWorld(context)
    const { issuer, clock } = world
    issuer.publish(fixtureKeys.EdDSA, fixtureKeys.ES256)
    assert.equal(codeOf(await world.check('withdrawn')), 'admitted')
    issuer.publish(fixtureKeys.ES256)
    assert.equal(codeOf(await world.check('withdrawn')), 'admitted')
    await clock.advance(LIFETIME_MS)
    assert.equal(codeOf(await world.check('withdrawn')), 'unknown_key')
    assert.equal(codeOf(await world.check('withdrawn, never seen')), 'unknown_key')
    assert.equal(codeOf(await world.check('other', fixtureKeys.ES256)), 'admitted')
  })

  test('that replaces a key under the same name ends the tokens of the old one [R2, R3]', async (context) => {
    const world = await keySetWorld(context)
    const { issuer, clock } = world
    assert.equal(codeOf(await world.check('old')), 'admitted')
    const replaced: PrivateJwk = { ...attackerKeys.EdDSA, kid: 'fixture-eddsa' }
    issuer.publish(replaced)
    await clock.advance(LIFETIME_MS)
    assert.equal(codeOf(await world.check('old')), 'bad_signature')
    assert.equal(codeOf(await world.check('new', replaced)), 'admitted')
  })

  test('that is down takes no other issuer with it [R2, R7]', async (context) => {
    const [down, up] = [await keySetIssuer(context), await keySetIssuer(context)]
    const guard = createGuard({
      issuers: [{ issuer: down.origin }, { issuer: up.origin }],
      ...{ audience: the.audience, clock: new FakeClock() },
    })
    context.after(() => guard.dispose())
    down.break('connection-reset')
    const checkOf = async ({ origin }: KeySetIssuer) =>
      codeOf(await guard.check(carrying(await tokenOf(origin, 'x', fixtureKeys.EdDSA))))
    assert.equal(await checkOf(down), 'keys_unavailable')
    assert.equal(await checkOf(up), 'admitted')
    assert.equal(guard.ready().state, 'failing')
  })

  test('vouches for its own tokens alone, whoever else has the key [R2, R7]', async (context) => {
    const [one, other] = [await keySetIssuer(context), await keySetIssuer(context)]
    const guard = createGuard({
      issuers: [{ issuer: one.origin }, { issuer: other.origin }],
      ...{ audience: the.audience, clock: new FakeClock() },
    })
    context.after(() => guard.dispose())
    one.publish(fixtureKeys.EdDSA)
    other.publish(fixtureKeys.ES256)
    const codeFor = async ({ origin }: KeySetIssuer, key: PrivateJwk) =>
      codeOf(await guard.check(carrying(await tokenOf(origin, 'x', key))))
    assert.equal(await codeFor(one, fixtureKeys.EdDSA), 'admitted')
    assert.equal(await codeFor(other, fixtureKeys.ES256), 'admitted')
    assert.equal(await codeFor(other, fixtureKeys.EdDSA), 'unknown_key')
    assert.equal(await codeFor(one, fixtureKeys.ES256), 'unknown_key')
  })

  test('is not asked for anything by tokens of others, however many [R1, R2]', async (context) => {
    const world = await keySetWorld(context)
    const header = encodeBase64urlText('{"alg":"EdDSA","typ":"at+jwt","kid":"x"}')
    for (let at = 0; at < 100; at += 1) {
      const claims = encodeBase64urlText(JSON.stringify({ iss: `https://nobody-${at}.example` }))
      const verdict = await world.guard.check(carrying(`${header}.${claims}.AAAA`))
      assert.equal(codeOf(verdict), 'wrong_issuer')
    }
    assert.equal(world.issuer.keySetRequests(), 0)
  })
})
