/** What applications of Nest have in common, whichever framework they stand on. */
import assert from 'node:assert/strict'
import { Admission } from '@mintmark/resource-server/nest'
import {
  All,
  type ArgumentsHost,
  HttpException,
  type INestApplication,
  Module,
  Req,
} from '@nestjs/common'
import {
  type AbstractHttpAdapter,
  BaseExceptionFilter,
  HttpAdapterHost,
  NestFactory,
} from '@nestjs/core'
import { sendRequest } from './sent-request.ts'
import { applicationAnswer, type ServedApplication } from './served-application.ts'

/** A request of Express or of Fastify. */
export interface NestRequest {
  readonly originalUrl: string
}

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

/** How a framework below Nest writes a route for every path, and where it has the body of a request. */
export interface Platform {
  readonly everyPath: string
  bodyOf(request: NestRequest): string | Promise<string>
}

/** A controller that answers every request. @param decorators - Of its one route. */
export function controllerOf(
  { everyPath, bodyOf }: Platform,
  ...decorators: readonly MethodDecorator[]
) {
  class Decisions {
    async answer(request: NestRequest, admission: Admission): Promise<string> {
      return applicationAnswer(admission, request.originalUrl, await bodyOf(request))
    }
  }
  route(Decisions, 'answer', [All(everyPath), ...decorators], [Req(), Admission()])
  return Decisions
}

/** Makes an application that reads no bodies, with these controllers. */
export async function applicationOf(
  adapter: AbstractHttpAdapter,
  ...controllers: (new () => object)[]
): Promise<INestApplication> {
  class App {}
  Module({ controllers })(App)
  return await NestFactory.create(App, adapter, { logger: false, bodyParser: false })
}

class Filter extends BaseExceptionFilter {
  readonly failures: unknown[] = []

  override catch(exception: unknown, host: ArgumentsHost): void {
    if (!(exception instanceof HttpException)) this.failures.push(exception)
    super.catch(exception, host)
  }
}

/** Lets it listen. */
export async function served(app: INestApplication): Promise<ServedApplication> {
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
