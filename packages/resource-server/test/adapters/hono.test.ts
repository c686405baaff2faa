import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protect } from '@mintmark/resource-server/hono'
import { Hono } from 'hono'
import { guardWorld, signedToken } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import { serveHono } from './serve-hono.ts'
import { applicationAnswer, requestContext, type Serve } from './served-application.ts'

const serve: Serve = async (options) => {
  const failures: unknown[] = []
  const part = new Hono().all('*', protect(options), async (context) => {
    const { pathname, search } = new URL(context.req.url)
    const body = await context.req.text()
    return context.body(applicationAnswer(context.get('admission'), pathname + search, body))
  })
  const app = new Hono()
  app.use((context, next) => {
    const { pathname, search } = new URL(context.req.url)
    return requestContext.run(pathname + search, next)
  })
  app.route('/mounted', part)
  app.route('/', part)
  app.onError((error, context) => {
    failures.push(error)
    return context.body(null, 500)
  })
  return await serveHono(app, failures)
}

adapterContract('hono', serve, { seesAnswers: false })

test('Hono without Node judges the Request itself', async () => {
  const app = new Hono().get('/', protect({ guard: guardWorld().guard }), (context) =>
    context.json(context.get('admission').clientId),
  )
  const headers = { authorization: `Bearer ${signedToken()}` }
  assert.equal(await (await app.request('/', { headers })).text(), '"partner-a"')
  assert.equal((await app.request('/')).status, 401)
})
