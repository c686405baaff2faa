import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientSecretPost, type PrivateKeyJwtOptions, privateKeyJwt } from '@mintmark/client'
import { publicJwkOf } from '@mintmark/jwt'
import { FakeClock, fixtureKeys, the } from '@mintmark/testkit'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { clientWorld, failureOf, tokenError } from '../client-world.ts'

const key = fixtureKeys.ES256
const keys = createLocalJWKSet({ keys: [{ ...publicJwkOf(key) }] })

/**
 * A client whose clock is `aheadMs` ahead of the server's, and a server that checks assertions
 * without any tolerance. The date of its answers is `dateAheadMs` ahead of its own clock.
 */
function world(aheadMs: number, options: Partial<PrivateKeyJwtOptions> = {}, dateAheadMs = 0) {
  const clock = new FakeClock({ wallMs: the.nowSeconds * 1000 + 123 + aheadMs })
  const clientAuthentication = privateKeyJwt({ key, ...options })
  const made = clientWorld({ clientAuthentication, clock })
  const state = { aheadMs, dateAheadMs }
  const serverNow = () => clock.wallMs() - state.aheadMs
  made.network.respond(the.tokenEndpoint, async (request) => {
    const answer = (await isAccepted(request.clone(), new Date(serverNow())))
      ? await made.tokenEndpoint.responder(request)
      : tokenError('invalid_client', 401)()
    answer.headers.set('date', new Date(serverNow() + state.dateAheadMs).toUTCString())
    return answer
  })
  const requests = () => made.network.requests.length
  const renew = async () => {
    made.client.forget()
    return made.client.token()
  }
  return { ...made, clock, state, requests, renew }
}

async function isAccepted(request: Request, currentDate: Date): Promise<boolean> {
  const form = new URLSearchParams(await request.text())
  const assertion = form.get('client_assertion') ?? ''
  const expected = { currentDate, audience: the.tokenEndpoint, maxTokenAge: '60s' }
  return jwtVerify(assertion, keys, expected).then(
    () => true,
    () => false,
  )
}

const minute = 60_000

test('gets a token at the second attempt with a clock that is wrong, and at the first from then on [C11]', async () => {
  for (const aheadMs of [10 * minute, -10 * minute, 24 * 60 * minute, 5_000, -70_000]) {
    const { renew, requests, events } = world(aheadMs)
    await renew()
    assert.equal(requests(), 2, `${aheadMs}`)
    const [obtained] = events.filter(({ type }) => type === 'token_obtained')
    assert.equal(obtained?.type === 'token_obtained' && obtained.attempts, 2)
    for (let renewal = 0; renewal < 10; renewal += 1) await renew()
    assert.equal(requests(), 12, `${aheadMs}`)
    const told = events.flatMap((event) => (event.type === 'clock_skewed' ? [event] : []))
    assert.equal(told.length, Math.abs(aheadMs) > 30_000 ? 1 : 0, `${aheadMs}`)
    for (const { skewSeconds } of told) assert(Math.abs(skewSeconds + aheadMs / 1000) <= 1)
    assert.equal(events.filter(({ type }) => type === 'circuit_opened').length, 0)
  }
})

test('needs no second attempt with a clock that is right to the second [C11]', async () => {
  for (const aheadMs of [0, 400, -400, 1_500, -1_500]) {
    const { renew, requests } = world(aheadMs)
    for (let renewal = 0; renewal < 5; renewal += 1) await renew()
    assert.equal(requests(), 5, `${aheadMs}`)
  }
})

test('follows a clock that is set right while the program runs [C11]', async () => {
  const { renew, requests, clock, state } = world(10 * minute)
  await renew()
  clock.stepWall(-10 * minute)
  state.aheadMs = 0
  await renew()
  await renew()
  assert.equal(requests(), 2 + 2 + 1)
})

test('keeps to the time that is accepted, whatever the date of the answers says [C11]', async () => {
  const { renew, requests } = world(0, {}, 10 * minute)
  for (let renewal = 0; renewal < 5; renewal += 1) await renew()
  assert.equal(requests(), 5)
})

test('goes back to its own clock when the date of the answers was no help [C7] [C11]', async () => {
  const wrongAudience = { audience: 'https://other.example' }
  const { client, clock, requests, state } = world(0, wrongAudience, 10 * minute)
  const error = await failureOf(client.token())
  assert.deepEqual([error.code, error.attempts], ['client_refused', 2])
  assert.equal((await failureOf(client.token())).attempts, 0)
  await clock.advance(30_000)
  state.dateAheadMs = 0
  assert.equal((await failureOf(client.token())).attempts, 1)
  assert.equal(requests(), 3)
})

test('asks once for a key that is wrong under a clock that is right [C7]', async () => {
  const { client, requests } = world(0, { key: fixtureKeys.EdDSA })
  assert.equal((await failureOf(client.token())).attempts, 1)
  assert.equal(requests(), 1)
})

test('does not repeat what holds no time, and tells of the wrong clock all the same [C11]', async () => {
  const clientAuthentication = clientSecretPost(the.clientSecret)
  const { client, network, events } = clientWorld({ clientAuthentication })
  const date = new Date((the.nowSeconds + 600) * 1000).toUTCString()
  network.respond(the.tokenEndpoint, tokenError('invalid_client', 401, { date }))
  assert.equal((await failureOf(client.token())).attempts, 1)
  const [told] = events.filter(({ type }) => type === 'clock_skewed')
  assert.deepEqual(told, { type: 'clock_skewed', skewSeconds: 601 })
})

test('does not take a refused scope for a matter of time [C11]', async () => {
  const { client, network } = world(0)
  const date = new Date((the.nowSeconds + 600) * 1000).toUTCString()
  network.respond(the.tokenEndpoint, tokenError('invalid_scope', 400, { date }))
  assert.equal((await failureOf(client.token())).attempts, 1)
})
