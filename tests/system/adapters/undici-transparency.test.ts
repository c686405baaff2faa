/** What goes through the undici interceptor as if it were not there: everything but a 401 that a new token cures. */
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { eventLoopTurns } from '@mintmark/testkit'
import { type Dispatcher, interceptors } from 'undici'
import { INVALID_TOKEN } from './adapter-world.ts'
import { failureOf } from './failure-of.ts'
import { failRenewals, poolWorld, refuseOnce } from './undici-world.ts'

test('takes header fields in every form, and replaces their authorization [C14]', async (t) => {
  const { world, pool } = await poolWorld(t)
  const forms = [
    { AUTHORIZATION: 'Basic eDp5', 'X-Trace': '1', 'x-list': ['a', 'b'] },
    ['Authorization', 'Basic eDp5', 'X-Trace', '1', 'x-list', 'a', 'x-list', 'b'],
    new Map([
      ['authorization', 'Basic eDp5'],
      ['x-trace', '1'],
      ['x-list', 'a, b'],
    ]),
    new Headers({ authorization: 'Basic eDp5', 'x-trace': '1', 'x-list': 'a, b' }),
  ]
  for (const headers of forms) {
    const { body } = await pool.request({
      method: 'GET',
      path: '/orders',
      headers: headers as never,
    })
    assert.equal(await body.text(), 'served')
  }
  for (const { headers } of world.arrivals) {
    assert.equal(headers.authorization, `Bearer ${world.tokens[0]}`)
    assert.deepEqual([headers['x-trace'], headers['x-list']], ['1', 'a, b'])
  }
  assert.equal(world.arrivals.length, forms.length)
})

test('hands on trailers, early hints and the raw header fields [C14]', async (t) => {
  const { world, pool } = await poolWorld(t)
  world.onPath('/orders', (_arrival, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.writeHead(200, { trailer: 'x-sum', 'X-Raw': 'Kept' })
    response.write('served')
    response.addTrailers({ 'x-sum': '6' })
    response.end()
  })
  const hints: number[] = []
  const { body, headers, trailers } = await pool.request({
    ...{ method: 'GET', path: '/orders', responseHeaders: 'raw' },
    onInfo: ({ statusCode }) => void hints.push(statusCode),
  })
  assert.equal(await body.text(), 'served')
  assert.deepEqual([hints, trailers['x-sum']], [[103], '6'])
  assert.ok(Object.values(headers).includes('X-Raw'))
})

test('lets a reader pause and resume the answer [C14]', async (t) => {
  const { world, pool } = await poolWorld(t)
  const written = new Promise<ServerResponse>((resolve) => {
    world.onPath('/orders', (_arrival, response) => {
      response.write('first')
      response.end('second')
      resolve(response)
    })
  })
  const seen: string[] = []
  const ended = new Promise<Dispatcher.DispatchController>((resolve, fail) => {
    let held: Dispatcher.DispatchController
    pool.dispatch(
      { method: 'GET', path: '/orders' },
      {
        onRequestStart: () => undefined,
        onResponseStart: (controller) => {
          held = controller
          controller.pause()
          assert.equal(controller.paused, true)
          void written.then(async () => {
            await eventLoopTurns(20)
            assert.deepEqual(seen, [])
            held.resume()
          }, fail)
        },
        onResponseData: (_controller, chunk) => void seen.push(String(chunk)),
        onResponseEnd: (controller) => resolve(controller),
        onResponseError: (_controller, error) => fail(error),
      },
    )
  })
  const controller = await ended
  assert.equal(seen.join(''), 'firstsecond')
  assert.deepEqual([controller.paused, controller.aborted, controller.reason], [false, false, null])
})

test('hands over all of a refused answer that stands, also when its connection ends [C6]', async (t) => {
  for (const connection of ['keep-alive', 'close']) {
    const { world, pool } = await poolWorld(t)
    await pool.request({ method: 'GET', path: '/orders' }).then(({ body }) => body.dump())
    refuseOnce(world, '/refused', { connection })
    failRenewals(world)
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/refused' })
    assert.deepEqual([statusCode, (await body.text()).length], [401, 50_000])
    const next = await pool.request({ method: 'GET', path: '/refused' }).catch(failureOfError)
    assert.ok(next)
  }
})

test('repeats a call whose connection ended with the refusal [C6]', async (t) => {
  const { world, pool } = await poolWorld(t)
  refuseOnce(world, '/refused', { connection: 'close' })
  const { statusCode, body } = await pool.request({ method: 'GET', path: '/refused' })
  assert.deepEqual([statusCode, await body.text()], [200, 'served'])
})

test('lets an interceptor in front of it throw for a refused answer [C14]', async (t) => {
  const { world, pool } = await poolWorld(t, { after: [interceptors.responseError()] })
  await pool.request({ method: 'GET', path: '/orders' }).then(({ body }) => body.dump())
  refuseOnce(world, '/refused')
  failRenewals(world)
  const failing = pool.request({ method: 'GET', path: '/refused' })
  await assert.rejects(failing, { name: 'ResponseError', statusCode: 401 })
})

test('works with the interceptors that retry and decompress, on either side [C14]', async (t) => {
  const others = [interceptors.retry({ minTimeout: 1 }), interceptors.decompress()]
  for (const place of ['before', 'after'] as const) {
    const { world, pool } = await poolWorld(t, { [place]: others })
    let count = 0
    world.onPath('/orders', (_arrival, response) => {
      count += 1
      if (count === 1) return void response.writeHead(503).end()
      if (count === 2) {
        return void response.writeHead(401, { 'www-authenticate': INVALID_TOKEN }).end('no')
      }
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync('served'))
    })
    const { body } = await pool.request({ method: 'GET', path: '/orders' })
    assert.equal(await body.text(), 'served')
    assert.deepEqual([count, world.tokenRequestCount], [3, 2], place)
  }
})

test('hears an abort by an event emitter between a refusal and the next sending [C5]', async (t) => {
  const { world, pool } = await poolWorld(t)
  refuseOnce(world, '/refused')
  await pool.request({ method: 'GET', path: '/orders' }).then(({ body }) => body.dump())
  const signal = new EventEmitter()
  world.onTokenRequest(() => signal.emit('abort'))
  const aborting = pool.request({ method: 'GET', path: '/refused', signal })
  await assert.rejects(aborting, { name: 'AbortError' })
  assert.equal(world.arrivals.length, 2)
})

function failureOfError(error: unknown): Promise<unknown> {
  return failureOf(Promise.reject(error))
}
