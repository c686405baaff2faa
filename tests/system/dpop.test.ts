/**
 * DPoP (RFC 9449) with judges that are not ours: `oidc-provider` binds the tokens and wants nonces, a resource server
 * of `oauth4webapi` looks at tokens and proofs, and wants nonces of its own.
 */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { createTokenClient, dpop, privateKeyJwt, type TokenClientOptions } from '@mintmark/client'
import { fixtureKeys, startLoopbackServer, the } from '@mintmark/testkit'
import { calculateJwkThumbprint, decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'

/** The part of oidc-provider that is used here; the package brings no types. */
interface OidcProvider {
  callback(): RequestListener
}

/** What its functions get of a token request. */
interface OidcContext {
  readonly oidc: { readonly params: { readonly authorization_details: string } }
}

const untyped: string = 'oidc-provider'
const { default: Provider } = (await import(untyped)) as {
  readonly default: new (issuer: string, configuration: object) => OidcProvider
}

interface World {
  readonly issuer: string
  readonly api: string
  /** Token requests and calls so far, answered or refused. */
  readonly counts: { tokenRequests: number; calls: number }
}

async function withWorld(use: (world: World) => Promise<void>): Promise<void> {
  const counts = { tokenRequests: 0, calls: 0 }
  let provider: RequestListener = (_request, response) => void response.end()
  const server = await startLoopbackServer((request, response) => {
    if (request.method === 'POST') counts.tokenRequests += 1
    provider(request, response)
  })
  const issuer = server.origin
  let judge: RequestListener = (_request, response) => void response.end()
  const resource = await startLoopbackServer((request, response) => judge(request, response))
  provider = new Provider(issuer, configurationFor(resource.origin)).callback()
  judge = (request, response) => {
    counts.calls += 1
    const { method = '', url = '' } = request
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    const received = new Request(new URL(url, resource.origin), {
      method,
      headers: Object.fromEntries(headers),
    })
    const proof = received.headers.get('dpop') ?? ''
    if (decodeJwt(proof).nonce !== `nonce-${counts.calls - 1}`) {
      response.setHeader('www-authenticate', 'DPoP error="use_dpop_nonce", algs="ES256 EdDSA"')
      response.setHeader('dpop-nonce', `nonce-${counts.calls}`)
      response.writeHead(401).end()
      return
    }
    const as = { issuer, jwks_uri: `${issuer}/jwks` }
    const options = { requireDPoP: true, [oauth.allowInsecureRequests]: true }
    oauth.validateJwtAccessToken(as, received, resource.origin, options).then(
      (claims) => response.end(JSON.stringify(claims)),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  }
  try {
    await use({ issuer, api: resource.origin, counts })
  } finally {
    await Promise.all([server.close(), resource.close()])
  }
}

const asserting = 'asserting'

function configurationFor(audience: string): object {
  const { d: _, ...publicKey } = fixtureKeys.EdDSA
  const registration = {
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: the.scope,
    authorization_details_types: ['decision'],
    dpop_bound_access_tokens: true,
    id_token_signed_response_alg: 'ES256',
  }
  return {
    clients: [
      { ...registration, client_id: the.clientId, client_secret: the.clientSecret },
      {
        ...registration,
        client_id: asserting,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'EdDSA',
        jwks: { keys: [publicKey] },
      },
    ],
    scopes: the.scope.split(' '),
    jwks: { keys: [fixtureKeys.ES256] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      richAuthorizationRequests: {
        enabled: true,
        types: { decision: { validate: () => undefined } },
        authorizationDetailsForAccessToken: ({ oidc }: OidcContext) =>
          JSON.parse(oidc.params.authorization_details),
      },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        ...Object.fromEntries([
          [
            'getResourceServerInfo',
            () => ({
              scope: the.scope,
              audience,
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'ES256' } },
            }),
          ],
        ]),
      },
    },
  }
}

function clientOf({ issuer, api }: World, options: Partial<TokenClientOptions> = {}) {
  return createTokenClient({
    issuer,
    clientId: the.clientId,
    clientSecret: the.clientSecret,
    scope: the.scope,
    resource: api,
    senderBinding: dpop(),
    ...options,
  })
}

test('gets a bound token from oidc-provider and calls with it, nonces at both [C13]', async () => {
  const rows: readonly [key: object | undefined, algorithm: 'ES256' | 'EdDSA'][] = [
    [undefined, 'ES256'],
    [undefined, 'EdDSA'],
    [fixtureKeys.ES256, 'ES256'],
    [fixtureKeys.EdDSA, 'EdDSA'],
  ]
  for (const [key, algorithm] of rows) {
    await withWorld(async (world) => {
      const senderBinding = dpop(key === undefined ? { algorithm } : { key, algorithm })
      const client = clientOf(world, { senderBinding })
      const answer = await client.fetch(`${world.api}/decisions?page=1`)
      const body = await answer.text()
      assert.equal(answer.status, 200, body)
      const { cnf } = JSON.parse(body) as { cnf: { jkt: string } }
      if (key !== undefined) assert.equal(cnf.jkt, await calculateJwkThumbprint(key))
      assert.deepEqual(world.counts, { tokenRequests: 2, calls: 2 })
      assert.equal((await client.token()).tokenType, 'DPoP')
      const other = client.for({ scope: the.scope.split(' ')[0] as string })
      await other.token()
      assert.equal(world.counts.tokenRequests, 3)
      await client.dispose()
    })
  }
})

test('authenticates afresh when oidc-provider asks for a nonce [C11] [C13]', async () => {
  await withWorld(async ({ issuer, api, counts }) => {
    const client = createTokenClient({
      issuer,
      clientId: asserting,
      clientAuthentication: privateKeyJwt({ key: fixtureKeys.EdDSA }),
      scope: the.scope,
      resource: api,
      senderBinding: dpop(),
    })
    await client.token()
    assert.equal(counts.tokenRequests, 2)
    await client.dispose()
  })
})

test('gets what it asks for in authorization_details from oidc-provider [C13]', async () => {
  await withWorld(async (world) => {
    const authorizationDetails = [{ type: 'decision', actions: ['read'], amount: { max: 5 } }]
    const client = clientOf(world, { authorizationDetails })
    const answer = await client.fetch(world.api)
    const body = await answer.text()
    assert.deepEqual(JSON.parse(body).authorization_details, authorizationDetails, body)
    const other = client.for({ authorizationDetails: [{ type: 'unknown' }] })
    await assert.rejects(other.token(), { oauthError: 'invalid_authorization_details' })
    await client.dispose()
  })
})

test('is served by neither server without a proof [C13]', async () => {
  await withWorld(async (world) => {
    const bearer = createTokenClient({
      issuer: world.issuer,
      clientId: the.clientId,
      clientSecret: the.clientSecret,
      scope: the.scope,
      resource: world.api,
    })
    await assert.rejects(bearer.token(), { code: 'request_refused' })
    await bearer.dispose()
    const client = clientOf(world)
    const token = await client.token()
    const stolen = clientOf(world)
    const url = `${world.api}/decisions`
    // The right token with the proof of another key.
    const { headers } = await stolen.authorize({ url, isReplayable: true })
    const authorization = `DPoP ${token.reveal()}`
    const first = await fetch(url, { headers: { ...headers, authorization } })
    assert.equal(first.status, 401)
    const isReplayable = true
    const answer = {
      status: 401,
      wwwAuthenticate: first.headers.get('www-authenticate'),
      dpopNonce: first.headers.get('dpop-nonce'),
    }
    const sent = await stolen.authorize({ url, isReplayable })
    const next = await stolen.reauthorize({ url, isReplayable }, sent, answer)
    assert(next !== undefined)
    const second = await fetch(url, { headers: { ...next.headers, authorization } })
    assert.equal(second.status, 500)
    assert.match(await second.text(), /mismatch/)
    await Promise.all([client.dispose(), stolen.dispose()])
  })
})
