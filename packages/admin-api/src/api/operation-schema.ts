/** What the framework checks of an operation, and what the OpenAPI document says about it. */
import type { FastifySchema } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Operation, type OperationName, operations } from '../wire/operations.ts'

/** The schema of a route. */
export function operationSchema(name: OperationName): FastifySchema {
  const operation: Operation = operations[name]
  const { method, scope, summary, status, params, query, body, answer } = operation
  return {
    ...{ operationId: name, summary, security: [{ accessToken: [scope] }] },
    ...{ params, querystring: query },
    ...(operation.isVersioned === true && {
      headers: method === 'GET' ? ifNoneMatch : ifMatch,
    }),
    ...(body !== undefined && { body }),
    response: { [status]: answer },
  }
}

const tags = z.string().optional()
const ifMatch = z.looseObject({
  'if-match': tags.describe('Entity tags of which it must have one; otherwise the answer is 412'),
})
const ifNoneMatch = z.looseObject({
  'if-none-match': tags.describe('Entity tags that the caller knows; of one the answer is 304'),
})

/** The schema of a route as OpenAPI has it, with the answers that are of no schema of ours. */
export const documentedSchema: typeof jsonSchemaTransform = (route) => {
  const documented = jsonSchemaTransform(route)
  const { operationId, response } = documented.schema as DocumentedRoute
  const operation: Operation | undefined = operations[operationId as OperationName]
  if (operation?.isVersioned !== true || response === undefined) return documented
  const { method, status } = operation
  if (method !== 'DELETE') {
    response[status] = { ...response[status], headers: { etag: entityTagHeader } }
  }
  if (method === 'GET') response[304] = { type: 'null', description: 'The caller has it already' }
  else response[412] = { type: 'null', description: 'It has another version: a problem' }
  return documented
}

interface DocumentedRoute {
  readonly operationId?: string
  readonly response?: Record<number, object>
}

const entityTagHeader = { type: 'string', description: 'Its version, in quotes' }
