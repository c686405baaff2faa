/**
 * The admin API as an application of Fastify: one route for each operation of the table, each behind the authorizer.
 *
 * Invariants
 *  (1) No operation runs before its caller is authorized for it, and none reads its body before that.
 *  (2) An answer fits the schema that the OpenAPI document shows, or is a problem; nothing of an exception is sent.
 */
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { adminBodyBytesMax, adminPathParameterLengthMax, adminRequestsMax } from '../limits.ts'
import type { ResolvedOptions } from '../options.ts'
import { protectiveHeaders } from '../plain-answer.ts'
import { entityTag } from '../wire/entity-tag.ts'
import {
  adminBasePath,
  type Operation,
  type OperationInput,
  type OperationName,
  operations,
} from '../wire/operations.ts'
import { type Authorizer, createAuthorizer } from './authorization.ts'
import { failureProblem } from './failure-problem.ts'
import { statusOf } from './node-status.ts'
import { openApiOptions } from './openapi.ts'
import { type OperationWorld, operationAnswers } from './operation-answers.ts'
import { documentedSchema, operationSchema } from './operation-schema.ts'
import { changedVersions, isKnown } from './preconditions.ts'
import { type Problem, ProblemError, problem } from './problem.ts'

/** What the application stands on. */
export type AppOptions = Pick<
  ResolvedOptions,
  'server' | 'isServing' | 'report' | 'cacheDiscipline' | 'version' | 'clock' | 'random'
>

/** Makes the application; it is ready for `routing` and listens nowhere. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { server, version } = options
  const app = fastify({
    logger: false,
    bodyLimit: adminBodyBytesMax,
    routerOptions: { maxParamLength: adminPathParameterLengthMax, ignoreTrailingSlash: false },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    // What cannot be routed meets no hook.
    frameworkErrors: (error, _, reply) => sendProblem(reply, failureProblem(error)),
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerFailures(app)
  boundRequests(app)
  const authorizer = createAuthorizer(server, options)
  app.addHook('onClose', async () => authorizer.dispose())
  await app.register(swagger, {
    ...openApiOptions(server, version),
    transform: documentedSchema,
  })
  const { cacheDiscipline } = options
  const world = { server, status: statusOf(options), cacheDiscipline }
  for (const name of Object.keys(operations) as OperationName[]) {
    addOperation(app, name, world, authorizer)
  }
  addDocument(app)
  await app.ready()
  return app
}

function addOperation<Name extends OperationName>(
  app: FastifyInstance,
  name: Name,
  world: Omit<OperationWorld, 'administration'>,
  authorizer: Authorizer,
): void {
  const operation: Operation = operations[name]
  const { method, path, scope, status, isVersioned = false } = operation
  const respond = operationAnswers[name]
  app.route({
    method,
    url: adminBasePath + path,
    bodyLimit: operation.bodyBytesMax ?? adminBodyBytesMax,
    schema: operationSchema(name),
    onRequest: async (request, reply) => {
      const authorized = await authorizer.authorize(request.raw, scope)
      if (authorized.ok) callers.set(request, authorized.clientId)
      else await refuse(reply, authorized)
    },
    handler: async (request, reply) => {
      const actor = `client:${callers.get(request)}`
      const administration = world.server.administration({ actor, via: 'admin_api' })
      const { params, query, body } = request
      const ifVersion = isVersioned ? changedVersions(request) : undefined
      const input = { params, query, body, ifVersion }
      const answer = await respond(input as OperationInput<Name>, { ...world, administration })
      if (isVersioned && method !== 'DELETE') {
        reply.header('etag', entityTag((answer as Versioned).version))
        if (method === 'GET' && isKnown(request, answer as Versioned)) {
          return await reply.status(304).send()
        }
      }
      reply.status(status)
      return answer
    },
  })
}

interface Versioned {
  readonly version: string
}

/** Who was authorized for a request. */
const callers = new WeakMap<FastifyRequest, string>()

async function refuse(
  reply: FastifyReply,
  answer: Exclude<Awaited<ReturnType<Authorizer['authorize']>>, { ok: true }>,
): Promise<void> {
  for (const [name, value] of answer.headers) reply.header(name, value)
  await reply.headers(protectiveHeaders).status(answer.status).send(answer.body)
}

/** Anybody may read what the API looks like; it says nothing about what is registered. */
function addDocument(app: FastifyInstance): void {
  app.route({
    method: 'GET',
    url: '/admin/openapi.json',
    schema: { hide: true } as object,
    handler: async () => app.swagger(),
  })
}

function answerFailures(app: FastifyInstance): void {
  app.addHook('onRequest', async (_, reply) => {
    reply.headers(protectiveHeaders)
  })
  app.setErrorHandler((error, _, reply) => {
    sendProblem(reply, error instanceof ProblemError ? error.problem : failureProblem(error))
  })
  app.setNotFoundHandler((_, reply) => {
    sendProblem(reply, problem('operation_unknown'))
  })
}

function sendProblem(reply: FastifyReply, sent: Problem): void {
  reply
    .status(sent.status)
    .headers({ ...protectiveHeaders, 'content-type': 'application/problem+json' })
    .headers(sent.status === 503 ? { 'retry-after': '1' } : {})
    .serializer((body: unknown) => JSON.stringify(body))
    .send(sent)
}

/** Beyond a number of requests at once the answer is 503: administration must not push tokens aside. */
function boundRequests(app: FastifyInstance): void {
  let underWay = 0
  app.addHook('onRequest', async (_, reply) => {
    underWay += 1
    reply.raw.once('close', () => {
      underWay -= 1
    })
    if (underWay > adminRequestsMax) throw new ProblemError(problem('too_many_requests_at_once'))
  })
}
