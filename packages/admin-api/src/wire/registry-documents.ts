/** Between what the registry knows and what stands on the wire. */
import type {
  Client,
  ClientDraft,
  ClientPatch,
  CreatedClient,
  RegisteredResource,
  ResourceDraft,
  ResourcePatch,
} from '@mintmark/authorization-server'
import { emptyScope, parseScope, redact, type ScopeSet } from '@mintmark/protocol'
import type { z } from 'zod'
import type {
  clientDraftMessage,
  clientMessage,
  clientPatchMessage,
  createdClientMessage,
} from './client-messages.ts'
import {
  answerMembers,
  membersWithNull,
  membersWithoutNull,
  requestMembers,
} from './member-names.ts'
import type {
  resourceDraftMessage,
  resourceMessage,
  resourcePatchMessage,
} from './resource-messages.ts'

type ResourceMessage = z.output<typeof resourceMessage>
type ClientMessage = z.output<typeof clientMessage>

/** A resource for an answer. */
export function resourceAnswer({ scopes, ...resource }: RegisteredResource): ResourceMessage {
  return answerMembers({ ...resource, scope: scopes.text }) as ResourceMessage
}

/** A resource out of an answer. */
export function resourceFrom({ scope, ...message }: ResourceMessage): RegisteredResource {
  const members = membersWithoutNull(message) as Omit<RegisteredResource, 'scopes'>
  return { ...members, scopes: scopesOf(scope) }
}

/** A client for an answer. */
export function clientAnswer({ grants, ...client }: Client): ClientMessage {
  return answerMembers({
    ...client,
    grants: grants.map(({ resource, scopes, defaultScopes }) => ({
      ...{ resource, scope: scopes.text, defaultScope: defaultScopes?.text },
    })),
  }) as ClientMessage
}

/** A client out of an answer. */
export function clientFrom({ grants, ...message }: ClientMessage): Client {
  return {
    ...(membersWithoutNull(message) as Omit<Client, 'grants'>),
    grants: grants.map(({ resource, scope, default_scope }) => ({
      resource,
      scopes: scopesOf(scope),
      defaultScopes: default_scope === null ? undefined : scopesOf(default_scope),
    })),
  }
}

/** A client that was just registered, with its secret, for the one answer that has it. */
export function createdClientAnswer(created: CreatedClient): z.output<typeof createdClientMessage> {
  return {
    client: clientAnswer(created.client),
    client_secret: created.clientSecret?.reveal() ?? null,
    secret_id: created.secretId ?? null,
  }
}

/** A client that was just registered, out of that answer. */
export function createdClientFrom(message: z.output<typeof createdClientMessage>): CreatedClient {
  const { client, client_secret, secret_id } = message
  return {
    client: clientFrom(client),
    clientSecret: client_secret === null ? undefined : redact('client secret', client_secret),
    secretId: secret_id ?? undefined,
  }
}

/** What is to be registered, out of a request. */
export function clientDraftFrom(message: z.output<typeof clientDraftMessage>): ClientDraft {
  const { client_secret, ...others } = message
  return {
    ...(membersWithoutNull(others) as ClientDraft),
    ...(client_secret !== undefined && { clientSecret: redact('client secret', client_secret) }),
  }
}

/** The same for a request. */
export function clientDraftRequest({ clientSecret, ...draft }: ClientDraft): object {
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret.reveal() }
  return { ...(requestMembers(draft) as object), ...secret }
}

/** What is to be different about a client, out of a request. */
export function clientPatchFrom(message: z.output<typeof clientPatchMessage>): ClientPatch {
  return membersWithNull(message) as ClientPatch
}

/** What is to be registered, out of a request. */
export function resourceDraftFrom(message: z.output<typeof resourceDraftMessage>): ResourceDraft {
  return membersWithoutNull(message) as ResourceDraft
}

/** What is to be different about a resource, out of a request. */
export function resourcePatchFrom(message: z.output<typeof resourcePatchMessage>): ResourcePatch {
  return membersWithNull(message) as ResourcePatch
}

/** Scopes of ours are well-formed; what is not means that somebody else answers, and grants nothing. */
function scopesOf(text: string): ScopeSet {
  const parsed = parseScope(text)
  return parsed.ok ? parsed.value : emptyScope
}
