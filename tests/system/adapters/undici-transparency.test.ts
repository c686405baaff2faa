/** What goes through the undici interceptor as if it were not there: everything but a 401 that a new token cures. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { TokenAcquisitionError } from '@mintmark/client'
import { authorizeInterceptor } from '@mintmark/client/undici'
import { eventLoopTurns } from '@mintmark/testkit'
import { Agent, type Dispatcher, fetch, interceptors, Pool } from 'undici'
import { type AdapterWorld, INVALID_TOKEN } from './adapter-world.ts'
import { failureOf } from './failure-of.ts'
import { loopbackAuthority, loopbackCertificate } from './loopback-certificate.ts'
import { adapterWorld } from './with-adapter-world.ts'

interface PoolWorld {
  readonly world: AdapterWorld
  readonly pool: Dispatcher
}

async function poolWorld(
  t: TestContext,
  {
    before = [],
    after = [],
  }: {
    readonly before?: readonly Dispatcher.DispatcherComposeInterceptor[]
    readonly after?: readonly Dispatcher.DispatcherComposeInterceptor[]
  } = {},
): Promise<PoolWorld> {
  const world = await adapterWorld(t)
  const pool = new Pool(world.api, { connections: 1 })
  t.after(() => pool.destroy())
  const interceptor = authorizeInterceptor(world.client())
  return { world, pool: pool.compose([...before, interceptor, ...after]) }
}

async function agentWorld(t: TestContext): Promise<PoolWorld> {
  const world = await adapterWorld(t)
  const agent = new Agent()
  t.after(() => agent.destroy())
  return { world, pool: agent.compose(authorizeInterceptor(world.client())) }
}

/** Refuses once, with a body that takes several packets. */
function refuseOnce(world: AdapterWorld, path: string, headers: Record<string, string> = {}): void {
  let count = 0
  world.onPath(path, (_arrival, response) => {
    count += 1
    if (count > 1) return void response.end('served')
    response.writeHead(401, { 'www-authenticate': INVALID_TOKEN, ...headers })
    response.end('x'.repeat(50_000))
  })
}

function failRenewals(world: AdapterWorld): void {
  world.onTokenRequest((_arrival, response) => void response.writeHead(503).end())
}

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

test('authorizes an upgrade and hands on its socket [C14]', async (t) => {
  const world = await adapterWorld(t)
  const server = createServer()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
    socket.end(String(request.headers.authorization))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool = new Pool(origin)
  t.after(async () => {
    await pool.destroy()
    server.close()
  })
  const client = world.client({ allowedOrigins: [origin] })
  const upgraded = await pool
    .compose(authorizeInterceptor(client))
    .upgrade({ path: '/echo', protocol: 'echo' })
  const chunks = await upgraded.socket.toArray()
  assert.equal(Buffer.concat(chunks).toString(), `Bearer ${world.tokens[0]}`)
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

test('streams and pipes as undici does [C14]', async (t) => {
  const { world, pool } = await poolWorld(t)
  world.onPath('/echo', ({ body }, response) => void response.end(body))
  const chunks: Buffer[] = []
  const pipeline = pool.pipeline({ method: 'POST', path: '/echo' }, ({ body }) => body)
  pipeline.end('through a pipe')
  for await (const chunk of pipeline) chunks.push(chunk)
  assert.equal(Buffer.concat(chunks).toString(), 'through a pipe')
  assert.equal(world.arrivals[0]?.headers.authorization, `Bearer ${world.tokens[0]}`)
})

test('repeats a call over HTTP/2, and hands over a refused answer there as well [C14]', async (t) => {
  const world = await adapterWorld(t)
  const refused: string[] = []
  const server = createSecureServer(
    { ...loopbackCertificate, allowHTTP1: false },
    (request, response) => {
      const { authorization = '' } = request.headers
      if (authorization === `Bearer ${world.tokens[1]}`) return void response.end('served')
      refused.push(authorization)
      response.writeHead(401, { 'www-authenticate': INVALID_TOKEN }).end('x'.repeat(200_000))
    },
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool = new Pool(origin, { allowH2: true, connect: { ca: loopbackAuthority } })
  t.after(async () => {
    await pool.destroy()
    server.close()
  })
  const client = world.client({ allowedOrigins: [origin] })
  const api = pool.compose(authorizeInterceptor(client))
  const first = await api.request({ method: 'POST', path: '/orders', body: 'an order' })
  assert.deepEqual([first.statusCode, await first.body.text()], [200, 'served'])
  client.forget()
  failRenewals(world)
  await assert.rejects(api.request({ method: 'GET', path: '/orders' }), TokenAcquisitionError)
  assert.deepEqual(refused, [`Bearer ${world.tokens[0]}`])
})

test('serves the fetch of undici, whose redirects it authorizes one by one [C12]', async (t) => {
  const { world, pool } = await agentWorld(t)
  refuseOnce(world, '/refused')
  world.onPath('/moved', (_arrival, response) => {
    response.writeHead(302, { location: '/orders' }).end()
  })
  world.onPath('/leaving', (_arrival, response) => {
    response.writeHead(302, { location: `${world.elsewhere}/orders` }).end()
  })
  const get = (path: string) => fetch(`${world.api}${path}`, { dispatcher: pool })
  assert.equal(await (await get('/refused')).text(), 'served')
  assert.equal(await (await get('/moved')).text(), 'served')
  const failed = await get('/leaving').catch((error: Error) => error)
  assert.ok(failed instanceof TypeError && failed.cause instanceof TokenAcquisitionError)
  assert.equal(world.arrivalsElsewhere.length, 0)
})

function failureOfError(error: unknown): Promise<unknown> {
  return failureOf(Promise.reject(error))
}
