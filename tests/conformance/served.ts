/** An authorization server behind a real port, with resources and clients of every kind, for tests of its protocol. */
import assert from 'node:assert/strict'
import {
  type AuthorizationServerOptions,
  createAuthorizationServer,
  listen,
  type RunningServer,
  sqlite,
} from '@mintmark/authorization-server'
import { parseCompact } from '@mintmark/jwt'
import { type ClientSecret, redact, serialiseBasicCredentials } from '@mintmark/protocol'
import { systemTransport } from '@mintmark/runtime'
import { FakeClock } from '@mintmark/testkit'

/** Resources: ordinary; with an algorithm of its own; with a scope of the same name as the first has. */
export const api = 'https://api.example'
export const rsaApi = 'https://rsa.example'
export const twinApi = 'https://twin.example'

/** A client and what it proves itself with. */
export interface ServedClient {
  readonly id: string
  readonly secret: ClientSecret
  readonly basic: string
}

/** What is served. Clients are named after what they may do. */
export interface Served {
  close(): Promise<void>
  readonly server: RunningServer
  readonly issuer: string
  readonly clock: FakeClock
  /** May have `read` and `write` at `api`. */
  readonly partner: ServedClient
  /** May have `rsa:read` at `rsaApi`, and nothing else. */
  readonly stranger: ServedClient
  /** May have `read` at `api` and at `twinApi`, and `rsa:read` at `rsaApi`. */
  readonly traveller: ServedClient
  /** Introspects for `api`, and may not have tokens. */
  readonly apiServer: ServedClient
  /** Sends parameters to a path of the issuer as `client`, or as nobody. */
  post(
    path: string,
    parameters: Readonly<Record<string, string>> | string,
    client?: ServedClient,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
  /** Sends any request. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** An access token of `client`. */
  token(client: ServedClient, more?: Readonly<Record<string, string>>): Promise<string>
}

/** Starts it. */
export async function served({
  dialect = 'default',
  path = '',
  storage = sqlite(':memory:'),
  ...options
}: Partial<AuthorizationServerOptions> & { readonly path?: string } = {}): Promise<Served> {
  const clock = new FakeClock()
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    server: (origin) => {
      const issuer = origin + path
      return createAuthorizationServer({ issuer, storage, dialect, clock, ...options })
    },
  })
  const { registry } = server.server
  await registry.createResource({ id: api, scope: 'read write', lifetimeSeconds: 600 })
  await registry.createResource({ id: rsaApi, scope: 'rsa:read', algorithm: 'RS256' })
  await registry.createResource({ id: twinApi, scope: 'read' })
  const client = clientMaker(registry)
  const partner = await client({ id: 'partner', scope: 'read write', resources: [api] })
  const issuer = server.server.issuer
  const request: Served['request'] = (target, init) => systemTransport(issuer + target, init)
  const post: Served['post'] = (target, parameters, caller, headers = {}) =>
    request(target, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      headers: { ...(caller && { authorization: caller.basic }), ...headers },
    })
  return {
    ...{ server, issuer, clock, partner, request, post, close: () => server.close() },
    stranger: await client({ id: 'stranger', scope: 'rsa:read' }),
    traveller: await client({
      id: 'traveller',
      scope: 'read rsa:read',
      resources: [api, twinApi, rsaApi],
    }),
    apiServer: await client({ id: 'api-server', scope: '', servesResources: [api] }),
    token: async (caller, more = {}) => {
      const parameters = { grant_type: 'client_credentials', ...more }
      const response = await post(
        server.server.tokenEndpoint.slice(issuer.length),
        parameters,
        caller,
      )
      const { access_token } = await members(response)
      assert(typeof access_token === 'string')
      return access_token
    },
  }
}

type Registry = RunningServer['server']['registry']

/** Registers clients, each with a secret of its own that is made or brought along. */
export function clientMaker(registry: Registry) {
  return async (draft: Parameters<Registry['createClient']>[0]): Promise<ServedClient> => {
    const created = await registry.createClient(draft)
    assert(created.ok)
    const secret = created.value.clientSecret ?? draft.clientSecret
    assert(secret !== undefined)
    const basic = serialiseBasicCredentials(draft.id, secret)
    return { id: draft.id, secret, basic }
  }
}

/** The JSON object of a response. */
export async function members(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await response.json()) as Record<string, unknown>
}

/** Status and `error` of a refusal, in one text. */
export async function refusalOf(response: Response): Promise<string> {
  return `${response.status} ${(await members(response)).error}`
}

/** Header and claims of a JWT, unverified. */
export function readJwt(token: string) {
  const jws = parseCompact(token)
  assert(jws.ok)
  const claims = JSON.parse(new TextDecoder().decode(jws.value.payload)) as Record<string, unknown>
  return { header: jws.value.header, claims }
}

/** A secret that somebody brings along. */
export function broughtSecret(text: string): ClientSecret {
  return redact('client secret', text)
}
