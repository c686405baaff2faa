import assert from 'node:assert/strict'
import { test } from 'node:test'
import { the } from '@mintmark/testkit'
import { acquisitionError, clientWorld, outcomeOf } from '../client-world.ts'

test('gives each caller its own deadline, and the token to whoever still waits [C5]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  tokenEndpoint.hold()
  const hasty = outcomeOf(client.token({ deadlineMs: 100 }))
  const patient = client.token({ deadlineMs: 9_000 })
  await clock.advance(100)
  const error = acquisitionError((await hasty).error)
  assert.deepEqual([error.code, error.kind], ['deadline_exceeded', 'transient'])
  await clock.advance(1_000)
  tokenEndpoint.release()
  assert.equal((await patient).reveal(), tokenEndpoint.token(1))
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('keeps a request going whose callers all ran out of time, for the next caller [C5]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  tokenEndpoint.hold()
  for (let caller = 0; caller < 5; caller += 1) {
    const late = outcomeOf(client.token({ deadlineMs: 50 }))
    await clock.advance(60)
    assert.equal(acquisitionError((await late).error).code, 'deadline_exceeded')
  }
  tokenEndpoint.release()
  await clock.advance(0)
  assert.equal(client.ready(), true)
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('lets one caller abort while the others get the token [C5]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  tokenEndpoint.hold()
  const caller = new AbortController()
  const aborted = outcomeOf(client.token({ signal: caller.signal }))
  const others = Promise.all([client.token(), client.token()])
  await clock.advance(0)
  caller.abort()
  const error = acquisitionError((await aborted).error)
  assert.deepEqual([error.code, error.kind], ['aborted', 'aborted'])
  tokenEndpoint.release()
  assert.equal((await others).length, 2)
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('aborts the token request when the last caller aborts, and starts another for the next [C5]', async () => {
  const { client, tokenEndpoint, clock, network } = clientWorld()
  const signals: AbortSignal[] = []
  network.respond(the.tokenEndpoint, (request) => {
    signals.push(request.signal)
    return new Promise(() => undefined)
  })
  const callers = [new AbortController(), new AbortController()]
  const waiting = callers.map(({ signal }) => outcomeOf(client.token({ signal })))
  await clock.advance(0)
  for (const caller of callers) caller.abort()
  for (const { error } of await Promise.all(waiting)) {
    assert.equal(acquisitionError(error).kind, 'aborted')
  }
  assert.equal(signals[0]?.aborted, true)
  assert.equal(clock.pendingCount, 0)
  network.respond(the.tokenEndpoint, tokenEndpoint.responder)
  assert.equal((await client.token()).reveal(), tokenEndpoint.token(1))
})

test('starts nothing for a caller whose signal is aborted already [C5]', async () => {
  const { client, network } = clientWorld()
  const { error } = await outcomeOf(client.token({ signal: AbortSignal.abort() }))
  assert.equal(acquisitionError(error).code, 'aborted')
  assert.equal(network.requests.length, 0)
})

test('refuses deadlines that are none [C5]', async () => {
  const { client } = clientWorld()
  for (const deadlineMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 600_001]) {
    const { error } = await outcomeOf(client.token({ deadlineMs }))
    assert(error instanceof RangeError, `${deadlineMs}`)
  }
})

test('turns callers away at once when too many wait, with a hint when to come back [C5]', async () => {
  const { client, tokenEndpoint, clock, events } = clientWorld({ waitersMax: 100 })
  tokenEndpoint.hold()
  const waiting = Array.from({ length: 100 }, () => client.token())
  const view = client.for({ audience: 'b' })
  const refused = await Promise.all(
    Array.from({ length: 50 }, (_, index) => outcomeOf((index % 2 ? client : view).token())),
  )
  for (const { error } of refused) {
    const { code, kind, retryAfterMs } = acquisitionError(error)
    assert.deepEqual([code, kind, retryAfterMs], ['too_many_waiters', 'overloaded', 1_000])
  }
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 1)
  tokenEndpoint.release()
  await Promise.all(waiting)
  assert(events.filter(({ type }) => type === 'callers_turned_away').length < 30)
  await view.token()
})

test('holds a hundred thousand callers against a silent server, and turns away what is too much [C5]', async () => {
  const { client, tokenEndpoint, clock, network } = clientWorld()
  network.respond(the.tokenEndpoint, () => new Promise(() => undefined))
  const outcomes = Array.from({ length: 130_000 }, () => outcomeOf(client.token()))
  assert.equal(clock.pendingCount, 1)
  await clock.advance(10_000)
  const codes = (await Promise.all(outcomes)).map(({ error }) => acquisitionError(error).code)
  assert.equal(codes.filter((code) => code === 'too_many_waiters').length, 5_000)
  // Deadline and timeout fall on the same instant; either is a true answer.
  const late = codes.filter((code) => code === 'deadline_exceeded' || code === 'timed_out')
  assert.equal(late.length, 125_000)
  network.respond(the.tokenEndpoint, tokenEndpoint.responder)
  const recovered = Promise.all(Array.from({ length: 1_000 }, () => client.token()))
  await clock.advance(5_000)
  await recovered
  assert.equal(tokenEndpoint.requestCount, 1)
})

test('causes no warning about listeners when ten thousand callers share one signal [C5]', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => {
    warnings.push(warning)
  }
  process.on('warning', onWarning)
  try {
    const { client, clock } = clientWorld()
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 10_000 }, () => client.token({ signal })))
    await clock.advance(0)
    assert.deepEqual(warnings, [])
  } finally {
    process.off('warning', onWarning)
  }
})

test('lets nobody wait for a token that is there, even while it is renewed [C3] [C5]', async () => {
  const { client, tokenEndpoint, clock } = clientWorld()
  await client.token()
  tokenEndpoint.hold()
  await clock.advance(3_100_000)
  const timers = clock.pendingCount
  for (let call = 0; call < 100; call += 1) await client.token({ deadlineMs: 1 })
  await clock.advance(0)
  assert.equal(tokenEndpoint.requestCount, 2)
  assert(clock.pendingCount <= timers + 1)
})
