/** A server with two resources and two clients, in memory, for tests that speak to endpoints. */
import { type ClientSecret, redact } from '@mintmark/protocol'
import { FakeClock, startLoopbackServer, the } from '@mintmark/testkit'
import {
  type AuthorizationServer,
  type AuthorizationServerEvent,
  type AuthorizationServerOptions,
  createAuthorizationServer,
  type DialectName,
  sqlite,
} from '../src/index.ts'

export interface Serving extends AsyncDisposable {
  readonly server: AuthorizationServer
  readonly clock: FakeClock
  readonly events: AuthorizationServerEvent[]
  /** Of `the.clientId`, which may have both scopes at `the.audience`. */
  readonly secret: string
  readonly basic: string
  /** Sends a form to a path of the issuer. */
  post(
    path: string,
    form: Record<string, string> | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
}

export const otherAudience = 'https://other.example'

export async function serving(
  dialect: DialectName = 'default',
  issuer: string = the.issuer,
  more: Partial<AuthorizationServerOptions> = {},
): Promise<Serving> {
  const clock = new FakeClock()
  const events: AuthorizationServerEvent[] = []
  const observer = (event: AuthorizationServerEvent): void => void events.push(event)
  const storage = sqlite(':memory:')
  const server = await createAuthorizationServer({
    ...{ issuer, storage, dialect, clock, observer },
    ...more,
  })
  await server.registry.createResource({ id: the.audience, scope: the.scope, lifetimeSeconds: 600 })
  await server.registry.createResource({ id: otherAudience, scope: 'other:read' })
  const secret = (await registerClient(server, { id: the.clientId, scope: the.scope })).reveal()
  return {
    server,
    clock,
    events,
    secret,
    basic: basicOf(the.clientId, secret),
    post: (path, form, headers) =>
      server.fetch(
        new Request(issuer + path, {
          method: 'POST',
          body: new URLSearchParams(form),
          headers: { ...headers },
        }),
      ),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

export async function registerClient(
  server: AuthorizationServer,
  draft: Parameters<AuthorizationServer['registry']['createClient']>[0],
): Promise<ClientSecret> {
  const created = await server.registry.createClient(draft)
  if (!created.ok) throw new Error(created.violation)
  return created.value.clientSecret ?? redact('client secret', '')
}

export function basicOf(id: string, secret: string): string {
  return `Basic ${btoa(`${id}:${secret}`)}`
}

export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope?: string
}

/** A token for the registered client. */
export async function obtainToken(
  world: Serving,
  more: Record<string, string> = {},
): Promise<string> {
  const form = { grant_type: 'client_credentials', ...more }
  const response = await world.post('/oauth/token', form, { authorization: world.basic })
  return ((await response.json()) as TokenAnswer).access_token
}

/** Sends a token request of any media type. */
export function sendTokenRequest(
  world: Serving,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return world.server.fetch(new Request(the.tokenEndpoint, { method: 'POST', body, headers }))
}

export { startLoopbackServer, the }
