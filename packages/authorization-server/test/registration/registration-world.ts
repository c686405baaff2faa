/** A server at which clients register themselves, and what speaks to it. */
import { FakeClock, the } from '@mintmark/testkit'
import {
  createAuthorizationServer,
  type RegistrationOptions,
  type StorageSession,
  sqlite,
} from '../../src/index.ts'
import { value } from '../registry/registry-world.ts'
import { basicOf } from '../serving.ts'

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: any }

export interface World extends AsyncDisposable {
  readonly server: Awaited<ReturnType<typeof createAuthorizationServer>>
  readonly session: StorageSession
  readonly clock: FakeClock
  /** An access token for the issuer, with the scope `register` or without. */
  initialToken(scope?: string): Promise<string>
  send(method: string, url: string, token?: string, body?: unknown): Promise<Answer>
  register(metadata: object, token?: string): Promise<Answer>
  tokenFor(id: string, secret: string): Promise<Answer>
}

export const url = `${the.issuer}/oauth/register`
const policy: RegistrationOptions = {
  grants: [
    { resource: the.audience, scope: 'decisions:read' },
    { resource: 'https://later.example', scope: 'later' },
  ],
}

export async function registrationWorld(
  registration: RegistrationOptions | 'none' = policy,
): Promise<World> {
  const clock = new FakeClock()
  const memory = sqlite(':memory:')
  const session = await memory.open()
  const server = await createAuthorizationServer({
    ...{ issuer: the.issuer, clock, storage: { ...memory, open: async () => session } },
    ...(registration !== 'none' && { registration }),
  })
  const { registry } = server
  value(await registry.createResource({ id: the.audience, scope: the.scope }))
  value(await registry.createResource({ id: the.issuer, scope: 'register other' }))
  const { clientSecret } = value(
    await registry.createClient({ id: 'onboarding', scope: 'register other' }),
  )
  const send: World['send'] = async (method, to, token, body) => {
    const request = new Request(to, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const { status, headers, ...response } = await answered(await server.fetch(request))
    return { status, headers, body: response.text === '' ? undefined : JSON.parse(response.text) }
  }
  const tokenFor: World['tokenFor'] = async (id, secret) => {
    const request = new Request(the.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: basicOf(id, secret) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { status, headers, text } = await answered(await server.fetch(request))
    return { status, headers, body: JSON.parse(text) }
  }
  const initialToken = async (scope = 'register'): Promise<string> => {
    const request = new Request(the.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: basicOf('onboarding', clientSecret?.reveal() ?? '') },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    })
    const response = (await (await server.fetch(request)).json()) as {
      readonly access_token: string
    }
    return response.access_token
  }
  return {
    ...{ server, session, clock, send, tokenFor, initialToken },
    register: async (metadata, token) =>
      send('POST', url, token ?? (await initialToken()), metadata),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

async function answered(response: Response) {
  return { status: response.status, headers: response.headers, text: await response.text() }
}
