import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClientEvent } from '@mintmark/client'
import { the } from '@mintmark/testkit'
import { clientWorld, emptyAnswer, failureOf, tokenError } from '../client-world.ts'

function failuresIn(events: readonly TokenClientEvent[]) {
  return events.filter((event) => event.type === 'token_request_failed')
}

test('sends a wrong secret once, then nothing but a rare probe [C7]', async () => {
  const { client, clock, network, events } = clientWorld()
  network.respond(the.tokenEndpoint, tokenError('invalid_client', 401))
  const first = await failureOf(client.token())
  assert.deepEqual(
    [first.code, first.kind, first.oauthError, first.httpStatus, first.retryAfterMs],
    ['client_refused', 'terminal', 'invalid_client', 401, 30_000],
  )
  for (let call = 0; call < 1_000; call += 1) {
    const view = call % 2 ? client : client.for({ audience: `${call}` })
    const error = await failureOf(view.token())
    assert.deepEqual([error.kind, error.attempts], ['terminal', 0])
  }
  assert.equal(network.requests.length, 1)
  for (let second = 0; second < 600; second += 1) {
    await clock.advance(1_000)
    await failureOf(client.token())
  }
  // After 30 s, then 60 s, 120 s and 240 s later.
  assert.equal(network.requests.length, 5)
  assert.equal(events.filter(({ type }) => type === 'circuit_opened').length, 5)
  assert.equal(failuresIn(events).length, 5)
})

test('recovers through a probe once the client is known again [C7]', async () => {
  const { client, clock, tokenEndpoint, events } = clientWorld()
  tokenEndpoint.fail(tokenError('invalid_client', 401))
  await failureOf(client.token())
  await clock.advance(30_000)
  await client.token()
  assert.equal(tokenEndpoint.requestCount, 2)
  const closed = events.find(({ type }) => type === 'circuit_closed')
  assert.equal(closed?.type === 'circuit_closed' && closed.about, 'credential')
})

test('tries a changed secret at once [C7] [C11]', async () => {
  let current = 'the-old-secret-of-partner-a'
  const { client, tokenEndpoint } = clientWorld({ clientSecret: async () => current })
  tokenEndpoint.fail(tokenError('invalid_client', 401))
  for (let call = 0; call < 10; call += 1) {
    assert.equal((await failureOf(client.token())).code, 'client_refused')
  }
  assert.equal(tokenEndpoint.requestCount, 1)
  current = 'the-new-secret-of-partner-a'
  await client.token()
  assert.equal(tokenEndpoint.requestCount, 2)
})

test('holds a refused scope against that request only, a refused client against all [C7]', async () => {
  const { client, tokenEndpoint } = clientWorld()
  for (const [error, code] of [
    ['invalid_scope', 'request_refused'],
    ['invalid_target', 'request_refused'],
    ['invalid_request', 'request_refused'],
    ['unsupported_grant_type', 'request_refused'],
  ] as const) {
    const view = client.for({ audience: error })
    tokenEndpoint.fail(tokenError(error, 400))
    assert.equal((await failureOf(view.token())).code, code)
    const again = await failureOf(view.token())
    assert.deepEqual([again.kind, again.oauthError, again.attempts], ['terminal', error, 0])
  }
  assert.equal(tokenEndpoint.requestCount, 4)
  await client.token()
  tokenEndpoint.fail(tokenError('unauthorized_client', 400))
  const error = await failureOf(client.for({ audience: 'x' }).token())
  assert.equal(error.code, 'client_not_permitted')
  assert.equal(
    (await failureOf(client.for({ audience: 'y' }).token())).code,
    'client_not_permitted',
  )
  assert.equal((await client.token()).reveal(), tokenEndpoint.token(1))
  assert.equal(tokenEndpoint.requestCount, 6)
})

test('takes a redirecting or absent token endpoint for misconfigured, and follows nothing [C7] [C12]', async () => {
  for (const status of [301, 302, 307, 308, 404, 405]) {
    const { client, network } = clientWorld()
    const headers = { location: 'https://evil.example/token' }
    network.respond(the.tokenEndpoint, emptyAnswer(status, headers))
    const error = await failureOf(client.token())
    assert.deepEqual([error.code, error.kind], ['endpoint_misconfigured', 'misconfigured'])
    await failureOf(client.token())
    assert.equal(network.requests.length, 1, `${status}`)
  }
})
