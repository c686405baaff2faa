import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopTurns, FakeClock } from '@mintmark/testkit'
import { CredentialTrials } from '../src/credential-trials.ts'

/** Work that waits to be ended by the test. */
function world() {
  const clock = new FakeClock()
  const trials = new CredentialTrials(clock)
  const begun: string[] = []
  const ends: (() => void)[] = []
  const { signal } = new AbortController()
  const use = (label: string, name = 'a', aborts = signal) =>
    trials.inTurn(name, aborts, () => {
      begun.push(label)
      return new Promise<string>((resolve) => ends.push(() => resolve(label)))
    })
  return { clock, trials, begun, ends, use }
}

test('lets one find out about a credential, and the others go on afterwards [C7]', async () => {
  const { trials, begun, ends, use } = world()
  const first = use('first')
  const others = Promise.all(['second', 'third'].map((label) => use(label)))
  await eventLoopTurns(2)
  assert.deepEqual(begun, ['first'])
  trials.accept('a')
  ends[0]?.()
  assert.equal(await first, 'first')
  await eventLoopTurns(2)
  assert.deepEqual(begun, ['first', 'second', 'third'])
  for (const end of ends) end()
  assert.deepEqual(await others, ['second', 'third'])
})

test('makes nobody wait for a credential that was accepted, until it is refused [C7]', async () => {
  const { trials, begun, use } = world()
  trials.accept('a')
  void use('first')
  void use('second')
  assert.deepEqual(begun, ['first', 'second'])
  trials.refuse('a')
  void use('third')
  void use('fourth')
  await eventLoopTurns(2)
  assert.deepEqual(begun, ['first', 'second', 'third'])
})

test('lets all go on when a trial settled nothing, and tries again later [C7]', async () => {
  const { begun, ends, use, trials } = world()
  const failing = trials.inTurn('a', new AbortController().signal, async () => {
    await eventLoopTurns(1)
    throw new Error('nothing came of it')
  })
  void use('second')
  void use('third')
  await assert.rejects(failing, /nothing came of it/)
  await eventLoopTurns(2)
  assert.deepEqual(begun, ['second', 'third'])
  for (const end of ends) end()
  await eventLoopTurns(2)
  void use('fourth')
  void use('fifth')
  assert.deepEqual(begun, ['second', 'third', 'fourth'])
})

test('holds nobody up for longer than 2 s [C7]', async () => {
  const { clock, begun, use } = world()
  void use('first')
  void use('second')
  await clock.advance(1_999)
  assert.deepEqual(begun, ['first'])
  await clock.advance(1)
  assert.deepEqual(begun, ['first', 'second'])
  assert.equal(clock.pendingCount, 0)
})

test('ends the waiting of those who give up, with their reason [C5]', async () => {
  const { clock, begun, use } = world()
  void use('first')
  const controller = new AbortController()
  const waiting = use('second', 'a', controller.signal)
  controller.abort(new Error('not interested any more'))
  await assert.rejects(waiting, /not interested any more/)
  assert.deepEqual(begun, ['first'])
  assert.equal(clock.pendingCount, 0)
})

test('keeps different credentials apart, and remembers a few [C7]', () => {
  const { trials, begun, use } = world()
  for (const name of ['a', 'b', 'c', 'd', 'e']) trials.accept(name)
  for (const name of ['a', 'a', 'b', 'b']) void use(name, name)
  assert.deepEqual(begun, ['a', 'b', 'b'])
})
