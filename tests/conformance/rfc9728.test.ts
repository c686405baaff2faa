/** RFC 9728, protected resource metadata, over HTTP, from every adapter: read by `oauth4webapi` and the MCP SDK. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { createGuard, type Guard } from '@mintmark/resource-server'
import * as onExpress from '@mintmark/resource-server/express'
import * as onFastify from '@mintmark/resource-server/fastify'
import * as onFetch from '@mintmark/resource-server/fetch'
import * as onHono from '@mintmark/resource-server/hono'
import * as onKoa from '@mintmark/resource-server/koa'
import * as onNest from '@mintmark/resource-server/nest'
import * as onNode from '@mintmark/resource-server/node'
import { systemTransport } from '@mintmark/runtime'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import * as oauth from 'oauth4webapi'
import {
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from '../system/adapters/mcp-sdk.ts'

const issuer = 'https://issuer.example'

/** Each takes requests below any path; the metadata comes before the protection. */
const applications: Readonly<Record<string, (guard: Guard) => Promise<RequestListener>>> = {
  async node(guard) {
    const answers = onNode.metadata({ guard })
    const others = onNode.protect({ guard })((_request, response) => void response.end())
    return (request, response) => void (answers(request, response) || others(request, response))
  },
  async fetch(guard) {
    const answer = onFetch.metadata({ guard })
    const others = onFetch.protect({ guard })(() => new Response())
    return getRequestListener((request) => answer(request) ?? others(request))
  },
  async express(guard) {
    return express().use(onExpress.metadata({ guard }), onExpress.protect({ guard }))
  },
  async fastify(guard) {
    const app = fastify()
    app.route(onFastify.metadata({ guard }))
    app.get('/*', { onRequest: onFastify.protect({ guard }) }, () => '')
    await app.ready()
    return app.routing
  },
  async hono(guard) {
    const app = new Hono().use(onHono.metadata({ guard }), onHono.protect({ guard }))
    return getRequestListener(app.fetch)
  },
  async koa(guard) {
    return new Koa().use(onKoa.metadata({ guard })).use(onKoa.protect({ guard })).callback()
  },
  async nest(guard) {
    class App {}
    Module({})(App)
    const app = await NestFactory.create(App, { logger: false })
    app.use(onNest.metadata({ guard }))
    app.use(onExpress.protect({ guard }))
    await app.init()
    return app.getHttpAdapter().getInstance()
  },
  async 'nest on fastify'(guard) {
    class App {}
    Module({})(App)
    const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false })
    app.use(onNest.metadata({ guard }))
    app.use(onExpress.protect({ guard }))
    await app.init()
    const instance = app.getHttpAdapter().getInstance()
    await instance.ready()
    return instance.routing
  },
}

/** Serves the application at a resource identifier with `path`, for as long as `use` takes. */
async function serving(
  name: string,
  path: string,
  use: (identifier: string) => Promise<void>,
): Promise<void> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const identifier = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const guard = createGuard({
    ...{ issuer, audience: identifier },
    resource: { identifier, name: 'Partner API', scopesSupported: 'decisions:read' },
  })
  const listener = await applications[name]?.(guard)
  assert.ok(listener)
  server.on('request', listener)
  try {
    await use(identifier)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('RFC 9728', () => {
  for (const name of Object.keys(applications)) {
    for (const path of ['', '/partner/v1']) {
      it(`3: oauth4webapi finds the metadata of a resource ${path} on ${name} [R4] [R8]`, async () => {
        await serving(name, path, async (identifier) => {
          const expected = new URL(identifier)
          const response = await oauth.resourceDiscoveryRequest(expected, {
            [oauth.allowInsecureRequests]: true,
          })
          assert.equal(response.headers.get('access-control-allow-origin'), '*')
          const metadata = await oauth.processResourceDiscoveryResponse(expected, response)
          assert.deepEqual(metadata.authorization_servers, [issuer])
          assert.deepEqual(metadata.scopes_supported, ['decisions:read'])
          assert.deepEqual(metadata.bearer_methods_supported, ['header'])
        })
      })

      it(`5: the MCP SDK gets from a 401 ${path} on ${name} to the metadata [R4] [R8]`, async () => {
        await serving(name, path, async (identifier) => {
          const refused = await systemTransport(`${identifier}/decisions`)
          assert.equal(refused.status, 401)
          const { resourceMetadataUrl } = extractWWWAuthenticateParams(refused)
          assert.ok(resourceMetadataUrl)
          const metadata = await discoverOAuthProtectedResourceMetadata(identifier, {
            resourceMetadataUrl,
          })
          assert.equal(metadata.resource, identifier)
          assert.deepEqual(metadata.authorization_servers, [issuer])
        })
      })
    }

    it(`3.2: on ${name} the document is JSON, may be kept, and is there for HEAD`, async () => {
      await serving(name, '', async (identifier) => {
        const url = `${identifier}/.well-known/oauth-protected-resource`
        const got = await systemTransport(url)
        assert.match(got.headers.get('content-type') ?? '', /^application\/json/)
        assert.equal(got.headers.get('cache-control'), 'public, max-age=3600')
        assert.equal(((await got.json()) as { resource: string }).resource, identifier)
        const head = await systemTransport(url, { method: 'HEAD' })
        assert.deepEqual([head.status, await head.text()], [200, ''])
      })
    })
  }
})
