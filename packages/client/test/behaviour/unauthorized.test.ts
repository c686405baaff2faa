import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {} from '@mintmark/client'
import { jsonResponse } from '@mintmark/testkit'
import { apiUrl, clientWorld } from '../client-world.ts'
import { api, bearerChallenge, reasonsIn, unauthorized } from '../revocable-api.ts'

test('gets exactly one new token and retries once after a 401 [T3] [C6]', async () => {
  const world = clientWorld()
  const resource = api(world)
  resource.revoke(1)
  const response = await world.client.fetch(apiUrl, { method: 'POST', body: 'an order' })
  assert.equal(response.status, 200)
  assert.equal(world.tokenEndpoint.requestCount, 2)
  const sent = world.network.requestsTo(apiUrl)
  assert.deepEqual(
    sent.map(({ headers }) => headers.get('authorization')),
    [1, 2].map((number) => `Bearer ${world.tokenEndpoint.token(number)}`),
  )
  assert.deepEqual(
    sent.map(({ body }) => body),
    ['an order', 'an order'],
  )
  assert.deepEqual(reasonsIn(world.events), ['token_invalid'])
})

test('never makes a third attempt, and returns the second 401 [T3] [C6]', async () => {
  const world = clientWorld()
  const resource = api(world)
  resource.revoke(1, 2, 3, 4)
  const response = await world.client.fetch(apiUrl)
  assert.equal(response.status, 401)
  assert.equal(await response.text(), 'unauthorized')
  assert.equal(resource.callCount, 2)
  assert.equal(world.tokenEndpoint.requestCount, 2)
})

test('returns a 401 that a new token would not cure as it is [C6]', async () => {
  const rows: readonly [challenge: string, reason: string][] = [
    ['', 'no_bearer_challenge'],
    ['Basic realm="users"', 'no_bearer_challenge'],
    ['Bearer error="insufficient_scope", scope="a"', 'not_about_the_token'],
    ['Bearer error="invalid_request"', 'not_about_the_token'],
    [`${bearerChallenge}, reason="wrong_audience"`, 'renewal_would_not_help'],
    [`${bearerChallenge}, reason="wrong_issuer"`, 'renewal_would_not_help'],
  ]
  for (const [challenge, reason] of rows) {
    const world = clientWorld()
    world.network.respond(apiUrl, () =>
      challenge === ''
        ? new Response('locked for today', { status: 401 })
        : unauthorized(challenge, 'locked for today'),
    )
    const response = await world.client.fetch(apiUrl)
    assert.equal(await response.text(), 'locked for today', challenge)
    assert.equal(world.tokenEndpoint.requestCount, 1, challenge)
    assert.equal(world.network.requestsTo(apiUrl).length, 1, challenge)
    assert.deepEqual(reasonsIn(world.events), [reason])
  }
})

test('never renews for a 403 [C6]', async () => {
  const world = clientWorld()
  world.network.respond(apiUrl, () => {
    const headers = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="b"' }
    return new Response('no', { status: 403, headers })
  })
  assert.equal((await world.client.fetch(apiUrl)).status, 403)
  assert.equal(world.tokenEndpoint.requestCount, 1)
})

test('renews for each reason of our guard that speaks of the token itself [C6]', async () => {
  for (const reason of ['expired', 'revoked', 'unknown_key', 'bad_signature']) {
    const world = clientWorld()
    api(world, `${bearerChallenge}, reason="${reason}"`).revoke(1)
    assert.equal((await world.client.fetch(apiUrl)).status, 200, reason)
    assert.equal(world.tokenEndpoint.requestCount, 2, reason)
  }
})

test('does not retry a body that cannot be sent again, but renews for the next call [C6]', async () => {
  const world = clientWorld()
  const resource = api(world)
  resource.revoke(1)
  const stream = new Blob(['chunk']).stream()
  const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
  const response = await world.client.fetch(apiUrl, init)
  assert.equal(response.status, 401)
  assert.equal(await response.text(), 'unauthorized')
  assert.equal(resource.callCount, 1)
  assert.equal((await world.client.fetch(apiUrl)).status, 200)
  assert.equal(world.tokenEndpoint.requestCount, 2)
  assert.deepEqual(reasonsIn(world.events), ['body_not_replayable'])
})

test('discards the body of the first answer before it sends again [C6]', async () => {
  const world = clientWorld()
  const happened: string[] = []
  let calls = 0
  world.network.respond(apiUrl, () => {
    calls += 1
    happened.push(`call ${calls}`)
    if (calls === 2) return jsonResponse({})
    const body = new ReadableStream({ cancel: () => void happened.push('discarded') })
    return new Response(body, { status: 401, headers: { 'www-authenticate': bearerChallenge } })
  })
  assert.equal((await world.client.fetch(apiUrl)).status, 200)
  assert.deepEqual(happened, ['call 1', 'discarded', 'call 2'])
})

test('takes a 401 from where a redirect led for nothing to do with the token [C6] [C12]', async () => {
  const world = clientWorld()
  world.network.respond(apiUrl, () => {
    const response = unauthorized()
    Object.defineProperties(response, {
      redirected: { value: true },
      url: { value: 'https://elsewhere.example/' },
    })
    return response
  })
  await world.client.fetch(apiUrl)
  assert.equal(world.tokenEndpoint.requestCount, 1)
  assert.deepEqual(reasonsIn(world.events), ['answered_elsewhere'])
})
