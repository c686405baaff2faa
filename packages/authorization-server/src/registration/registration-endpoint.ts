/**
 * Dynamic client registration (RFC 7591) and its management (RFC 7592), for machines.
 *
 * Invariants
 *  (1) Off unless configured. Who registers shows an initial access token, unless everybody may.
 *  (2) A client never gets more than the policy says, or than it has already: its ceiling is not its own to raise.
 *  (3) A registration access token opens one client of one creation, and nothing that is disabled or deleted; every
 *      doubt about it is the same 401.
 *  (4) A secret is in one answer: that of the registration, or of the update that made it necessary.
 */
import { type JsonObject, member, parseJsonObject, redact, scopeOf } from '@mintmark/protocol'
import type { Administration } from '../administration.ts'
import { admittedEndpoint } from '../endpoints/admitted-endpoint.ts'
import type { EndpointWorld } from '../endpoints/endpoint-world.ts'
import { bearerTokenIn } from '../endpoints/introspection-caller.ts'
import type { Endpoint, EndpointRequest, EndpointResponse } from '../http/endpoint.ts'
import { registrationDepthMax, requestBodyBytesMax } from '../limits.ts'
import type { Client } from '../registry/client.ts'
import type { GrantDraft } from '../registry/grant-draft.ts'
import type { ChangeActor } from '../registry/registry-world.ts'
import { claimsOfActiveToken } from '../tokens/own-token.ts'
import {
  type ClientMetadata,
  clientMetadataOf,
  grantsWithin,
  readClientMetadata,
} from './client-metadata.ts'
import type { RegistrationPolicy } from './registration-options.ts'
import {
  malformed,
  metadataFault,
  methodNotAllowed,
  refusalOf,
  registryFull,
  scopeMissing,
  scopeTooWide,
  storageAway,
  tokenInvalid,
  tokenMissing,
} from './registration-refusal.ts'
import {
  clientDeleted,
  type RegistrationRefusal,
  registrationAnswer,
  registrationRefused,
} from './registration-response.ts'
import { createRegistrationTokens, type RegistrationTokens } from './registration-token.ts'

/** The scope of an initial access token. */
export const REGISTER_SCOPE = 'register'

/** What registration works with. */
export interface RegistrationWorld extends EndpointWorld {
  readonly policy: RegistrationPolicy
  /** Changes things in the name of whoever registers. */
  readonly administration: (actor: ChangeActor) => Administration
}

interface Work extends RegistrationWorld {
  readonly tokens: RegistrationTokens
  /** The endpoint's own URL. */
  readonly url: string
}

type Outcome = EndpointResponse | RegistrationRefusal

/** Makes the endpoint: `POST` registers; with `client_id` in the query `GET`, `PUT` and `DELETE` manage. */
export function createRegistrationEndpoint(world: RegistrationWorld): Endpoint {
  const { issuer, dialect, session, random } = world
  const tokens = createRegistrationTokens(session.masterKey, random)
  const url = issuer.replace(/\/$/, '') + dialect.paths.registration
  const work: Work = { ...world, tokens, url }
  return admittedEndpoint(world, 'registration', (request, answer) => {
    const clientId = namedClient(request.target)
    const allowed = clientId === undefined ? 'POST' : 'GET, PUT, DELETE'
    const done = clientId === undefined ? register(request, work) : manage(request, clientId, work)
    done
      .catch((): RegistrationRefusal => storageAway)
      .then((outcome) => {
        answer('headers' in outcome ? outcome : registrationRefused(outcome, allowed))
      })
  })
}

/** RFC 7591 section 3. */
async function register(request: EndpointRequest, work: Work): Promise<Outcome> {
  if (request.method !== 'POST') return methodNotAllowed
  const caller = registrar(request, work)
  if (!('actor' in caller)) return caller
  const { policy, state, newIdentifier } = work
  if (state.registry.clientCount >= policy.clientsMax) return registryFull
  const body = bodyOf(request)
  if (!body.ok) return body.refusal
  const read = readClientMetadata(body.members, policy.authenticationMethods)
  if (!read.ok) return { status: 400, ...read }
  const { metadata } = read
  const grants = grantsWithin(knownGrants(policy.grants, work), metadata.scopes)
  if (grants === undefined) return scopeTooWide
  const { registry } = work.administration({ actor: caller.actor, via: 'registration' })
  const created = await registry.createClient({
    ...draftOf(metadata),
    ...{ id: `dyn_${newIdentifier()}`, grants },
  })
  if (!created.ok) return refusalOf(created)
  const { client, clientSecret } = created.value
  return registrationAnswer(201, clientDocument(client, clientSecret?.reveal(), work))
}

/** RFC 7592 section 2. */
async function manage(request: EndpointRequest, clientId: string, work: Work): Promise<Outcome> {
  const { method } = request
  if (method !== 'GET' && method !== 'PUT' && method !== 'DELETE') return methodNotAllowed
  const token = bearerTokenIn(request.authorization)
  const identity = token === undefined ? undefined : work.tokens.open(token)
  if (identity?.clientId !== clientId) return token === undefined ? tokenMissing : tokenInvalid
  const { registry } = work.administration({
    ...{ actor: `client:${clientId}`.slice(0, 255), via: 'registration' },
  })
  const client = await registry.client(clientId)
  const isSame = client !== undefined && Date.parse(client.createdAt) === identity.createdAtWallMs
  if (!isSame || client.disabled) return tokenInvalid
  if (method === 'GET') return registrationAnswer(200, clientDocument(client, undefined, work))
  if (method === 'PUT') return update(request, client, registry, work)
  const deleted = await registry.deleteClient(clientId)
  return deleted.ok ? clientDeleted : refusalOf(deleted)
}

/** Replaces everything that a client says of itself (RFC 7592 section 2.2). */
async function update(
  request: EndpointRequest,
  client: Client,
  registry: Administration['registry'],
  work: Work,
): Promise<Outcome> {
  const body = bodyOf(request)
  if (!body.ok) return body.refusal
  const { members } = body
  const own = ownMembers.find((name) => Object.hasOwn(members, name))
  if (own !== undefined) return metadataFault(`${own} is not for the client to say`)
  if (member(members, 'client_id') !== client.id) {
    return metadataFault('client_id is not that of this client')
  }
  const read = readClientMetadata(members, work.policy.authenticationMethods)
  if (!read.ok) return { status: 400, ...read }
  const { metadata } = read
  const current = client.grants.map(({ resource, scopes }) => ({ resource, scope: scopes.text }))
  const ceiling = widest([...knownGrants(work.policy.grants, work), ...current])
  const grants = metadata.scopes === undefined ? current : grantsWithin(ceiling, metadata.scopes)
  if (grants === undefined) return scopeTooWide
  const updated = await registry.updateClient(client.id, { ...patchOf(metadata), grants })
  if (!updated.ok) return refusalOf(updated)
  const secret = await missingSecret(updated.value, registry)
  return registrationAnswer(200, clientDocument(updated.value, secret, work))
}

/** A client that now authenticates by secret and has none gets one. */
async function missingSecret(
  client: Client,
  registry: Administration['registry'],
): Promise<string | undefined> {
  const usesSecret = client.authenticationMethods.some((one) => one.startsWith('client_secret_'))
  if (!usesSecret || client.secrets.some((secret) => secret.state === 'active')) return undefined
  const added = await registry.addSecret(client.id)
  return added.ok ? added.value.clientSecret.reveal() : undefined
}

/** What an update must not contain, because it is the server's to say (RFC 7592 section 2.2). */
const ownMembers = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

/** Whoever registers: by its initial access token, or anybody. */
function registrar(
  { authorization }: EndpointRequest,
  work: Work,
): { readonly actor: string } | RegistrationRefusal {
  if (work.policy.access === 'open') return { actor: 'anybody' }
  const token = bearerTokenIn(authorization)
  if (token === undefined) return tokenMissing
  const claims = claimsOfActiveToken(redact('access token', token), work, work.clock.wallMs())
  if (claims === undefined || claims.cnf !== undefined) return tokenInvalid
  const audience = typeof claims.aud === 'string' ? [claims.aud] : claims.aud
  if (!audience.includes(work.issuer)) return tokenInvalid
  const scopes = scopeOf((claims.scope ?? '').split(' ').filter(Boolean))
  if (!scopes.has(REGISTER_SCOPE)) return scopeMissing
  return { actor: `client:${claims.client_id}`.slice(0, 255) }
}

type ReadBody =
  | { readonly ok: true; readonly members: JsonObject }
  | { readonly ok: false; readonly refusal: RegistrationRefusal }

function bodyOf({ contentType, body }: EndpointRequest): ReadBody {
  const isJson = /^application\/json[ \t]*(?:;|$)/i.test(contentType ?? '')
  if (!isJson) return { ok: false, refusal: { ...malformed, status: 415 } }
  if (!body.ok) {
    const status = body.violation === 'body_too_large' ? 413 : 400
    return { ok: false, refusal: { ...malformed, status } }
  }
  const limits = { depthMax: registrationDepthMax, lengthMax: requestBodyBytesMax }
  const parsed = parseJsonObject(body.text, limits)
  return parsed.ok ? { ok: true, members: parsed.value } : { ok: false, refusal: malformed }
}

function draftOf(metadata: ClientMetadata) {
  const { label, keys, certificate, senderConstraint, authenticationMethod } = metadata
  return {
    authenticationMethods: [authenticationMethod],
    settings: { label, keys, certificate, senderConstraint },
  }
}

/** What is not said any more goes back to its default (RFC 7592 section 2.2). */
function patchOf(metadata: ClientMetadata) {
  const { authenticationMethods, settings } = draftOf(metadata)
  const { label, keys, certificate, senderConstraint } = settings
  return {
    authenticationMethods,
    settings: {
      ...{ label: label ?? null, keys: keys ?? null, certificate: certificate ?? null },
      senderConstraint,
    },
  }
}

/** A policy may name what is not registered yet, or not any more. */
function knownGrants(grants: readonly GrantDraft[], { state }: Work): readonly GrantDraft[] {
  return grants.flatMap(({ resource, scope }) => {
    const owned = state.registry.resource(resource)?.scopes
    const tokens = scope.split(' ').filter((token) => owned?.has(token))
    return tokens.length === 0 ? [] : [{ resource, scope: tokens.join(' ') }]
  })
}

/** One grant for each resource, with all scopes that any of them has. */
function widest(grants: readonly GrantDraft[]): readonly GrantDraft[] {
  const byResource = new Map<string, Set<string>>()
  for (const { resource, scope } of grants) {
    const tokens = byResource.get(resource) ?? new Set()
    for (const token of scope.split(' ').filter(Boolean)) tokens.add(token)
    byResource.set(resource, tokens)
  }
  return [...byResource].map(([resource, tokens]) => ({ resource, scope: [...tokens].join(' ') }))
}

/** RFC 7591 section 3.2.1 with RFC 7592 section 3. */
function clientDocument(client: Client, secret: string | undefined, { tokens, url }: Work): object {
  const createdAtWallMs = Date.parse(client.createdAt)
  const query = new URLSearchParams({ client_id: client.id })
  return {
    client_id: client.id,
    client_id_issued_at: Math.floor(createdAtWallMs / 1000),
    ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
    registration_access_token: tokens.issue({ clientId: client.id, createdAtWallMs }),
    registration_client_uri: `${url}?${query}`,
    ...clientMetadataOf(client),
  }
}

function namedClient(target: string): string | undefined {
  const at = target.indexOf('?')
  return at === -1
    ? undefined
    : (new URLSearchParams(target.slice(at)).get('client_id') ?? undefined)
}
