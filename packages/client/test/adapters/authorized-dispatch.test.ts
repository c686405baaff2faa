/** The undici interceptor between a dispatcher and a listener that do what seldom happens on real sockets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenClient } from '@mintmark/client'
import { eventLoopTurns } from '@mintmark/testkit'
import type {
  Dispatch,
  DispatchController,
  DispatchListener,
  DispatchOptions,
} from '../../src/adapters/undici/dispatch.ts'
import { authorizeInterceptor } from '../../src/adapters/undici.ts'
import { discardedBytesMax } from '../../src/limits.ts'
import { apiUrl, type ClientWorld, clientWorld, emptyAnswer } from '../client-world.ts'

/** A request as the dispatcher got it, and what was done with its controller. */
interface Dispatched {
  readonly options: DispatchOptions
  readonly listener: Required<DispatchListener>
  readonly controller: DispatchController
  readonly deeds: readonly string[]
}

/** What the listener was told, in order, and the controller that it got. */
interface Told {
  readonly events: readonly string[]
  readonly controller: DispatchController
}

const refusal = { 'www-authenticate': 'Bearer error="invalid_token"' }
const { origin, pathname: path } = new URL(apiUrl)

function dispatchWorld(listener: DispatchListener = {}) {
  const world = clientWorld()
  const dispatched: Dispatched[] = []
  const dispatch: Dispatch = (options, given) => {
    dispatched.push(received(options, given as Required<DispatchListener>))
    return true
  }
  const events: string[] = []
  const told = { events } as { events: string[]; controller: DispatchController }
  const { authorize, reauthorize } = world.client
  const judged: number[] = []
  const client: Pick<TokenClient, 'authorize' | 'reauthorize'> = {
    authorize,
    reauthorize: (request, sent, answer) => {
      judged.push(answer.status)
      return reauthorize(request, sent, answer)
    },
  }
  const send = (options: Partial<DispatchOptions> = {}) =>
    authorizeInterceptor(client)(dispatch)(
      { origin, path, method: 'GET', ...options },
      { ...listenerInto(told), ...listener },
    )
  return { world, dispatched, send, judged, told: told as Told }
}

function received(options: DispatchOptions, listener: Required<DispatchListener>): Dispatched {
  const deeds: string[] = []
  const controller: DispatchController = {
    ...{ aborted: false, paused: false, reason: null },
    pause: () => void deeds.push('pause'),
    resume: () => void deeds.push('resume'),
    abort: ({ message }) => void deeds.push(`abort: ${message}`),
  }
  return { options, listener, controller, deeds }
}

function listenerInto(told: {
  events: string[]
  controller: DispatchController
}): DispatchListener {
  return {
    onRequestStart: (controller) => {
      told.controller = controller
      told.events.push('started')
    },
    onResponseStart: (_controller, status) => void told.events.push(`${status}`),
    onResponseData: (_controller, chunk) => void told.events.push(String(chunk)),
    onResponseEnd: () => void told.events.push('end'),
    onResponseError: (_controller, { message }) => void told.events.push(`error: ${message}`),
  }
}

/** The first request is on its way, with a token, and is refused. */
async function refuseFirst({ world, dispatched, send }: ReturnType<typeof dispatchWorld>) {
  await world.client.warm()
  assert.equal(send(), true)
  const [first] = dispatched
  assert.ok(first)
  first.listener.onRequestStart(first.controller, null)
  first.listener.onResponseStart(first.controller, 401, refusal)
  return first
}

function failRenewals({ tokenEndpoint }: ClientWorld): void {
  tokenEndpoint.fail(emptyAnswer(503))
}

test('sends in the same turn with a token at hand, and later without one [C14]', async () => {
  const { dispatched, send, world } = dispatchWorld()
  assert.equal(send(), true)
  assert.equal(dispatched.length, 0)
  await eventLoopTurns(5)
  assert.equal(dispatched.length, 1)
  send()
  assert.equal(dispatched.length, 2)
  const authorization = `Bearer ${world.tokenEndpoint.token(1)}`
  for (const { options } of dispatched) assert.deepEqual(options.headers, { authorization })
})

test('pauses an answer that waits for its decision, and keeps what arrives all the same [C6]', async () => {
  const setting = dispatchWorld()
  const { listener, controller, deeds } = await refuseFirst(setting)
  failRenewals(setting.world)
  assert.deepEqual(deeds, ['pause'])
  listener.onResponseData(controller, Buffer.from('one'))
  listener.onResponseData(controller, Buffer.from('two'))
  listener.onResponseEnd(controller, {})
  assert.deepEqual(setting.told.events, ['started'])
  await eventLoopTurns(20)
  assert.deepEqual(setting.told.events, ['started', '401', 'one', 'two', 'end'])
})

test('lets an answer go on that was paused and stands [C6]', async () => {
  const setting = dispatchWorld()
  const { listener, controller, deeds } = await refuseFirst(setting)
  failRenewals(setting.world)
  await eventLoopTurns(20)
  assert.deepEqual(deeds, ['pause', 'resume'])
  listener.onResponseEnd(controller, {})
  assert.deepEqual(setting.told.events, ['started', '401', 'end'])
})

test('tells the listener nothing of an answer that it replaced [C6]', async () => {
  const setting = dispatchWorld()
  const { listener, controller, deeds } = await refuseFirst(setting)
  await eventLoopTurns(20)
  assert.deepEqual(deeds, ['pause', 'resume'])
  const [, second] = setting.dispatched
  assert.ok(second)
  listener.onResponseData(controller, Buffer.alloc(discardedBytesMax))
  assert.equal(deeds.length, 2)
  listener.onResponseData(controller, Buffer.alloc(1))
  assert.match(String(deeds[2]), /^abort: /)
  listener.onResponseError(controller, new Error('aborted'))
  second.listener.onRequestStart(second.controller, null)
  second.listener.onResponseStart(second.controller, 200, {})
  second.listener.onResponseEnd(second.controller, {})
  assert.deepEqual(setting.told.events, ['started', 'started', '200', 'end'])
})

test('hears an abort between two sendings, and lets the second not begin [C5]', async () => {
  const setting = dispatchWorld()
  const { listener, controller, deeds } = await refuseFirst(setting)
  listener.onResponseEnd(controller, {})
  await eventLoopTurns(20)
  assert.equal(setting.dispatched.length, 2)
  setting.told.controller.abort(new Error('not needed any more'))
  const { events } = setting.told
  assert.deepEqual(events, ['started', 'error: not needed any more'])
  assert.equal(deeds.at(-1), 'abort: not needed any more')
  assert.deepEqual([setting.told.controller.aborted], [true])
  const second = setting.dispatched[1] as Dispatched
  second.listener.onRequestStart(second.controller, null)
  assert.deepEqual(second.deeds, ['abort: not needed any more'])
  second.listener.onResponseError(second.controller, new Error('not needed any more'))
  assert.equal(events.length, 2)
})

test('sends no second time when the listener aborted while a token was waited for [C5]', async () => {
  const setting = dispatchWorld()
  await refuseFirst(setting)
  setting.told.controller.abort(new Error('not needed any more'))
  await eventLoopTurns(20)
  assert.deepEqual(setting.told.events, ['started', 'error: not needed any more'])
  assert.equal(setting.dispatched.length, 1)
})

test('takes what a listener throws about an answer for its end, as undici does [C14]', async () => {
  const failing = {
    onResponseStart: () => {
      throw new Error('not a good answer')
    },
  }
  const setting = dispatchWorld(failing)
  const { deeds } = await refuseFirst(setting)
  failRenewals(setting.world)
  await eventLoopTurns(20)
  assert.deepEqual(deeds, ['pause', 'abort: not a good answer'])
  assert.deepEqual(setting.told.events, ['started', 'error: not a good answer'])
})

test('does not take an interim answer for one [C6]', async () => {
  const setting = dispatchWorld()
  await setting.world.client.warm()
  setting.send()
  const [first] = setting.dispatched
  first?.listener.onRequestStart(first.controller, null)
  first?.listener.onResponseStart(first.controller, 103, {})
  assert.deepEqual(setting.judged, [])
  first?.listener.onResponseStart(first.controller, 200, {})
  assert.deepEqual(setting.told.events, ['started', '103', '200'])
  assert.deepEqual(setting.judged, [200])
})

test('holds neither listener nor request once it is over [C14]', async () => {
  for (const end of ['onResponseEnd', 'onRequestUpgrade', 'onResponseError'] as const) {
    const setting = dispatchWorld()
    await setting.world.client.warm()
    setting.send({ body: 'an order' })
    const { listener, controller } = setting.dispatched[0] as Dispatched
    listener.onRequestStart(controller, null)
    const held = setting.told.controller as DispatchController & { listener: object; url: string }
    assert.equal(held.url, apiUrl)
    listener[end](controller, ...([new Error('end')] as unknown as [never, never, never]))
    assert.deepEqual([held.listener, held.url], [{}, ''])
    held.pause()
    held.resume()
  }
})

test('hands on what the dispatcher tells of the sending [C14]', async () => {
  const sent: string[] = []
  const setting = dispatchWorld({
    onBodySent: (chunk) => void sent.push(String(chunk)),
    onRequestSent: () => void sent.push('sent'),
    onResponseStarted: () => void sent.push('started'),
  })
  await setting.world.client.warm()
  setting.send()
  const { listener } = setting.dispatched[0] as Dispatched
  listener.onBodySent(Buffer.from('an order'))
  listener.onRequestSent()
  listener.onResponseStarted()
  assert.deepEqual(sent, ['an order', 'sent', 'started'])
})
