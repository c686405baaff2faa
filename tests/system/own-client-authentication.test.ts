/** Our client and our server: every authentication method, over real sockets, and over real TLS where it takes that. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  createTokenClient,
  privateKeyJwt,
  selfSignedTlsClientAuth,
  tlsClientAuth,
} from '@mintmark/client'
import { signatureAlgorithms } from '@mintmark/jwt'
import type { Transport } from '@mintmark/runtime'
import { fixtureKeys } from '@mintmark/testkit'
import { fetch as undiciFetch } from 'undici'
import {
  type AuthenticationWorld,
  authenticationWorld,
  certificateFor,
  clientId,
  type Method,
  presenting,
  resource,
} from './authentication-world.ts'

const methods: Record<Method, (world: AuthenticationWorld) => ClientAuthentication> = {
  client_secret_basic: ({ secret }) => clientSecretBasic(secret),
  client_secret_post: ({ secret }) => clientSecretPost(secret),
  client_secret_jwt: ({ secret }) => clientSecretJwt(secret),
  private_key_jwt: () => privateKeyJwt({ key: fixtureKeys.ES256 }),
  tls_client_auth: () => tlsClientAuth(),
  self_signed_tls_client_auth: () => selfSignedTlsClientAuth(),
}

for (const [method, authentication] of Object.entries(methods)) {
  test(`our client gets tokens from our server by ${method} [A6, C11, S6]`, async (t) => {
    const world = await authenticationWorld(t, method as Method)
    const dispatcher = method.includes('tls')
      ? presenting(t, certificateFor(method as Method))
      : undefined
    const transport = ((url: string, init: object) =>
      undiciFetch(url, { ...init, ...(dispatcher && { dispatcher }) })) as unknown as Transport
    const client = createTokenClient({
      ...{ issuer: world.issuer, clientId, scope: 'read', resource, transport },
      clientAuthentication: authentication(world),
    })
    t.after(() => client.dispose())
    const token = await client.token()
    assert.equal(token.scope, 'read')
    assert.ok(world.events.every(({ type }) => type !== 'request_refused'))
  })
}

for (const alg of signatureAlgorithms) {
  test(`our client signs with ${alg} what our server accepts [A6, C11]`, async (t) => {
    const world = await authenticationWorld(t, 'private_key_jwt')
    const client = createTokenClient({
      ...{ issuer: world.issuer, clientId, scope: 'read', resource },
      clientAuthentication: privateKeyJwt({ key: fixtureKeys[alg], algorithm: alg }),
    })
    t.after(() => client.dispose())
    assert.equal((await client.token()).scope, 'read')
  })
}
