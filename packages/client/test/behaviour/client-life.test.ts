import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import { findSecret, seededRandom, the } from '@mintmark/testkit'
import { clientWorld, outcomeOf } from '../client-world.ts'

test('is ready after warm-up, and the first call then makes no request [C15]', async () => {
  const { client, tokenEndpoint } = clientWorld()
  assert.equal(client.ready(), false)
  assert.equal(await client.warm(), undefined)
  assert.equal(client.ready(), true)
  await client.token()
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('does nothing before it is asked: no request, no timer [C15]', async () => {
  const { client, network, clock } = clientWorld()
  client.for({ audience: 'b' })
  await clock.advance(3_600_000)
  assert.equal(network.requests.length, 0)
  assert.equal(clock.pendingCount, 0)
})

test('leaves no timer behind when it has what it wants [C15]', async () => {
  const { client, clock } = clientWorld()
  await client.token()
  await clock.advance(3_100_000)
  await client.token()
  await clock.advance(0)
  assert.equal(clock.pendingCount, 0)
})

test('ends everything when it is disposed of, views included [C15]', async () => {
  const { client, tokenEndpoint, clock, network } = clientWorld()
  const view = client.for({ audience: 'b' })
  await view.token()
  tokenEndpoint.hold()
  const waiting = outcomeOf(client.token())
  await clock.advance(0)
  await client.dispose()
  await client.dispose()
  const later: readonly Promise<unknown>[] = [
    view.token(),
    client.token(),
    client.for({ audience: 'c' }).token(),
    view.fetch(the.audience),
  ]
  for (const { error } of [
    await waiting,
    ...(await Promise.all(later.map((promise) => outcomeOf(promise)))),
  ]) {
    assert(error instanceof TokenAcquisitionError)
    assert.deepEqual([error.code, error.kind], ['disposed', 'aborted'])
  }
  assert.equal(view.currentToken(), undefined)
  assert.equal(view.ready(), false)
  assert.equal(clock.pendingCount, 0)
  assert.equal(network.requests.length, 2)
})

test('passes a bug on to whoever waits, as it is, and tries again after a pause [C5]', async () => {
  const bug = new Error('a port that fails once')
  const failures = [bug]
  const seeded = seededRandom(1)
  const bytes = (length: number) => {
    // The draws of six bytes are those for renewal instants and pauses.
    const failure = length === 6 ? failures.shift() : undefined
    if (failure !== undefined) throw failure
    return seeded.bytes(length)
  }
  const { client, clock, events, tokenEndpoint } = clientWorld({ random: { bytes } })
  assert.equal((await outcomeOf(client.token())).error, bug)
  const failed = events.find(({ type }) => type === 'token_request_failed')
  assert.equal(failed?.type === 'token_request_failed' && failed.error.code, 'internal_failure')
  const next = client.token()
  await clock.advance(249)
  assert.equal(tokenEndpoint.requestCount, 1)
  await clock.advance(5_000)
  assert.equal((await next).reveal(), tokenEndpoint.token(2))
})

test('explains its last decisions with fingerprints only [C10] [C16]', async () => {
  const { client, clock, tokenEndpoint } = clientWorld()
  for (let round = 0; round < 40; round += 1) {
    await client.token()
    client.forget()
  }
  const decisions = client.explain()
  assert.equal(decisions.length, 64)
  assert.equal(decisions.at(-1)?.event.type, 'tokens_forgotten')
  assert.equal(decisions.at(-1)?.atWallMs, clock.wallMs())
  const printed = JSON.stringify(decisions)
  for (let number = 1; number <= 40; number += 1) {
    assert.equal(findSecret(printed, tokenEndpoint.token(number)), undefined)
  }
  assert.equal(findSecret(printed, the.clientSecret), undefined)
})
