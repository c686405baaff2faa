import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TokenClientEvent } from '@mintmark/client'
import { findSecret, the } from '@mintmark/testkit'
import { clientWorld, emptyAnswer, outcomeOf } from '../client-world.ts'
import { scenarios } from './explain-scenarios.ts'

function summaryOf(event: TokenClientEvent): string {
  switch (event.type) {
    case 'token_obtained':
      return `${event.type}: ${event.trigger}, for ${event.callers}`
    case 'token_request_failed': {
      const served = event.error.servedFromCacheUntil === undefined ? '' : ', still served'
      return `${event.type}: ${event.trigger}, ${event.error.code}${served}`
    }
    case 'token_refused':
      return `${event.type}: ${event.reason}`
    case 'circuit_opened':
    case 'circuit_closed':
      return `${event.type}: ${event.about}`
    case 'scope_narrowed':
      return `${event.type}: ${event.isAccepted ? 'accepted' : 'not accepted'}`
    default:
      return event.type
  }
}

describe('what the flight recorder says [C16]', () => {
  for (const [what, { options = {}, answer, play, recorded }] of Object.entries(scenarios)) {
    test(`of ${what}`, async () => {
      const world = clientWorld(options, answer === undefined ? {} : { overrides: answer })
      await play(world)
      const decisions = world.client.explain()
      assert.deepEqual(decisions.map(({ event }) => summaryOf(event)).slice(-recorded.length), [
        ...recorded,
      ])
      const printed = JSON.stringify(decisions)
      for (const secret of [the.clientSecret, ...[1, 2, 3].map(world.tokenEndpoint.token)]) {
        assert.equal(findSecret(printed, secret), undefined)
      }
    })
  }
})

test('numbers the flights of a client, and says how long each took [C16]', async () => {
  const { client, clock, events, network, tokenEndpoint } = clientWorld()
  network.respond(the.tokenEndpoint, async (request) => {
    await new Promise<void>((resolve) => clock.schedule(120, resolve))
    return tokenEndpoint.responder(request)
  })
  tokenEndpoint.fail(emptyAnswer(503))
  for (const source of [client, client, client.for({ audience: 'b' })]) {
    const call = outcomeOf(source.token())
    await clock.advance(5_000)
    await call
  }
  const flights = events.flatMap((event) =>
    event.type === 'token_obtained' || event.type === 'token_request_failed'
      ? [[event.type, event.flightNumber, event.durationMs]]
      : [],
  )
  // The pause before the second is not counted.
  assert.deepEqual(flights, [
    ['token_request_failed', 1, 120],
    ['token_obtained', 2, 120],
    ['token_obtained', 3, 120],
  ])
})
