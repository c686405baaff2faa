/** What shared tokens cost Redis, counted in the commands that reach it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '@mintmark/testkit'
import { sharedTokensWorld } from './shared-tokens-world.ts'

const keys = Buffer.from('0123456789abcdefghijklmnopqrstuv')

test('costs Redis nothing for a cached token, and six commands at most for a renewal [C8]', async (t) => {
  const world = await sharedTokensWorld(t, { lifetimeSeconds: 3 })
  const { client } = await world.join({ keys }, { mintBudget: { perHour: 100, perDay: 1_000 } })
  await client.token()
  const monitor = await world.redis.monitor()
  t.after(() => monitor.stop())

  for (let call = 0; call < 10_000; call += 1) await client.token()
  assert.equal(world.counts.tokenRequests, 1)
  await world.redis.command('ping')
  assert.deepEqual(commandsOf(monitor.text()), ['ping'])

  await eventually(async () => {
    await client.token()
    assert.equal(world.counts.tokenRequests, 2)
  })
  await eventually(() => assert(monitor.text().includes('"written')))
  const sent = commandsOf(monitor.text()).filter((command) => command !== 'ping')
  assert.deepEqual(new Set(sent), new Set(['evalsha']))
  assert(sent.length <= 6, `${sent.length} commands`)
})

/** The commands that came from a connection, without those that a script ran. */
function commandsOf(executed: string): readonly string[] {
  const lines = executed.split('\n').filter((line) => /\[\d+ [\d.]+:\d+\]/.test(line))
  return lines.map((line) => /\] "(\w+)"/.exec(line)?.[1]?.toLowerCase() ?? '')
}
