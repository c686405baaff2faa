/** The adapters on the major versions before the latest ones, which many APIs run on. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { createRings, limitPolicy, memoryLimiter } from '@mintmark/limits'
import { createGuard, type ProtectOptions } from '@mintmark/resource-server'
import * as onExpress from '@mintmark/resource-server/express'
import * as onFastify from '@mintmark/resource-server/fastify'
import * as onKoa from '@mintmark/resource-server/koa'
import { FakeClock, fixtureKeys, jsonResponse, some, the } from '@mintmark/testkit'
import type express from 'express'
import type fastify from 'fastify'
import { importJWK, SignJWT } from 'jose'
import type Koa from 'koa'

/** `POST /` needs a scope and says who calls, `/failing` fails in the predicate of its scope; both have rings. */
type Application = (
  decisions: ProtectOptions,
  failing: ProtectOptions,
) => Promise<RequestListener> | RequestListener

/** Installed under names of their own, which have no types; those of the latest versions are near enough. */
async function framework<Framework>(name: string): Promise<Framework> {
  return ((await import(name)) as { readonly default: Framework }).default
}

const applications: Readonly<Record<string, Application>> = {
  async 'Express 4'(decisions, failing) {
    const app = (await framework<typeof express>('express-4'))()
    app.use(onExpress.metadata(decisions))
    app.get('/failing', onExpress.protect(failing))
    app.post('/', onExpress.protect(decisions), (request, response) => {
      response.send(onExpress.admissionOf(request).clientId)
    })
    app.use(((_error, _request, response, _next) => {
      response.status(500).send('failed')
    }) as express.ErrorRequestHandler)
    return app
  },
  async 'Fastify 4'(decisions, failing) {
    const app = (await framework<typeof fastify>('fastify-4'))()
    app.route(onFastify.metadata(decisions))
    app.get('/failing', { onRequest: onFastify.protect(failing) }, () => 'never')
    app.post('/', { onRequest: onFastify.protect(decisions) }, (request, reply) => {
      reply.send(onFastify.admissionOf(request).clientId)
    })
    app.setErrorHandler((_error, _request, reply) => void reply.code(500).send('failed'))
    await app.ready()
    return (request, response) => void app.server.emit('request', request, response)
  },
  async 'Koa 2'(decisions, failing) {
    const app = new (await framework<typeof Koa>('koa-2'))<onKoa.AdmittedState>()
    const [protectAll, protectFailing] = [onKoa.protect(decisions), onKoa.protect(failing)]
    app.use(async (context, next) => {
      try {
        await next()
      } catch {
        context.status = 500
        context.body = 'failed'
      }
    })
    app.use(onKoa.metadata(decisions))
    app.use((context, next) =>
      (context.path === '/failing' ? protectFailing : protectAll)(context, next),
    )
    app.use((context) => {
      context.body = context.state.admission.clientId
    })
    return app.callback()
  },
}

interface Served {
  ask(path: string, method: string, scope?: string): Promise<Response>
}

async function served(t: TestContext, application: Application): Promise<Served> {
  const guard = createGuard({
    ...{ issuer: the.issuer, audience: the.audience, jwksUri: the.jwksUri },
    ...{ clock: new FakeClock(), resource: { identifier: the.audience } },
    transport: async () => jsonResponse({ keys: [publicKey] }),
  })
  const burst = { quota: 1, windowSeconds: 3_600, burst: 4 }
  const rings = createRings({
    limiter: memoryLimiter(),
    publicPolicies: [limitPolicy({ name: 'public', ...burst })],
    partnerPolicies: [limitPolicy({ name: 'partner', ...burst })],
  })
  const scope = (): never => {
    throw new Error('from the predicate')
  }
  const listener = await application(
    { guard, rings, scope: 'decisions:read' },
    { guard, rings, scope },
  )
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    async ask(path, method, scopeOfToken) {
      const headers = new Headers()
      if (scopeOfToken !== undefined) {
        headers.set('authorization', `Bearer ${await signed(scopeOfToken)}`)
      }
      return await fetch(origin + path, { method, headers })
    },
  }
}

const { d: _, ...publicKey } = fixtureKeys.ES256

async function signed(scope: string): Promise<string> {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: fixtureKeys.ES256.kid ?? '' }
  const key = await importJWK({ ...fixtureKeys.ES256 }, 'ES256')
  return await new SignJWT(some.claims({ scope })).setProtectedHeader(header).sign(key)
}

for (const [name, application] of Object.entries(applications)) {
  describe(`the adapter on ${name}`, () => {
    test('admits, and says who it is [R8]', async (t) => {
      const { ask } = await served(t, application)
      const answer = await ask('/', 'POST', 'decisions:read')
      assert.deepEqual([answer.status, await answer.text()], [200, 'partner-a'])
      assert.match(answer.headers.get('ratelimit') ?? '', /^"partner";r=3;t=\d+$/)
    })

    test('refuses as RFC 6750 says, with the ring of whose request it was [R4, R8, R9]', async (t) => {
      const { ask } = await served(t, application)
      const none = await ask('/', 'POST')
      assert.deepEqual([none.status, await none.text()], [401, ''])
      assert.match(none.headers.get('www-authenticate') ?? '', /^Bearer realm="api", resource_meta/)
      assert.match(none.headers.get('ratelimit') ?? '', /^"public";r=3;t=\d+$/)
      const lacking = await ask('/', 'POST', 'other')
      assert.equal(lacking.status, 403)
      assert.match(lacking.headers.get('content-type') ?? '', /^application\/json/)
      assert.equal(((await lacking.json()) as { error: string }).error, 'insufficient_scope')
    })

    test('answers whoever comes too often with 429 and how long to wait [R8, R9]', async (t) => {
      const { ask } = await served(t, application)
      for (let count = 0; count < 4; count += 1) await ask('/', 'POST', 'decisions:read')
      const answer = await ask('/', 'POST', 'decisions:read')
      assert.equal(answer.status, 429)
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    })

    test('gives what a scope predicate throws to the application, and goes on [R7, R8]', async (t) => {
      const { ask } = await served(t, application)
      for (let count = 0; count < 2; count += 1) {
        const answer = await ask('/failing', 'GET', 'decisions:read')
        assert.deepEqual([answer.status, await answer.text()], [500, 'failed'])
      }
      assert.equal((await ask('/', 'POST', 'decisions:read')).status, 200)
    })

    test('serves the metadata of the resource to anybody [R4, R8]', async (t) => {
      const { ask } = await served(t, application)
      const { pathname } = new URL(the.audience)
      const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`
      const answer = await ask(path, 'GET')
      assert.equal(answer.status, 200)
      assert.equal(((await answer.json()) as { resource: string }).resource, the.audience)
    })
  })
}
