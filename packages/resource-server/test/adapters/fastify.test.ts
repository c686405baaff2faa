import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admissionOf, protect } from '@mintmark/resource-server/fastify'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { guardWorld, signedToken } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import { sendRequest } from './sent-request.ts'
import {
  applicationAnswer,
  requestContext,
  type Serve,
  type ServedApplication,
} from './served-application.ts'

const serve: Serve = async (options, before) => {
  const failures: unknown[] = []
  const app = fastify({ forceCloseConnections: true })
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, _request, reply) => {
    failures.push(error)
    return reply.code(500).send()
  })
  app.addHook('onRequest', (request, reply, done) => {
    before?.(request.url, (status) => reply.code(status).send())
    requestContext.run(request.url, done)
  })
  const part = async (context: FastifyInstance) => {
    context.addHook('onRequest', protect(options))
    context.all('*', async (request: FastifyRequest) =>
      applicationAnswer(admissionOf(request), request.url, `${request.body ?? ''}`),
    )
  }
  app.register(part, { prefix: '/mounted' })
  app.register(part)
  return await served(app, failures)
}

async function served(
  app: FastifyInstance,
  failures: readonly unknown[] = [],
): Promise<ServedApplication> {
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return { failures, send: (sent) => sendRequest(origin, sent), close: () => app.close() }
}

adapterContract('fastify', serve)

test('a hook protects its own context and no other', async () => {
  const app = fastify()
  app.register(async (partner) => {
    partner.addHook('onRequest', protect({ guard: guardWorld().guard }))
    partner.get('/partner', () => 'partner')
    partner.register(async (inner) => void inner.get('/inner', () => 'inner'))
  })
  app.get('/public', () => 'public')
  const application = await served(app)
  const statuses = []
  for (const path of ['/partner', '/inner', '/public']) {
    statuses.push((await application.send({ path })).status)
  }
  await application.close()
  assert.deepEqual(statuses, [401, 401, 200])
})

test('one route can be protected before its body is read, or after', async () => {
  const decisions = protect({ guard: guardWorld().guard, scope: 'decisions:read' })
  const app = fastify()
  const answer = (request: FastifyRequest) => decisions.admissionOf(request).claims.client_id
  app.post('/early', { onRequest: decisions }, answer)
  app.post('/late', { preHandler: decisions }, answer)
  const application = await served(app)
  const headers = [['Content-Type', 'application/json']] as const
  const authorization = ['Authorization', `Bearer ${signedToken()}`] as const
  const early = await application.send({ method: 'POST', path: '/early', headers, body: '{' })
  const late = await application.send({ method: 'POST', path: '/late', headers, body: '{' })
  const good = await application.send({
    ...{ method: 'POST', path: '/late', headers: [...headers, authorization], body: '{}' },
  })
  await application.close()
  assert.deepEqual([early.status, late.status, good.body], [401, 400, 'partner-a'])
})

test('hooks of the application see refusals', async () => {
  const app = fastify()
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-seen', String(reply.statusCode))
    done(null, payload)
  })
  app.get('/', { onRequest: protect({ guard: guardWorld().guard }) }, () => '')
  const application = await served(app)
  const { headers } = await application.send({})
  await application.close()
  assert.equal(headers.get('x-seen'), '401')
})
