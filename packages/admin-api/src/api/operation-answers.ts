/** What each operation does: from its checked input to its answer, by the one interface for administration. */
import type {
  Administration,
  AuthorizationServer,
  Registered,
} from '@mintmark/authorization-server'
import { redact } from '@mintmark/protocol'
import type { ResolvedOptions } from '../options.ts'
import {
  declarationOptionsFrom,
  declaredFrom,
  exportedAnswer,
} from '../wire/declaration-documents.ts'
import { answerMembers, membersWithNull } from '../wire/member-names.ts'
import { auditRecordAnswer, explanationAnswer } from '../wire/operation-documents.ts'
import type { OperationAnswer, OperationInput, OperationName } from '../wire/operations.ts'
import {
  clientAnswer,
  clientDraftFrom,
  clientPatchFrom,
  createdClientAnswer,
  resourceAnswer,
  resourceDraftFrom,
  resourcePatchFrom,
} from '../wire/registry-documents.ts'
import { addedSecretAnswer, secretDraftFrom, secretPatchFrom } from '../wire/secret-documents.ts'
import type { NodeStatus } from './node-status.ts'
import { ProblemError, problem, refusedChange } from './problem.ts'

/** What an operation works with. */
export interface OperationWorld {
  /** Under the name of the calling client. */
  readonly administration: Administration
  readonly server: AuthorizationServer
  readonly status: () => Promise<NodeStatus>
  readonly cacheDiscipline: ResolvedOptions['cacheDiscipline']
}

type OperationAnswers = {
  readonly [Name in OperationName]: (
    input: OperationInput<Name>,
    world: OperationWorld,
  ) => OperationAnswer<Name> | Promise<OperationAnswer<Name>>
}

const pageSizeDefault = 100

/** Every operation. */
export const operationAnswers: OperationAnswers = {
  status: (_, { status }) => status(),

  listResources: async (_, { administration: { registry } }) => ({
    resources: (await registry.resources()).map(resourceAnswer),
  }),
  createResource: async ({ body }, { administration: { registry } }) =>
    resourceAnswer(made(await registry.createResource(resourceDraftFrom(body)))),
  readResource: async ({ params }, { administration: { registry } }) =>
    resourceAnswer(found(await registry.resource(params.id))),
  updateResource: async ({ params, query, body, ifVersion }, { administration: { registry } }) => {
    const options = { ...cascade(query), ifVersion }
    return resourceAnswer(
      made(await registry.updateResource(params.id, resourcePatchFrom(body), options)),
    )
  },
  deleteResource: async ({ params, query, ifVersion }, { administration: { registry } }) => {
    const options = { ...cascade(query), ifVersion }
    return resourceAnswer(made(await registry.deleteResource(params.id, options)))
  },

  listClients: async ({ query }, { administration: { registry } }) => {
    const limit = query.limit ?? pageSizeDefault
    const clients = await registry.clients({ ...query, limit })
    const next = clients.length < limit ? undefined : clients.at(-1)?.id
    return { clients: clients.map(clientAnswer), next: next ?? null }
  },
  createClient: async ({ body }, { administration: { registry } }) =>
    createdClientAnswer(made(await registry.createClient(clientDraftFrom(body)))),
  readClient: async ({ params }, { administration: { registry } }) =>
    clientAnswer(found(await registry.client(params.id))),
  updateClient: async ({ params, body, ifVersion }, { administration: { registry } }) =>
    clientAnswer(
      made(await registry.updateClient(params.id, clientPatchFrom(body), { ifVersion })),
    ),
  deleteClient: async ({ params, ifVersion }, { administration: { registry } }) =>
    clientAnswer(made(await registry.deleteClient(params.id, { ifVersion }))),
  disableClient: async ({ params }, { administration: { registry } }) =>
    clientAnswer(made(await registry.setClientDisabled(params.id, true))),
  enableClient: async ({ params }, { administration: { registry } }) =>
    clientAnswer(made(await registry.setClientDisabled(params.id, false))),
  revokeClientTokens: async ({ params }, { administration: { tokens } }) => ({
    client_id: made(await tokens.revokeTokensOf(params.id)),
  }),

  listSecrets: async ({ params }, { administration: { registry } }) =>
    answerMembers({
      secrets: made(await registry.secrets(params.id)),
    }) as OperationAnswer<'listSecrets'>,
  addSecret: async ({ params, body }, { administration: { registry } }) =>
    addedSecretAnswer(made(await registry.addSecret(params.id, secretDraftFrom(body)))),
  updateSecret: async ({ params, body }, { administration: { registry } }) =>
    answerMembers(
      made(await registry.updateSecret(params.id, params.secret_id, secretPatchFrom(body))),
    ) as OperationAnswer<'updateSecret'>,
  retireSecret: async ({ params, body }, { administration: { registry } }) =>
    answerMembers(
      made(await registry.retireSecret(params.id, params.secret_id, body)),
    ) as OperationAnswer<'retireSecret'>,
  deleteSecret: async ({ params }, { administration: { registry } }) =>
    answerMembers(
      made(await registry.deleteSecret(params.id, params.secret_id)),
    ) as OperationAnswer<'deleteSecret'>,

  declareRegistry: async ({ body }, { administration: { declarations } }) => {
    const declared = made(await declaredFrom(body.declaration))
    const plan = made(await declarations.declare(declared, declarationOptionsFrom(body)))
    return answerMembers(plan) as OperationAnswer<'declareRegistry'>
  },
  exportRegistry: async (_, { administration: { declarations } }) =>
    exportedAnswer(await declarations.exportRegistry()),
  exportRegistryWithSecrets: async (_, { administration: { declarations } }) =>
    exportedAnswer(await declarations.exportRegistry({ withSecrets: true })),

  listKeys: async (_, { administration: { keys } }) =>
    answerMembers({ keys: await keys.keys() }) as OperationAnswer<'listKeys'>,
  rotateKey: async ({ body }, { administration: { keys } }) =>
    answerMembers(
      made(await keys.rotate(membersWithNull(body) as typeof body)),
    ) as OperationAnswer<'rotateKey'>,
  compromiseKey: async ({ params }, { administration: { keys } }) =>
    answerMembers(made(await keys.compromise(params.id))) as OperationAnswer<'compromiseKey'>,

  introspectToken: async ({ body }, { administration: { tokens } }) => {
    const claims = await tokens.introspectToken(redact('access token', body.token))
    return claims === undefined ? { active: false } : { active: true, ...claims }
  },
  revokeToken: async ({ body }, { administration: { tokens } }) => ({
    revoked: await tokens.revokeToken(redact('access token', body.token)),
  }),

  listAuditRecords: async ({ query }, { administration: { audit } }) => {
    const limit = query.limit ?? pageSizeDefault
    const { after, client_id: clientId } = query
    const records = await audit.auditRecords({ after, clientId, limit })
    const next = records.length < limit ? undefined : records.at(-1)?.sequence
    return { records: records.map(auditRecordAnswer), next: next ?? null }
  },
  verifyAudit: async ({ body }, { administration: { audit } }) =>
    answerMembers(await audit.verifyAudit(body.checkpoint)) as OperationAnswer<'verifyAudit'>,
  signCheckpoint: async (_, { administration: { audit } }) => ({
    checkpoint: await audit.auditCheckpoint(),
  }),
  explainRefusal: ({ params }, { server }) =>
    explanationAnswer(found(server.explainRefusal(params.id))),
  cacheDiscipline: async ({ query }, { cacheDiscipline }) =>
    answerMembers({
      clients: await cacheDiscipline(query.limit ?? pageSizeDefault),
    }) as OperationAnswer<'cacheDiscipline'>,
}

/** The value of a change, or the problem that it was refused with. */
function made<Value>(result: Registered<Value>): Value {
  if (result.ok) return result.value
  throw new ProblemError(refusedChange(result.violation, result.subject))
}

function found<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value
  throw new ProblemError(problem('not_found'))
}

function cascade(query: { readonly cascade?: 'true' | 'false' | undefined }) {
  return { cascade: query.cascade === 'true' }
}
