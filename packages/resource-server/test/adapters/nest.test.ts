import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { Admission, protect, Scope } from '@mintmark/resource-server/nest'
import { some } from '@mintmark/testkit'
import {
  All,
  type ArgumentsHost,
  Controller,
  HttpException,
  type INestApplication,
  Module,
  Req,
  UseGuards,
} from '@nestjs/common'
import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core'
import type { Request, Response } from 'express'
import { guardWorld, signedToken } from '../guard-world.ts'
import { adapterContract } from './adapter-contract.ts'
import { sendRequest } from './sent-request.ts'
import { applicationAnswer, requestContext, type Serve } from './served-application.ts'

/** What decorator syntax would do, which is no syntax of the sources here. */
function route(
  controller: new () => object,
  method: string,
  decorators: readonly MethodDecorator[],
  parameters: readonly ParameterDecorator[],
): void {
  const { prototype } = controller
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method)
  assert.ok(descriptor)
  for (const [at, decorate] of parameters.entries()) decorate(prototype, method, at)
  for (const decorate of decorators) decorate(prototype, method, descriptor)
}

function controllerOf(...decorators: readonly MethodDecorator[]) {
  class Decisions {
    async answer(request: Request, admission: Admission): Promise<string> {
      return applicationAnswer(admission, request.originalUrl, await text(request))
    }
  }
  route(Decisions, 'answer', [All('{*path}'), ...decorators], [Req(), Admission()])
  return Decisions
}

async function start(...controllers: (new () => object)[]): Promise<INestApplication> {
  class App {}
  Module({ controllers })(App)
  return await NestFactory.create(App, { logger: false, bodyParser: false })
}

class Filter extends BaseExceptionFilter {
  readonly failures: unknown[] = []

  override catch(exception: unknown, host: ArgumentsHost): void {
    if (!(exception instanceof HttpException)) this.failures.push(exception)
    super.catch(exception, host)
  }
}

async function served(app: INestApplication) {
  const filter = new Filter(app.get(HttpAdapterHost).httpAdapter)
  app.useGlobalFilters(filter)
  await app.listen(0, '127.0.0.1')
  const origin = await app.getUrl()
  return {
    failures: filter.failures,
    send: (sent: Parameters<typeof sendRequest>[1]) => sendRequest(origin, sent),
    async close() {
      app.getHttpServer().closeAllConnections()
      await app.close()
    },
  }
}

const serve: Serve = async (options, before) => {
  const mounted = controllerOf(UseGuards(protect(options)))
  const others = controllerOf(UseGuards(protect(options)))
  Controller('mounted')(mounted)
  Controller()(others)
  const app = await start(mounted, others)
  app.use((request: Request, response: Response, next: () => void) => {
    before?.(request.url, (status) => response.status(status).end())
    requestContext.run(request.url, next)
  })
  return await served(app)
}

adapterContract('nest', serve, { emptyBody: '{}' })

test('a route needs its own scope, or that of its controller, or that of the guard', async () => {
  const own = controllerOf(Scope('own'))
  const inherited = controllerOf()
  const plain = controllerOf()
  Controller('own')(own)
  Controller('inherited')(inherited)
  Controller('plain')(plain)
  Scope('controller')(own)
  Scope('controller')(inherited)
  const app = await start(own, inherited, plain)
  app.useGlobalGuards(protect({ guard: guardWorld().guard, scope: 'global' }))
  const application = await served(app)
  const answers = []
  for (const scope of ['own', 'controller', 'global']) {
    const token = signedToken({ claims: some.claims({ scope }) })
    for (const path of ['/own/x', '/inherited/x', '/plain/x']) {
      const headers = [['Authorization', `Bearer ${token}`]] as const
      answers.push((await application.send({ path, headers })).status)
    }
  }
  await application.close()
  assert.deepEqual(answers, [200, 403, 403, 403, 200, 403, 403, 403, 200])
})

test('a scope that is none fails where it is written', () => {
  assert.throws(() => Scope(''), TypeError)
})
