import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { clientWorld } from '../client-world.ts'

test('publishes every event with its time, the same that the observer and explain tell [C16]', async () => {
  const heard: unknown[] = []
  const listen = (message: unknown): void => {
    heard.push(message)
  }
  subscribe('mintmark:client', listen)
  try {
    const { client, clock, events } = clientWorld()
    await client.token()
    await clock.advance(3_100_000)
    await client.token()
    await clock.advance(0)
    client.forget()
    assert.deepEqual(heard, client.explain())
    assert.deepEqual(
      client.explain().map(({ event }) => event),
      events,
    )
    assert.equal(client.explain().at(-1)?.atWallMs, clock.wallMs())
  } finally {
    unsubscribe('mintmark:client', listen)
  }
})
