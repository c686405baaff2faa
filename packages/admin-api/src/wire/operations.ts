/**
 * Every operation of the admin API, once: the server makes its routes and the OpenAPI document of this table, and the
 * command line makes its requests of it.
 */
import { z } from 'zod'
import { adminDeclarationBytesMax } from '../limits.ts'
import type { AdminScope } from './admin-resource.ts'
import {
  clientDraftMessage,
  clientMessage,
  clientPageMessage,
  clientPatchMessage,
  createdClientMessage,
} from './client-messages.ts'
import { declarationMessage, exportedMessage, planMessage } from './declaration-messages.ts'
import {
  compromisedKeyMessage,
  keyListMessage,
  rotatedKeyMessage,
  rotationMessage,
} from './key-messages.ts'
import {
  auditPageMessage,
  auditVerdictMessage,
  auditVerificationMessage,
  checkpointMessage,
  clientTokensMessage,
  disciplineMessage,
  explanationMessage,
  introspectionMessage,
  revocationMessage,
  statusMessage,
  tokenMessage,
} from './operation-messages.ts'
import { resourceDraftMessage, resourceMessage, resourcePatchMessage } from './resource-messages.ts'
import {
  addedSecretMessage,
  retirementMessage,
  secretDraftMessage,
  secretListMessage,
  secretMessage,
  secretPatchMessage,
} from './secret-messages.ts'
import { identifier, pageLimit, querySwitch } from './values.ts'

/** Where the operations are, below the origin of the admin port. */
export const adminBasePath = '/admin/v1'

/** An operation: how it is called, what it needs, what it answers. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below {@link adminBasePath}, with `:name` for a parameter. */
  readonly path: string
  readonly scope: AdminScope
  readonly summary: string
  readonly status: 200 | 201
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  /** `undefined`: there is no body. */
  readonly body: z.ZodObject | undefined
  /**
   * About one thing that has a version: reading it tells its entity tag, and a change is made only if `If-Match` allows
   * it (RFC 9110 section 13.1.1).
   */
  readonly isVersioned?: boolean
  /** Default: `adminBodyBytesMax`. */
  readonly bodyBytesMax?: number
  readonly answer: z.ZodObject
}

const none = z.strictObject({})
const named = z.strictObject({ id: identifier })
const secretNamed = z.strictObject({ id: identifier, secret_id: identifier })
const cascade = z.strictObject({ cascade: querySwitch.optional() })
const page = z.strictObject({ limit: pageLimit.optional() })

const get = { method: 'GET', scope: 'admin:read', status: 200, body: undefined } as const
const look = { method: 'POST', scope: 'admin:read', status: 200 } as const
const create = { method: 'POST', scope: 'admin:write', status: 201 } as const
const act = { method: 'POST', scope: 'admin:write', status: 200 } as const
const change = { method: 'PATCH', scope: 'admin:write', status: 200 } as const
const remove = { method: 'DELETE', scope: 'admin:write', status: 200, body: undefined } as const
const plain = { params: none, query: none } as const

/** Every operation by its name. */
export const operations = {
  status: {
    ...{ ...get, ...plain, path: '/status', answer: statusMessage },
    summary: 'The state of the node that answers',
  },
  listResources: {
    ...{ ...get, ...plain, path: '/resources' },
    summary: 'The resource servers, in order of their ids',
    answer: z.object({ resources: z.array(resourceMessage) }),
  },
  createResource: {
    ...{ ...create, ...plain, path: '/resources' },
    ...{ body: resourceDraftMessage, answer: resourceMessage },
    summary: 'Register a resource server: an audience and the scopes that it owns',
  },
  readResource: {
    ...{ ...get, path: '/resources/:id', params: named, query: none, answer: resourceMessage },
    isVersioned: true,
    summary: 'One resource server',
  },
  updateResource: {
    ...{ ...change, path: '/resources/:id', params: named, query: cascade },
    ...{ body: resourcePatchMessage, answer: resourceMessage, isVersioned: true },
    summary: 'Change the members that are named; cascade takes lost scopes from clients, too',
  },
  deleteResource: {
    ...{ ...remove, path: '/resources/:id', params: named, query: cascade },
    ...{ answer: resourceMessage, isVersioned: true },
    summary: 'Remove a resource server; cascade takes its grants from clients, too',
  },
  listClients: {
    ...{ ...get, path: '/clients', params: none, answer: clientPageMessage },
    query: page.extend({ after: identifier.optional(), search: z.string().max(255).optional() }),
    summary: 'The clients, in order of their ids, page by page',
  },
  createClient: {
    ...{ ...create, ...plain, path: '/clients' },
    ...{ body: clientDraftMessage, answer: createdClientMessage },
    summary: 'Register a client; the secret made for it is in this answer and nowhere else',
  },
  readClient: {
    ...{ ...get, path: '/clients/:id', params: named, query: none, answer: clientMessage },
    isVersioned: true,
    summary: 'One client',
  },
  updateClient: {
    ...{ ...change, path: '/clients/:id', params: named, query: none },
    ...{ body: clientPatchMessage, answer: clientMessage, isVersioned: true },
    summary: 'Change the members that are named; in force for the next token',
  },
  deleteClient: {
    ...{ ...remove, path: '/clients/:id', params: named, query: none, answer: clientMessage },
    isVersioned: true,
    summary: 'Remove a client for good and revoke its tokens',
  },
  disableClient: {
    ...{ ...act, path: '/clients/:id/disable', params: named, query: none, body: undefined },
    ...{ answer: clientMessage, summary: 'Refuse a client tokens and end those it has' },
  },
  enableClient: {
    ...{ ...act, path: '/clients/:id/enable', params: named, query: none, body: undefined },
    ...{ answer: clientMessage, summary: 'Let a disabled client have tokens again' },
  },
  revokeClientTokens: {
    ...{ ...act, path: '/clients/:id/revoke-tokens', params: named, query: none, body: undefined },
    ...{ answer: clientTokensMessage, summary: 'End every token that a client has by now' },
  },
  listSecrets: {
    ...{ ...get, path: '/clients/:id/secrets', params: named, query: none },
    answer: secretListMessage,
    summary: 'The secrets of a client, their last use, and whether each can be retired',
  },
  addSecret: {
    ...{ ...create, path: '/clients/:id/secrets', params: named, query: none },
    ...{ body: secretDraftMessage, answer: addedSecretMessage },
    summary: 'Add a secret beside the others; it is in this answer and nowhere else',
  },
  updateSecret: {
    ...{ ...change, path: '/clients/:id/secrets/:secret_id', params: secretNamed, query: none },
    ...{ body: secretPatchMessage, answer: secretMessage },
    summary: 'Change label or expiry of a secret',
  },
  retireSecret: {
    ...{ ...act, path: '/clients/:id/secrets/:secret_id/retire', params: secretNamed },
    ...{ query: none, body: retirementMessage, answer: secretMessage },
    summary: 'Refuse a secret from now on, and notice whoever still uses it',
  },
  deleteSecret: {
    ...{ ...remove, path: '/clients/:id/secrets/:secret_id', params: secretNamed, query: none },
    ...{ answer: secretMessage, summary: 'Forget a secret altogether' },
  },
  declareRegistry: {
    ...{ ...act, ...plain, path: '/registry/declare', bodyBytesMax: adminDeclarationBytesMax },
    ...{ body: declarationMessage, answer: planMessage },
    summary: 'Make the registry as declared or imported, or tell what that would take',
  },
  exportRegistry: {
    ...{ ...get, ...plain, path: '/registry', answer: exportedMessage },
    summary: 'The registry as a declaration, without secrets',
  },
  exportRegistryWithSecrets: {
    ...{ ...act, ...plain, path: '/registry/export', body: undefined, answer: exportedMessage },
    summary: 'The same with what restores the secrets where the same master key is',
  },
  listKeys: {
    ...{ ...get, ...plain, path: '/keys', answer: keyListMessage },
    summary: 'The signing keys and what each is for',
  },
  rotateKey: {
    ...{ ...act, ...plain, path: '/keys/rotate', body: rotationMessage, answer: rotatedKeyMessage },
    summary: 'Publish the key that signs next',
  },
  compromiseKey: {
    ...{ ...act, path: '/keys/:id/compromise', params: named, query: none, body: undefined },
    answer: compromisedKeyMessage,
    summary: 'Withdraw a signing key at once, and every token that it signed',
  },
  introspectToken: {
    ...{ ...look, ...plain, path: '/tokens/introspect' },
    ...{ body: tokenMessage, answer: introspectionMessage },
    summary: 'What a token says, as long as it is active',
  },
  revokeToken: {
    ...{ ...act, ...plain, path: '/tokens/revoke', body: tokenMessage, answer: revocationMessage },
    summary: 'End one token, whose ever it is',
  },
  listAuditRecords: {
    ...{ ...get, path: '/audit', params: none, answer: auditPageMessage },
    query: page.extend({
      after: z.coerce.number().int().min(0).optional(),
      client_id: identifier.optional(),
    }),
    summary: 'The audit trail, oldest first, page by page',
  },
  verifyAudit: {
    ...{ ...look, ...plain, path: '/audit/verify' },
    ...{ body: auditVerificationMessage, answer: auditVerdictMessage },
    summary: 'Read the whole trail and tell whether it is as it was written',
  },
  signCheckpoint: {
    ...{ ...act, ...plain, path: '/audit/checkpoint', body: undefined, answer: checkpointMessage },
    summary: 'Sign a checkpoint for the trail as it is now, to be kept elsewhere',
  },
  explainRefusal: {
    ...{ ...get, path: '/refusals/:id', params: named, query: none, answer: explanationMessage },
    summary: 'Why a request was refused, from the reference in its error_uri',
  },
  cacheDiscipline: {
    ...{ ...get, path: '/cache-discipline', params: none, query: page, answer: disciplineMessage },
    summary: 'How well the clients keep their tokens, the worst first, as this node has seen them',
  },
} as const satisfies Record<string, Operation>

/** The name of an operation. */
export type OperationName = keyof typeof operations

/** What an operation is given, checked. */
export interface OperationInput<Name extends OperationName> {
  readonly params: z.output<(typeof operations)[Name]['params']>
  readonly query: z.output<(typeof operations)[Name]['query']>
  readonly body: (typeof operations)[Name]['body'] extends z.ZodObject
    ? z.output<(typeof operations)[Name]['body']>
    : undefined
  /** Of a versioned change: the versions that it is for. `undefined`: any. */
  readonly ifVersion: readonly string[] | undefined
}

/** What an operation answers. */
export type OperationAnswer<Name extends OperationName> = z.output<
  (typeof operations)[Name]['answer']
>
