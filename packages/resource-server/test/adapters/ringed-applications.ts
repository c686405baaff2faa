/** The same two routes on every framework, one behind `protect` with rings and one behind `limit`. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import type { LimitOptions, ProtectOptions } from '@mintmark/resource-server'
import * as expressAdapter from '@mintmark/resource-server/express'
import * as fastifyAdapter from '@mintmark/resource-server/fastify'
import * as fetchAdapter from '@mintmark/resource-server/fetch'
import * as honoAdapter from '@mintmark/resource-server/hono'
import * as koaAdapter from '@mintmark/resource-server/koa'
import * as nestAdapter from '@mintmark/resource-server/nest'
import * as nodeAdapter from '@mintmark/resource-server/node'
import { Controller, Get, Module, UseGuards } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { sendRequest, serveListener } from './sent-request.ts'
import { serveHono } from './serve-hono.ts'
import type { ReceivedResponse, ServedApplication } from './served-application.ts'

/** A served application. */
export interface RingedApplication {
  send(path: string, fields?: Readonly<Record<string, string>>): Promise<ReceivedResponse>
  close(): Promise<void>
}

/** Serves `/partner` behind `protect` and `/public` behind `limit`; the framework trusts every proxy. */
export type ServeRinged = (ringed: ProtectOptions & LimitOptions) => Promise<RingedApplication>

async function listening(listener: RequestListener): Promise<RingedApplication> {
  return ringed(await serveListener(listener, []))
}

function ringed({ send, close }: ServedApplication): RingedApplication {
  return { send: (path, fields = {}) => send({ path, headers: Object.entries(fields) }), close }
}

function limitOf({ rings, addresses }: ProtectOptions & LimitOptions): LimitOptions {
  return { rings, ...(addresses !== undefined && { addresses }) }
}

async function onNest(
  options: ProtectOptions & LimitOptions,
  adapter: AbstractHttpAdapter,
): Promise<RingedApplication> {
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
  const app = await NestFactory.create(App, adapter, { logger: false })
  await app.listen(0, '127.0.0.1')
  const origin = await app.getUrl()
  return {
    send: (path, fields = {}) => sendRequest(origin, { path, headers: Object.entries(fields) }),
    async close() {
      app.getHttpServer().closeAllConnections()
      await app.close()
    },
  }
}

/** By the name of the adapter. */
export const ringedApplications: Readonly<Record<string, ServeRinged>> = {
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
    return ringed(await serveHono(app, []))
  },
  async nest(options) {
    const application = express()
    application.set('trust proxy', true)
    return await onNest(options, new ExpressAdapter(application))
  },
  async 'nest on fastify'(options) {
    return await onNest(options, new FastifyAdapter({ trustProxy: true }))
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
