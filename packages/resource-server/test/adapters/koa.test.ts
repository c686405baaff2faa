import { text } from 'node:stream/consumers'
import { type AdmittedState, protect } from '@mintmark/resource-server/koa'
import Koa from 'koa'
import { adapterContract } from './adapter-contract.ts'
import { serveListener } from './sent-request.ts'
import { applicationAnswer, requestContext, type Serve } from './served-application.ts'

const serve: Serve = async (options, before) => {
  const failures: unknown[] = []
  const app = new Koa<AdmittedState>()
  app.on('error', (error) => failures.push(error))
  app.use((context, next) => {
    before?.(context.url, (status) => context.res.writeHead(status).end())
    return requestContext.run(context.url, next)
  })
  // What koa-mount does: the prefix is off the path for as long as the mounted part runs.
  app.use((context, next) => {
    context.path = context.path.replace(/^\/mounted/, '')
    return next()
  })
  app.use(protect(options))
  app.use(async ({ req, state, originalUrl, response }) => {
    response.body = applicationAnswer(state.admission, originalUrl, await text(req))
  })
  return await serveListener(app.callback(), failures)
}

adapterContract('koa', serve)
