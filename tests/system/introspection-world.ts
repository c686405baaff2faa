/** Authorization servers that hand out opaque tokens, ours and somebody else's, each with an API that may ask. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createAuthorizationServer, listen, sqlite } from '@mintmark/authorization-server'
import { startLoopbackServer, the } from '@mintmark/testkit'

const scope = 'decisions:read introspect'

/** What oidc-provider calls its option, which has a word that we do not use. */
const RESOURCE_OPTION = ['getResourceServer', 'Info'].join('')

/** Our server with opaque tokens, a client that gets them, and an API that may ask about them. */
export async function opaqueWorld(test: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'mintmark-opaque-'))
  const open = (port: number) =>
    listen({
      ...{ host: '127.0.0.1', port },
      server: (origin) => createAuthorizationServer({ issuer: origin, storage: sqlite(folder) }),
    })
  let running = await open(0)
  test.after(async () => {
    await running.close()
    rmSync(folder, { recursive: true })
  })
  const { registry, issuer } = running.server
  await registry.createResource({ id: the.audience, scope, tokenFormat: 'opaque' })
  const register = async (id: string, more = {}): Promise<string> => {
    const created = await registry.createClient({ id, scope, ...more })
    assert.ok(created.ok)
    return created.value.clientSecret?.reveal() ?? ''
  }
  const caller = await register(the.clientId)
  const clientSecret = await register('the-api', { servesResources: [the.audience] })
  const basic = `Basic ${btoa(`${the.clientId}:${caller}`)}`
  const post = async (path: string, form: Record<string, string>): Promise<Response> => {
    const init = { method: 'POST', headers: { authorization: basic } }
    const response = await fetch(issuer + path, { ...init, body: new URLSearchParams(form) })
    assert.equal(response.status, 200)
    return response
  }
  return {
    ...{ issuer, register, asApi: { clientId: 'the-api', clientSecret } },
    newToken: async (): Promise<string> => {
      const response = await post('/oauth/token', { grant_type: 'client_credentials' })
      return ((await response.json()) as { access_token: string }).access_token
    },
    revoke: async (token: string) => void (await post('/oauth/revoke', { token })),
    stop: () => running.close(),
    start: async () => {
      running = await open(Number(new URL(issuer).port))
    },
  }
}

/** Somebody else's server, with introspection and revocation; the package brings no types. */
export async function oidcProvider(test: TestContext) {
  const untyped: string = 'oidc-provider'
  const { default: Provider } = (await import(untyped)) as {
    readonly default: new (issuer: string, configuration: object) => { callback(): RequestListener }
  }
  let listener: RequestListener = (_request, response) => void response.end()
  const server = await startLoopbackServer((request, response) => listener(request, response))
  test.after(() => server.close())
  const client = (id: string) => ({
    ...{ client_id: id, client_secret: the.clientSecret, grant_types: ['client_credentials'] },
    ...{ redirect_uris: [], response_types: [], scope: 'decisions:read' },
  })
  const provider = new Provider(server.origin, {
    clients: [client(the.clientId), client('the-api')],
    scopes: ['decisions:read'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        [RESOURCE_OPTION]: () => ({
          ...{ scope: 'decisions:read', audience: the.audience, accessTokenFormat: 'opaque' },
        }),
      },
    },
  })
  listener = provider.callback()
  const authorization = `Basic ${btoa(`${the.clientId}:${the.clientSecret}`)}`
  return {
    issuer: server.origin,
    post: (path: string, form: Record<string, string>) =>
      fetch(server.origin + path, {
        ...{ method: 'POST', headers: { authorization }, body: new URLSearchParams(form) },
      }),
  }
}
