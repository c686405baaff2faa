/** The undici interceptor under what is not a plain request: upgrades, pipes, HTTP/2, and the fetch of undici. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { TokenAcquisitionError } from '@mintmark/client'
import { authorizeInterceptor } from '@mintmark/client/undici'
import { fixtureAuthority, serverCertificate } from '@mintmark/testkit'
import { fetch, Pool } from 'undici'
import { INVALID_TOKEN } from './adapter-world.ts'
import { agentWorld, failRenewals, poolWorld, refuseOnce } from './undici-world.ts'
import { adapterWorld } from './with-adapter-world.ts'

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

test('repeats a call over HTTP/2, and hands over a refused answer there as well [C14]', async (t) => {
  const world = await adapterWorld(t)
  const refused: string[] = []
  const server = createSecureServer(
    { ...serverCertificate, allowHTTP1: false },
    (request, response) => {
      const { authorization = '' } = request.headers
      if (authorization === `Bearer ${world.tokens[1]}`) return void response.end('served')
      refused.push(authorization)
      response.writeHead(401, { 'www-authenticate': INVALID_TOKEN }).end('x'.repeat(200_000))
    },
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool = new Pool(origin, { allowH2: true, connect: { ca: fixtureAuthority } })
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
