/** A server in memory and its admin port, on a port of its own, with a first administrator. */
import {
  type AuthorizationServer,
  createAuthorizationServer,
  sqlite,
} from '@mintmark/authorization-server'
import { type RandomSource, systemTransport } from '@mintmark/runtime'
import { FakeClock, the } from '@mintmark/testkit'
import {
  type AdminApiOptions,
  bootstrapClientId,
  bootstrapOnce,
  createAdminApi,
  listenAdmin,
} from '../src/index.ts'

export interface AdminWorld extends AsyncDisposable {
  readonly server: AuthorizationServer
  readonly clock: FakeClock
  readonly origin: string
  /** Of the first administrator. */
  readonly secret: string
  get(path: string, init?: RequestInit): Promise<Response>
  /** An access token for the admin API. */
  token(scope?: string, clientId?: string, secret?: string): Promise<string>
  /** Calls an operation with a token for everything; `body` is sent as JSON. */
  call(method: string, path: string, body?: unknown): Promise<Response>
}

export interface AdminWorldOptions extends Partial<AdminApiOptions> {
  readonly serverRandom?: RandomSource
}

export async function adminWorld(options: AdminWorldOptions = {}): Promise<AdminWorld> {
  const clock = new FakeClock()
  const storage = sqlite(':memory:')
  const server = await createAuthorizationServer({ issuer: the.issuer, storage, clock })
  const made = await bootstrapOnce(server.administration({ actor: 'node', via: 'node' }))
  const secret = made?.clientSecret.reveal() ?? ''
  const api = createAdminApi({ server, clock, ...options })
  const running = await listenAdmin(api, { host: '127.0.0.1', port: 0 })
  const get = (path: string, init?: RequestInit) => systemTransport(running.origin + path, init)
  const token = async (scope?: string, id: string = bootstrapClientId, clientSecret = secret) => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    if (scope !== undefined) form.set('scope', scope)
    const response = await server.fetch(
      new Request(the.tokenEndpoint, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${id}:${clientSecret}`)}` },
        body: form,
      }),
    )
    return String(((await response.json()) as { access_token?: string }).access_token)
  }
  let everything: string | undefined
  return {
    server,
    clock,
    secret,
    origin: running.origin,
    get,
    token,
    async call(method, path, body) {
      everything ??= await token()
      return await get(path, {
        method,
        headers: {
          authorization: `Bearer ${everything}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    },
    async [Symbol.asyncDispose]() {
      await running.close()
      await server.close()
    },
  }
}
