import { protect } from '@mintmark/resource-server/nest'
import { Controller, UseGuards } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { adapterContract } from './adapter-contract.ts'
import {
  applicationOf,
  controllerOf,
  type NestRequest,
  type Platform,
  served,
} from './nest-application.ts'
import { requestContext, type Serve } from './served-application.ts'

const platform: Platform = {
  everyPath: '*',
  bodyOf: (request) => `${(request as NestRequest & FastifyRequest).body ?? ''}`,
}

const serve: Serve = async (options, before) => {
  const mounted = controllerOf(platform, UseGuards(protect(options)))
  const others = controllerOf(platform, UseGuards(protect(options)))
  Controller('mounted')(mounted)
  Controller()(others)
  const app = await applicationOf(new FastifyAdapter(), mounted, others)
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance()
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )
  fastify.addHook('onRequest', (request, reply, done) => {
    before?.(request.url, (status) => reply.code(status).send())
    requestContext.run(request.url, done)
  })
  return await served(app)
}

adapterContract('nest on fastify', serve, { emptyBody: '{}' })
