/**
 * The client against authorization servers that are not ours: `oauth2-mock-server`, which can be made to answer
 * anything, and `oidc-provider` with an API behind our guard. Assertions and bound tokens from `oidc-provider` are in
 * `packages/client/test/interop` and `dpop.test.ts`.
 */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import {
  clientSecretBasic,
  createTokenClient,
  privateKeyJwt,
  TokenAcquisitionError,
  type TokenClient,
  type TokenClientOptions,
} from '@mintmark/client'
import { publicJwkOf } from '@mintmark/jwt'
import { createGuard } from '@mintmark/resource-server'
import { protect } from '@mintmark/resource-server/node'
import { fixtureKeys, startLoopbackServer, the } from '@mintmark/testkit'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Events, type MutableResponse, OAuth2Server } from 'oauth2-mock-server'

interface MockWorld {
  readonly server: OAuth2Server
  readonly issuer: string
  readonly tokenRequests: readonly unknown[]
  connect(options?: Partial<TokenClientOptions>): TokenClient
}

async function mockWorld(test: TestContext, hasSlash: boolean): Promise<MockWorld> {
  const server = new OAuth2Server(undefined, undefined, {
    shouldIssuerUrlBeSuffixedWithATralingSlash: hasSlash,
  })
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  test.after(() => server.stop())
  const tokenRequests: unknown[] = []
  server.service.on(Events.BeforeResponse, (_response, request) => tokenRequests.push(request.body))
  const issuer = String(server.issuer.url)
  return {
    ...{ server, issuer, tokenRequests },
    connect: (options = {}) => {
      const client = createTokenClient({
        issuer,
        clientId: the.clientId,
        ...(options.clientSecret === undefined && {
          clientAuthentication: clientSecretBasic(the.clientSecret),
        }),
        scope: the.scope,
        ...options,
      })
      test.after(() => client.dispose())
      return client
    },
  }
}

function acquisitionError(error: unknown): TokenAcquisitionError {
  assert.ok(error instanceof TokenAcquisitionError)
  return error
}

async function failureOf(work: Promise<unknown>): Promise<TokenAcquisitionError> {
  return acquisitionError(
    await work.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
}

test('oauth2-mock-server: found by discovery, one token for a thousand callers [C12] [T1]', async (context) => {
  const { server, issuer, tokenRequests, connect } = await mockWorld(context, false)
  const client = connect()
  const tokens = await Promise.all(Array.from({ length: 1_000 }, () => client.token()))
  assert.deepEqual([new Set(tokens).size, tokenRequests.length], [1, 1])
  const keys = createRemoteJWKSet(new URL(`${server.issuer.url}/jwks`))
  const { payload } = await jwtVerify(tokens[0]?.reveal() ?? '', keys, { issuer })
  assert.equal(payload.scope, the.scope)
})

test('oauth2-mock-server: an issuer with a slash at the end, as Auth0 has it [S7] [C12]', async (context) => {
  const { tokenRequests, connect } = await mockWorld(context, true)
  const options = { preset: 'auth0', clientSecret: the.clientSecret, audience: 'api' } as const
  await connect(options).token()
  const [sent] = tokenRequests as readonly Record<string, string>[]
  assert.deepEqual([sent?.audience, sent?.client_secret], ['api', the.clientSecret])
})

test('oauth2-mock-server: no secret goes to a server that says it takes none [C11]', async (context) => {
  const { tokenRequests, connect } = await mockWorld(context, false)
  const { code } = await failureOf(connect({ clientSecret: the.clientSecret }).token())
  assert.deepEqual([code, tokenRequests.length], ['authentication_not_supported', 0])
})

test('oauth2-mock-server: whatever it answers becomes a token or a typed error [T4] [C7]', async (context) => {
  const { server, connect } = await mockWorld(context, false)
  const rows: readonly [change: (answer: MutableResponse) => void, code: string | undefined][] = [
    [(answer) => Object.assign(answer.body, { expires_in: '3600' }), undefined],
    [(answer) => Object.assign(answer.body, { token_type: 'bearer' }), undefined],
    [(answer) => Object.assign(answer.body, { token_type: 'mac' }), 'token_type_mismatch'],
    [(answer) => Object.assign(answer.body, { expires_in: 'soon' }), 'response_not_conforming'],
    [(answer) => Object.assign(answer.body, { access_token: 7 }), 'response_not_conforming'],
    [(answer) => Object.assign(answer.body, { error: 'server_error' }), 'server_unavailable'],
    [(answer) => Object.assign(answer.body, { scope: 'decisions:read' }), 'scope_narrowed'],
    [(answer) => Object.assign(answer, { statusCode: 500 }), 'server_unavailable'],
    [(answer) => Object.assign(answer, { statusCode: 401, body: {} }), 'client_refused'],
    [
      (answer) => Object.assign(answer, { statusCode: 400, body: { error: 'invalid_scope' } }),
      'request_refused',
    ],
  ]
  for (const [change, code] of rows) {
    server.service.once(Events.BeforeResponse, change)
    const client = connect({ deadlineMs: 500 })
    if (code === undefined) await client.token()
    else assert.equal((await failureOf(client.token())).code, code)
  }
})

test('oauth2-mock-server: metadata of somebody else sends no secret anywhere [C12]', async (context) => {
  const { server, tokenRequests, connect } = await mockWorld(context, false)
  const rows: readonly [change: object, code: string][] = [
    [{ issuer: 'http://127.0.0.1:1' }, 'metadata_not_conforming'],
    [{ token_endpoint: 'http://127.0.0.1:1/token' }, 'token_endpoint_foreign'],
    [{ token_endpoint: 'http://token.example/token' }, 'metadata_not_conforming'],
  ]
  for (const [change, code] of rows) {
    server.service.once(Events.BeforeWellKnownOpenIdConfiguration, (answer) => {
      Object.assign(answer.body, change)
    })
    assert.equal((await failureOf(connect({ deadlineMs: 500 }).token())).code, code)
  }
  assert.equal(tokenRequests.length, 0)
})

/** The part of oidc-provider that is used here; the package brings no types. */
interface OidcProvider {
  callback(): RequestListener
}

const untyped: string = 'oidc-provider'
const { default: Provider } = (await import(untyped)) as {
  readonly default: new (issuer: string, configuration: object) => OidcProvider
}

test('oidc-provider: its JWTs get through our guard, and are replaced after a 401 [S6] [C6]', async (context) => {
  let listener: RequestListener = (_request, response) => void response.end()
  const provider = await startLoopbackServer((request, response) => listener(request, response))
  let calls = 0
  let admits: RequestListener = listener
  const api = await startLoopbackServer((request, response) => {
    calls += 1
    if (calls !== 2) return admits(request, response)
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
  })
  const guard = createGuard({ issuer: provider.origin, audience: api.origin })
  context.after(async () => {
    guard.dispose()
    await Promise.all([provider.close(), api.close()])
  })
  admits = protect({ guard, scope: 'decisions:read' })((_request, response) => void response.end())
  const key = fixtureKeys.ES256
  const server = { scope: the.scope, audience: api.origin, accessTokenFormat: 'jwt' }
  listener = new Provider(provider.origin, {
    clients: [
      {
        client_id: the.clientId,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [publicJwkOf(key)] },
        grant_types: ['client_credentials'],
        ...{ redirect_uris: [], response_types: [], scope: the.scope },
      },
    ],
    scopes: the.scope.split(' '),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        ...Object.fromEntries([['getResourceServerInfo', () => server]]),
      },
    },
  }).callback()
  const client = createTokenClient({
    issuer: provider.origin,
    clientId: the.clientId,
    clientAuthentication: privateKeyJwt({ key }),
    scope: 'decisions:read',
    resource: api.origin,
  })
  for (let call = 0; call < 3; call += 1) {
    assert.equal((await client.fetch(`${api.origin}/decisions`)).status, 200)
  }
  assert.equal(calls, 4)
  const obtained = client.explain().filter(({ event }) => event.type === 'token_obtained')
  assert.equal(obtained.length, 2)
  await client.dispose()
})
