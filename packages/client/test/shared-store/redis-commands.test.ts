/** How commands are sent, on a connection whose answers a test gives. What Redis makes of them: tests/system. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import { type RedisCommand, RedisCommands } from '../../src/shared-store/redis/redis-commands.ts'
import { recordScript, TOO_LATE, timeScript } from '../../src/shared-store/redis/scripts.ts'
import { StoreClock } from '../../src/shared-store/redis/store-clock.ts'
import { outcomeOf } from '../client-world.ts'

const STORE_MS = 1_795_435_200_000
const command: RedisCommand = {
  ...{ script: recordScript, key: 'p:token:n', name: 'n', operation: 'read', parameters: [] },
}

interface Sent {
  readonly how: 'cached' | 'source'
  readonly script: string
  readonly latest: number
  readonly answer: (reply: unknown) => void
  readonly fail: (error: unknown) => void
}

/** Commands on a connection that keeps everything for the test to answer. */
function world() {
  const clock = new FakeClock()
  const sent: Sent[] = []
  const record =
    (how: Sent['how']) => (script: string, _key: string, parameters: readonly string[]) =>
      new Promise<unknown>((answer, fail) => {
        sent.push({ how, script, latest: Number(parameters[0]), answer, fail })
      })
  const connection = {
    evaluateCached: record('cached'),
    evaluate: record('source'),
    listen: () => assert.fail('nobody listens here'),
  }
  const storeClock = new StoreClock(clock)
  const commands = new RedisCommands({ connection, channel: 'c', clock, storeClock })
  const run = () => outcomeOf(commands.run(command))
  const next = async (): Promise<Sent> => {
    while (sent.length === 0) await eventLoopTurns(1)
    return sent.shift() as Sent
  }
  return { clock, storeClock, run, next, sent }
}

test('asks for the time of the store first, once, and then says until when a command may run', async () => {
  const { run, next, clock } = world()
  const outcome = run()
  const first = await next()
  assert.deepEqual([first.script, first.latest], [await timeScript.sha(), 0])
  first.answer([String(STORE_MS)])
  const second = await next()
  assert.deepEqual([second.script, second.latest], [await recordScript.sha(), STORE_MS + 1_000])
  await clock.advance(10)
  second.answer([String(STORE_MS + 10), 'reply'])
  assert.deepEqual((await outcome).value?.texts, ['reply'])
  void run()
  assert.equal((await next()).latest, STORE_MS + 10 + 1_000)
})

test('gives Redis the source of a script that it does not have', async () => {
  const { run, next, storeClock } = world()
  storeClock.hear(STORE_MS)
  const outcome = run()
  ;(await next()).fail(new Error('NOSCRIPT No matching script. Please use EVAL.'))
  const again = await next()
  assert.deepEqual([again.how, again.script], ['source', recordScript.source])
  again.answer([String(STORE_MS)])
  assert.deepEqual((await outcome).value?.texts, [])
})

test('sends a command again to a node whose clock is ahead of what was known', async () => {
  const { run, next, storeClock } = world()
  storeClock.hear(STORE_MS)
  const outcome = run()
  ;(await next()).answer([String(STORE_MS + 60_000), TOO_LATE])
  const again = await next()
  assert.equal(again.latest, STORE_MS + 60_000 + 1_000)
  again.answer([String(STORE_MS + 60_000), 'reply'])
  assert.deepEqual((await outcome).value?.texts, ['reply'])
})

test('rejects after a second without an answer, and sends nothing more', async () => {
  const { run, next, sent, clock, storeClock } = world()
  storeClock.hear(STORE_MS)
  const outcome = run()
  const late = await next()
  await clock.advance(1_000)
  assert.equal(((await outcome).error as Error).name, 'TimeLimitExceeded')
  late.answer([String(STORE_MS + 1_000), TOO_LATE])
  await eventLoopTurns(10)
  assert.deepEqual(sent, [])
  assert.equal(clock.pendingCount, 0)
})

const strange: readonly (readonly [title: string, reply: unknown])[] = [
  ['nothing', null],
  ['a text', 'OK'],
  ['an empty array', []],
  ['no time', ['now']],
]

for (const [title, reply] of strange) {
  test(`fails when Redis answers with ${title}`, async () => {
    const { run, next, storeClock } = world()
    storeClock.hear(STORE_MS)
    const outcome = run()
    ;(await next()).answer(reply)
    assert.equal(((await outcome).error as Error).name, 'RedisFailure')
  })
}

test('repeats nothing of an error', async () => {
  const { run, next, storeClock } = world()
  storeClock.hear(STORE_MS)
  const outcome = run()
  ;(await next()).fail(new Error('WRONGTYPE of p:token:n'))
  const { error } = await outcome
  assert(error instanceof Error && error.cause === undefined)
  assert.equal(error.message, 'Redis did not do what the shared store asked')
})

test('reads answers that a library gives as buffers', async () => {
  const { run, next, storeClock } = world()
  storeClock.hear(STORE_MS)
  const outcome = run()
  ;(await next()).answer([Buffer.from(String(STORE_MS)), Buffer.from('reply')])
  assert.deepEqual((await outcome).value?.texts, ['reply'])
})

test('sends no more when ten thousand commands wait for an answer', async () => {
  const { run, storeClock, sent } = world()
  storeClock.hear(STORE_MS)
  await recordScript.sha()
  for (let n = 0; n < 10_000; n += 1) void run()
  assert.equal(((await run()).error as Error).name, 'RedisFailure')
  await eventLoopTurns(10)
  assert.equal(sent.length, 10_000)
})
