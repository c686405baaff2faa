/** Rings behind every adapter, in its framework: what a caller sees, and whose word about addresses counts. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { clientAddressReader, createRings, limitPolicy, memoryLimiter } from '@mintmark/limits'
import type { LimitOptions, ProtectOptions } from '@mintmark/resource-server'
import * as expressAdapter from '@mintmark/resource-server/express'
import * as fastifyAdapter from '@mintmark/resource-server/fastify'
import * as fetchAdapter from '@mintmark/resource-server/fetch'
import * as honoAdapter from '@mintmark/resource-server/hono'
import * as koaAdapter from '@mintmark/resource-server/koa'
import * as nestAdapter from '@mintmark/resource-server/nest'
import * as nodeAdapter from '@mintmark/resource-server/node'
import { seededRandom } from '@mintmark/testkit'
import { Controller, Get, Module, UseGuards } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { guardWorld, signedToken } from '../guard-world.ts'
import { sendRequest, serveListener } from './sent-request.ts'
import type { ReceivedResponse } from './served-application.ts'

interface Served {
  send(path: string, fields?: Readonly<Record<string, string>>): Promise<ReceivedResponse>
  close(): Promise<void>
}

/** Serves `/partner` behind `protect` and `/public` behind `limit`; the framework trusts every proxy. */
type Serve = (ringed: ProtectOptions & LimitOptions) => Promise<Served>

async function listening(listener: RequestListener): Promise<Served> {
  const { send, close } = await serveListener(listener, [])
  return { send: (path, fields = {}) => send({ path, headers: Object.entries(fields) }), close }
}

function limitOf({ rings, addresses }: ProtectOptions & LimitOptions): LimitOptions {
  return { rings, ...(addresses !== undefined && { addresses }) }
}

const frameworks: Readonly<Record<string, Serve>> = {
  async node(options) {
    const partner = nodeAdapter.protect(options)((_request, response) => void response.end('in'))
    const open = nodeAdapter.limit(limitOf(options))((_request, response) => {
      response.end('open')
    })
    return await listening((request, response) => {
      void (request.url === '/public' ? open : partner)(request, response)
    })
  },
  async express(options) {
    const app = express().set('trust proxy', true)
    app.get('/partner', expressAdapter.protect(options), (_request, response) => {
      response.send('in')
    })
    app.get('/public', expressAdapter.limit(limitOf(options)), (_request, response) => {
      response.send('open')
    })
    return await listening(app)
  },
  async fastify(options) {
    const app = fastify({ trustProxy: true, forceCloseConnections: true })
    app.get('/partner', { onRequest: fastifyAdapter.protect(options) }, () => 'in')
    app.get('/public', { onRequest: fastifyAdapter.limit(limitOf(options)) }, () => 'open')
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      send: (path, fields = {}) => sendRequest(origin, { path, headers: Object.entries(fields) }),
      close: () => app.close(),
    }
  },
  async koa(options) {
    const app = new Koa<koaAdapter.AdmittedState>({ proxy: true })
    const [partner, open] = [koaAdapter.protect(options), koaAdapter.limit(limitOf(options))]
    app.use((context, next) => (context.path === '/public' ? open : partner)(context, next))
    app.use((context) => {
      context.body = 'in'
    })
    return await listening(app.callback())
  },
  async hono(options) {
    const app = new Hono()
    app.get('/partner', honoAdapter.protect(options), () => new Response('in'))
    app.get('/public', honoAdapter.limit(limitOf(options)), (context) => context.text('open'))
    return await listening(getRequestListener(app.fetch))
  },
  async nest(options) {
    class Routes {
      answer() {
        return 'in'
      }
      show() {
        return 'open'
      }
    }
    for (const [method, path, guard] of [
      ['answer', 'partner', nestAdapter.protect(options)],
      ['show', 'public', nestAdapter.limit(limitOf(options))],
    ] as const) {
      const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, method)
      assert.ok(descriptor)
      for (const decorate of [Get(path), UseGuards(guard)]) {
        decorate(Routes.prototype, method, descriptor)
      }
    }
    class App {}
    Controller()(Routes)
    Module({ controllers: [Routes] })(App)
    const app = await NestFactory.create(App, { logger: false })
    app.getHttpAdapter().getInstance().set('trust proxy', true)
    await app.listen(0, '127.0.0.1')
    const origin = await app.getUrl()
    return {
      send: (path, fields = {}) => sendRequest(origin, { path, headers: Object.entries(fields) }),
      async close() {
        app.getHttpServer().closeAllConnections()
        await app.close()
      },
    }
  },
  async fetch(options) {
    // A platform that tells the address beside the request.
    const peerAddress = (_request: Request, peer: { address: string }) => peer.address
    const partner = fetchAdapter.protect({ ...options, peerAddress })(
      (_request, _admission, _peer: { address: string }) => new Response('in'),
    )
    const open = fetchAdapter.limit({ ...limitOf(options), peerAddress })(
      (_request, _peer: { address: string }) => new Response('open'),
    )
    return {
      async send(path, fields = {}) {
        const request = new Request(`https://api.example${path}`, { headers: { ...fields } })
        const peer = { address: '127.0.0.1' }
        const response = await (path === '/public' ? open : partner)(request, peer)
        const { status, statusText, headers } = response
        const body = await response.text()
        return { status, statusText, headers: new Map(headers), body }
      },
      close: async () => undefined,
    }
  },
}

const limiters = {
  'at once': () => memoryLimiter(),
  /** As one that asks Redis. */
  'after a while': () => {
    const limiter = memoryLimiter()
    return {
      check: async (requests: Parameters<typeof limiter.check>[0]) => limiter.check(requests),
      peek: async (requests: Parameters<typeof limiter.peek>[0]) => limiter.peek(requests),
      charge: async (requests: Parameters<typeof limiter.charge>[0]) => limiter.charge(requests),
    }
  },
}

for (const [name, serve] of Object.entries(frameworks)) {
  for (const [pace, limiterOf] of Object.entries(limiters)) {
    describe(`rings behind the ${name} adapter, of a limiter that answers ${pace}`, () => {
      const serving = async (
        behaviour: (send: Served['send']) => Promise<void>,
        trustedProxies: readonly string[] = [],
      ): Promise<void> => {
        const rings = createRings({
          ...{ limiter: limiterOf(), random: seededRandom(1) },
          publicPolicies: [limitPolicy({ name: 'public', quota: 3, windowSeconds: 3_600 })],
          partnerPolicies: [limitPolicy({ name: 'partner', quota: 2, windowSeconds: 3_600 })],
        })
        const addresses = clientAddressReader({ trustedProxies })
        const served = await serve({ guard: guardWorld().guard, rings, addresses })
        await behaviour(served.send).finally(() => served.close())
      }
      const token = { authorization: `Bearer ${signedToken()}` }

      test('clients and addresses are counted, and told what is left and how to wait [S2] [R8] [R9]', async () => {
        await serving(async (send) => {
          for (const left of [1, 0]) {
            const { status, headers, body } = await send('/partner', token)
            assert.deepEqual([status, body], [200, 'in'])
            assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"partner";r=${left};t=`))
          }
          const refused = await send('/partner', token)
          assert.equal(refused.status, 429)
          assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
          assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
          assert.deepEqual(JSON.parse(refused.body)['violated-policies'], ['partner'])
          assert.equal(refused.headers.has('www-authenticate'), false)
          const anonymous = await send('/partner')
          assert.equal(anonymous.status, 401)
          assert.match(anonymous.headers.get('ratelimit') ?? '', /^"public";r=2;t=/)
          const open = await send('/public')
          assert.deepEqual([open.status, open.body !== ''], [200, true])
          assert.match(open.headers.get('ratelimit') ?? '', /^"public";r=1;t=/)
          await send('/public')
          for (const path of ['/public', '/partner']) {
            const { status, body } = await send(path)
            assert.equal(status, 429)
            assert.deepEqual(JSON.parse(body)['violated-policies'], ['public'])
          }
        })
      })

      test('an address that a caller makes up counts for nothing, whatever the framework trusts [R9]', async () => {
        await serving(async (send) => {
          const statuses = []
          for (let at = 0; at < 4; at++) {
            const forged = {
              'x-forwarded-for': `203.0.113.${at}`,
              forwarded: `for=203.0.113.${at}`,
            }
            statuses.push((await send('/public', forged)).status)
          }
          assert.deepEqual(statuses, [200, 200, 200, 429])
        })
      })

      test('an address that our proxy tells is the one that counts [R9]', async () => {
        await serving(
          async (send) => {
            const statuses = []
            for (const address of ['203.0.113.1', '203.0.113.1', '::ffff:203.0.113.1']) {
              const fields = { 'x-forwarded-for': `192.0.2.9, ${address}` }
              statuses.push((await send('/public', fields)).status)
            }
            const fields = { 'x-forwarded-for': '203.0.113.1' }
            statuses.push((await send('/public', fields)).status)
            statuses.push((await send('/public', { 'x-forwarded-for': '203.0.113.2' })).status)
            assert.deepEqual(statuses, [200, 200, 200, 429, 200])
          },
          ['127.0.0.1'],
        )
      })
    })
  }
}

const { guard } = guardWorld()
const rings = createRings({ limiter: memoryLimiter() })

test('the fetch adapter is not set up with rings that cannot know an address, nor the other way round', () => {
  const peerAddress = () => '203.0.113.7'
  assert.throws(() => fetchAdapter.protect({ guard, rings }), TypeError)
  assert.throws(() => fetchAdapter.protect({ guard, peerAddress }), TypeError)
  assert.throws(() => fetchAdapter.limit({ rings } as never), TypeError)
})

test('Hono without Node takes the address from the platform, and fails where nobody knows one', async () => {
  const failures: unknown[] = []
  const app = new Hono()
  const peerAddress = (context: { req: { header(name: string): string | undefined } }) =>
    context.req.header('x-platform-address')
  app.get('/known', honoAdapter.limit({ rings, peerAddress }), (context) => context.text('open'))
  app.get('/unknown', honoAdapter.limit({ rings }), (context) => context.text('open'))
  app.onError((error, context) => {
    failures.push(error)
    return context.body(null, 500)
  })
  const headers = { 'x-platform-address': '203.0.113.7' }
  assert.equal(
    (await app.request('/known', { headers })).headers.get('ratelimit')?.slice(0, 13),
    '"public";r=59',
  )
  assert.equal((await app.request('/unknown', { headers })).status, 500)
  assert.ok(failures[0] instanceof TypeError)
})
