/**
 * Every way to authenticate, driven by software that is not ours: `openid-client` and `oauth4webapi` make the
 * assertions, TLS of Node presents the certificates, and our server has to know the client.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SignatureAlgorithm, signatureAlgorithms } from '@mintmark/jwt'
import { fixtureKeys } from '@mintmark/testkit'
import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { type Dispatcher, fetch as undiciFetch } from 'undici'
import {
  type AuthenticationWorld,
  authenticationWorld,
  certificateFor,
  clientId,
  type Method,
  presenting,
  resource,
} from './authentication-world.ts'

async function privateKey(alg: SignatureAlgorithm): Promise<{ key: CryptoKey; kid: string }> {
  const { kid = '', ...jwk } = fixtureKeys[alg]
  const name = alg === 'EdDSA' ? 'Ed25519' : alg
  return { key: (await importJWK({ ...jwk, alg: name }, name)) as CryptoKey, kid }
}

/** The methods of a library, each as it wants to be configured. */
async function authenticationOf(
  library: typeof oauth | typeof oidc,
  method: Method,
  { secret }: AuthenticationWorld,
): Promise<oauth.ClientAuth> {
  switch (method) {
    case 'client_secret_basic':
      return library.ClientSecretBasic(secret)
    case 'client_secret_post':
      return library.ClientSecretPost(secret)
    case 'client_secret_jwt':
      return library.ClientSecretJwt(secret)
    case 'private_key_jwt':
      return library.PrivateKeyJwt(await privateKey('ES256'))
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return library.TlsClientAuth()
  }
}

const methods: readonly Method[] = [
  ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt'],
  ...['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
] as Method[]

function fetchOver(dispatcher: Dispatcher | undefined): typeof fetch {
  if (dispatcher === undefined) return fetch
  return ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as never
}

for (const method of methods) {
  test(`oauth4webapi gets a token by ${method}, as the metadata says it may [A6]`, async (t) => {
    const world = await authenticationWorld(t, method)
    const isTls = method.includes('tls')
    const dispatcher = isTls ? presenting(t, certificateFor(method)) : undefined
    const options = {
      [oauth.customFetch]: fetchOver(dispatcher) as never,
      [oauth.allowInsecureRequests]: !isTls,
    }
    const issuer = new URL(world.issuer)
    const discovery = await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' })
    const server = await oauth.processDiscoveryResponse(issuer, discovery)
    assert.ok(server.token_endpoint_auth_methods_supported?.includes(method))
    const authentication = await authenticationOf(oauth, method, world)
    const client = { client_id: clientId }
    const parameters = new URLSearchParams({ scope: 'read', resource })
    const response = await oauth.clientCredentialsGrantRequest(
      ...([server, client, authentication, parameters, options] as const),
    )
    const tokens = await oauth.processClientCredentialsResponse(server, client, response)
    assert.equal(tokens.scope, 'read')
  })

  test(`openid-client gets a token by ${method} [A6]`, async (t) => {
    const world = await authenticationWorld(t, method)
    const isTls = method.includes('tls')
    const dispatcher = isTls ? presenting(t, certificateFor(method)) : undefined
    const configuration = await oidc.discovery(
      new URL(world.issuer),
      clientId,
      undefined,
      await authenticationOf(oidc, method, world),
      {
        algorithm: 'oauth2',
        execute: isTls ? [] : [oidc.allowInsecureRequests],
        [oidc.customFetch]: fetchOver(dispatcher) as never,
      },
    )
    const tokens = await oidc.clientCredentialsGrant(configuration, { scope: 'read', resource })
    assert.equal(tokens.scope, 'read')
  })
}

for (const alg of signatureAlgorithms) {
  test(`an assertion that oauth4webapi signs with ${alg} is accepted [A6]`, async (t) => {
    const world = await authenticationWorld(t, 'private_key_jwt')
    const server = { issuer: world.issuer, token_endpoint: world.running.server.tokenEndpoint }
    const authentication = oauth.PrivateKeyJwt(await privateKey(alg))
    const options = { [oauth.allowInsecureRequests]: true }
    const response = await oauth.clientCredentialsGrantRequest(
      ...([
        server,
        { client_id: clientId },
        authentication,
        new URLSearchParams(),
        options,
      ] as const),
    )
    assert.equal(response.status, 200)
  })
}
