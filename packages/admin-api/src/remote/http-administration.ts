/**
 * Administration over the admin API: the same interface as over a storage, so that no command knows the difference.
 * A refused change is a value, as there; what the network does is an {@link AdminApiError}.
 */
import type {
  Administration,
  AuditOperations,
  AuditVerdict,
  DeclarationOperations,
  KeyAdministration,
  Registered,
  RegistryOperations,
  ResourceChangeOptions,
  TokenOperations,
} from '@mintmark/authorization-server'
import { declarationRequest, declaredFrom } from '../wire/declaration-documents.ts'
import { membersWithoutNull, requestMembers } from '../wire/member-names.ts'
import { auditRecordFrom, explanationFrom } from '../wire/operation-documents.ts'
import {
  clientDraftRequest,
  clientFrom,
  createdClientFrom,
  resourceFrom,
} from '../wire/registry-documents.ts'
import { addedSecretFrom, secretDraftRequest } from '../wire/secret-documents.ts'
import {
  AdminApiError,
  type AdminConnection,
  type AdminConnectionOptions,
  connectAdmin,
} from './admin-connection.ts'

/** Makes the administration that goes through an admin API. Closing it closes nothing. */
export function createHttpAdministration(options: AdminConnectionOptions): Administration {
  const connection = connectAdmin(options)
  return {
    registry: {
      ...remoteResources(connection),
      ...remoteClients(connection),
      ...remoteSecrets(connection),
    },
    declarations: remoteDeclarations(connection),
    keys: remoteKeys(connection),
    tokens: remoteTokens(connection),
    audit: remoteAudit(connection),
    explainRefusal: async (reference) => {
      const explanation = await connection.find('explainRefusal', { params: { id: reference } })
      return explanation && explanationFrom(explanation)
    },
    close: async () => undefined,
  }
}

type RemoteResources = Pick<
  RegistryOperations,
  'createResource' | 'updateResource' | 'deleteResource' | 'resource' | 'resources'
>

function remoteResources({ call, find }: AdminConnection): RemoteResources {
  return {
    createResource: async (draft) =>
      mapped(await call('createResource', { body: wired(draft) }), resourceFrom),
    updateResource: async (id, patch, options = {}) =>
      mapped(
        await call('updateResource', { ...aboutResource(id, options), body: wired(patch) }),
        resourceFrom,
      ),
    deleteResource: async (id, options = {}) =>
      mapped(await call('deleteResource', aboutResource(id, options)), resourceFrom),
    async resource(id) {
      const message = await find('readResource', { params: { id } })
      return message && resourceFrom(message)
    },
    async resources() {
      const message = await find('listResources')
      return (message?.resources ?? []).map(resourceFrom)
    },
  }
}

function aboutResource(id: string, { cascade = false, ifVersion }: ResourceChangeOptions) {
  return { params: { id }, query: { cascade: String(cascade) }, ifVersion }
}

type RemoteClients = Pick<
  RegistryOperations,
  'createClient' | 'updateClient' | 'deleteClient' | 'client' | 'clients' | 'setClientDisabled'
>

function remoteClients({ call, find }: AdminConnection): RemoteClients {
  return {
    createClient: async (draft) =>
      mapped(await call('createClient', { body: clientDraftRequest(draft) }), createdClientFrom),
    updateClient: async (id, patch, { ifVersion } = {}) =>
      mapped(
        await call('updateClient', { params: { id }, body: wired(patch), ifVersion }),
        clientFrom,
      ),
    deleteClient: async (id, { ifVersion } = {}) =>
      mapped(await call('deleteClient', { params: { id }, ifVersion }), clientFrom),
    setClientDisabled: async (id, disabled) =>
      mapped(
        await call(disabled ? 'disableClient' : 'enableClient', { params: { id } }),
        clientFrom,
      ),
    async client(id) {
      const message = await find('readClient', { params: { id } })
      return message && clientFrom(message)
    },
    async clients({ after, limit = 1_000, search } = {}) {
      const message = await find('listClients', { query: { after, limit, search } })
      return (message?.clients ?? []).map(clientFrom)
    },
  }
}

type RemoteSecrets = Pick<
  RegistryOperations,
  'addSecret' | 'updateSecret' | 'retireSecret' | 'deleteSecret' | 'secrets'
>

function remoteSecrets({ call }: AdminConnection): RemoteSecrets {
  const of = (id: string, secretId: string) => ({ id, secret_id: secretId })
  return {
    addSecret: async (id, draft = {}) =>
      mapped(
        await call('addSecret', { params: { id }, body: secretDraftRequest(draft) }),
        addedSecretFrom,
      ),
    updateSecret: async (id, secretId, patch) =>
      read(await call('updateSecret', { params: of(id, secretId), body: wired(patch) })),
    retireSecret: async (id, secretId, { force = false } = {}) =>
      read(await call('retireSecret', { params: of(id, secretId), body: { force } })),
    deleteSecret: async (id, secretId) =>
      read(await call('deleteSecret', { params: of(id, secretId) })),
    secrets: async (id) =>
      mapped(await call('listSecrets', { params: { id } }), ({ secrets }) =>
        secrets.map((secret) => membersWithoutNull(secret) as never),
      ),
  }
}

function remoteDeclarations({ call, find }: AdminConnection): DeclarationOperations {
  return {
    declare: async (declared, options) =>
      read(await call('declareRegistry', { body: declarationRequest(declared, options) })),
    async exportRegistry({ withSecrets = false } = {}) {
      const name = withSecrets ? 'exportRegistryWithSecrets' : 'exportRegistry'
      const exported = await declaredFrom((await find(name)) ?? {})
      if (!exported.ok) throw new AdminApiError('admin_answer_not_understood')
      return exported.value
    },
  }
}

function remoteKeys({ call, find }: AdminConnection): KeyAdministration {
  return {
    async keys() {
      const message = await find('listKeys')
      return (message?.keys ?? []).map((key) => membersWithoutNull(key) as never)
    },
    rotate: async (request = {}) => read(await call('rotateKey', { body: wired(request) })),
    compromise: async (kid) => read(await call('compromiseKey', { params: { id: kid } })),
  }
}

function remoteTokens({ call, find }: AdminConnection): TokenOperations {
  return {
    revokeTokensOf: async (id) =>
      mapped(await call('revokeClientTokens', { params: { id } }), ({ client_id }) => client_id),
    async introspectToken(token) {
      const message = await find('introspectToken', { body: { token: token.reveal() } })
      if (message?.active !== true) return undefined
      const { active: _, ...claims } = message
      return claims as never
    },
    async revokeToken(token) {
      const message = await find('revokeToken', { body: { token: token.reveal() } })
      return message?.revoked === true
    },
  }
}

function remoteAudit({ find }: AdminConnection): AuditOperations {
  return {
    async auditRecords({ after, limit = 1_000, clientId } = {}) {
      const query = { after, limit, client_id: clientId }
      const message = await find('listAuditRecords', { query })
      return (message?.records ?? []).map(auditRecordFrom)
    },
    verifyAudit: async (checkpoint) =>
      membersWithoutNull(await find('verifyAudit', { body: { checkpoint } })) as AuditVerdict,
    async auditCheckpoint() {
      const message = await find('signCheckpoint')
      return message?.checkpoint ?? ''
    },
  }
}

function wired(value: object): object {
  return requestMembers(value) as object
}

function mapped<Message, Value>(
  result: Registered<Message>,
  map: (message: Message) => Value,
): Registered<Value> {
  return result.ok ? { ok: true, value: map(result.value) } : result
}

/** For messages that are their value but for the names of their members. */
function read<Value>(result: Registered<unknown>): Registered<Value> {
  return mapped(result, (message) => membersWithoutNull(message) as Value)
}
