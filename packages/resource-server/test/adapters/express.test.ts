import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { admissionOf, protect } from '@mintmark/resource-server/express'
import { some } from '@mintmark/testkit'
import express, { type NextFunction, type Request, type Response } from 'express'
import { guardWorld, signedToken } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import { serveListener } from './sent-request.ts'
import { applicationAnswer, requestContext, type Serve } from './served-application.ts'

async function answer(request: Request, response: Response): Promise<void> {
  const body = await text(request)
  response.send(applicationAnswer(admissionOf(request), request.originalUrl, body))
}

const serve: Serve = async (options, before) => {
  const failures: unknown[] = []
  const app = express()
  app.use((request, response, next) => {
    before?.(request.url, (status) => response.status(status).end())
    requestContext.run(request.url, next)
  })
  app.use('/mounted', express.Router().use(protect(options), answer))
  app.use(protect(options), answer)
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    failures.push(error)
    response.status(500).end()
  })
  return await serveListener(app, failures)
}

adapterContract('express', serve)

test('the admission is on the request, with the claims of the guard behind the middleware [R7]', async () => {
  const decisions = protect({ guard: guardWorld().guard })
  const app = express().get('/', decisions, (request, response) => {
    const { claims } = decisions.admissionOf(request)
    assert.equal(Reflect.get(request, 'admission'), admissionOf(request))
    response.json(claims.client_id)
  })
  const application = await serveListener(app, [])
  const { body } = await application.send({
    headers: [['Authorization', `Bearer ${signedToken()}`]],
  })
  await application.close()
  assert.equal(body, '"partner-a"')
})

test('the admission of a request that came through no protection is a mistake of the application', () => {
  assert.throws(() => admissionOf({}), TypeError)
  assert.throws(() => admissionOf({ admission: {} }), TypeError)
})

test('what a scope predicate throws goes to the error middleware, at first sight and later', async () => {
  const scope = () => {
    throw new Error('from the predicate')
  }
  const application = await serve({ guard: guardWorld().guard, scope })
  const headers = [['Authorization', `Bearer ${signedToken({ claims: some.claims() })}`]] as const
  const statuses = [await application.send({ headers }), await application.send({ headers })]
  await application.close()
  assert.deepEqual(
    statuses.map(({ status }) => status),
    [500, 500],
  )
  assert.equal(application.failures.length, 2)
})
