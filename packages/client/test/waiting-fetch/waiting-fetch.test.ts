import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '@mintmark/testkit'
import type { AuthorizedRequestInit } from '../../src/authorized-fetch.ts'
import { type WaitingFetchOptions, waitingFetch } from '../../src/waiting-fetch/index.ts'

const url = 'https://api.example/orders'

interface World {
  readonly clock: FakeClock
  readonly fetch: ReturnType<typeof waitingFetch>
  /** When each sending was made, in milliseconds since the first moment, and with what. */
  readonly sent: (readonly [atMs: number, init: AuthorizedRequestInit | undefined])[]
  readonly refusals: Response[]
}

/** An API that answers 429 with each of these values of `Retry-After`, and then 200. */
function world(retryAfters: readonly string[], options: WaitingFetchOptions = {}): World {
  const clock = new FakeClock()
  const startMs = clock.monotonicMs()
  const sent: World['sent'] = []
  const refusals: Response[] = []
  const send = async (_: unknown, init?: AuthorizedRequestInit): Promise<Response> => {
    sent.push([clock.monotonicMs() - startMs, init])
    const after = retryAfters[sent.length - 1]
    if (after === undefined) return new Response('served')
    const refusal = new Response('later', { status: 429, headers: { 'retry-after': after } })
    refusals.push(refusal)
    return refusal
  }
  return { clock, sent, refusals, fetch: waitingFetch(send, { clock, ...options }) }
}

const timesOf = ({ sent }: World): readonly number[] => sent.map(([atMs]) => atMs)

test('a request is sent again when the API said, and its first answer is dropped [S2]', async () => {
  const api = world(['7', '2'])
  const answer = api.fetch(url)
  await api.clock.advance(6_999)
  assert.deepEqual(timesOf(api), [0])
  await api.clock.advance(2_001)
  assert.equal(await (await answer).text(), 'served')
  assert.deepEqual(timesOf(api), [0, 7_000, 9_000])
  for (const refusal of api.refusals) assert.equal(refusal.bodyUsed, true)
})

test('an answer that says nothing of waiting is the caller’s', async () => {
  const refusal = new Response('no', { status: 429 })
  const waiting = waitingFetch(async () => refusal, { clock: new FakeClock() })
  assert.equal(await waiting(url), refusal)
  assert.equal(await refusal.text(), 'no')
})

test('a wait that would take longer than may be waited is not begun', async () => {
  const api = world(['20', '11', '1'])
  const answer = api.fetch(url)
  await api.clock.advance(20_000)
  const response = await answer
  assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '11'])
  assert.equal(await response.text(), 'later')
  assert.deepEqual(timesOf(api), [0, 20_000])
})

test('an API that always says later is believed the fourth time', async () => {
  const api = world(Array(9).fill('1'))
  const answer = api.fetch(url)
  await api.clock.advance(60_000)
  assert.equal((await answer).status, 429)
  assert.deepEqual(timesOf(api), [0, 1_000, 2_000, 3_000])
})

const once: readonly (readonly [title: string, input: string | Request, init: RequestInit])[] = [
  ['a POST', url, { method: 'POST', body: 'an order' }],
  ['a PATCH', url, { method: 'patch', body: '{}' }],
  ['a body that is a stream', url, { method: 'PUT', body: new Blob(['a']).stream() }],
  ['a Request object with a body', new Request(url, { method: 'PUT', body: 'a' }), {}],
  ['a Request object of another method', new Request(url, { method: 'POST' }), {}],
]
for (const [title, input, init] of once) {
  test(`${title} is sent once`, async () => {
    const api = world(['1'])
    assert.equal((await api.fetch(input, init)).status, 429)
    assert.equal(api.sent.length, 1)
    assert.equal(api.clock.pendingCount, 0)
  })
}

const again: readonly (readonly [title: string, input: string | Request, init: RequestInit])[] = [
  ['a POST with a key that makes it idempotent', url, { ...keyed(), body: 'an order' }],
  ['a Request object with such a key', new Request(url, keyed()), {}],
  ['a PUT', url, { method: 'put', body: new Uint8Array([1]) }],
  ['a Request object without a body', new Request(url), {}],
]
for (const [title, input, init] of again) {
  test(`${title} is sent again`, async () => {
    const api = world(['1'])
    const answer = api.fetch(input, init)
    await api.clock.advance(1_000)
    assert.equal((await answer).status, 200)
  })
}

function keyed(): RequestInit {
  return { method: 'POST', headers: { 'Idempotency-Key': '7' } }
}

test('whoever aborts waits no longer, and hears his own reason', async () => {
  const controller = new AbortController()
  for (const input of [url, new Request(url, { signal: controller.signal })]) {
    const api = world(['7'])
    const answer = api.fetch(input, typeof input === 'string' ? { signal: controller.signal } : {})
    const outcome = assert.rejects(answer, (error) => error === controller.signal.reason)
    await api.clock.advance(1_000)
    controller.abort(new Error('enough'))
    await outcome
    assert.deepEqual([timesOf(api), api.clock.pendingCount], [[0], 0])
  }
})

test('a deadline is one for all sendings, and a wait beyond it is not begun', async () => {
  const api = world(['7', '7'])
  const answer = api.fetch(url, { deadlineMs: 10_000 })
  await api.clock.advance(7_000)
  assert.equal((await answer).status, 429)
  assert.deepEqual(
    api.sent.map(([, init]) => init?.deadlineMs),
    [10_000, 3_000],
  )
})

test('what the call rejects with is passed on, and nothing is sent again', async () => {
  let calls = 0
  const failure = new TypeError('fetch failed')
  const waiting = waitingFetch(async () => {
    calls += 1
    throw failure
  })
  await assert.rejects(waiting(url), failure)
  assert.equal(calls, 1)
})

test('options that are none fail when it is made', () => {
  const send = async (): Promise<Response> => new Response()
  assert.throws(() => waitingFetch(send, { waitMsMax: 0 }), { name: 'RangeError' })
  assert.throws(() => waitingFetch(send, { waitMsMax: 600_001 }), { name: 'RangeError' })
  assert.throws(() => waitingFetch(send, { waitMax: 1 } as never), { name: 'TypeError' })
})
