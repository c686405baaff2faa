/** Our client assertions against somebody else's authorization server, over real HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ClientAuthentication,
  clientSecretJwt,
  createTokenClient,
  privateKeyJwt,
  TokenAcquisitionError,
  type TokenClientOptions,
} from '@mintmark/client'
import { type PublicJwk, publicJwkOf, type SignatureAlgorithm } from '@mintmark/jwt'
import { systemClock } from '@mintmark/runtime'
import { attackerKeys, fixtureKeys, the } from '@mintmark/testkit'
import { outcomeOf } from '../client-world.ts'
import { providerClient, withProvider } from './oidc-provider-world.ts'

const algorithms = ['ES256', 'EdDSA', 'RS256', 'PS256'] as const
/** As long as the MAC, which oidc-provider asks for. */
const macSecret = 'w7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEaw7Qm2nZx5cV9bKf3LdR8sTyH1gJp6uEa'

function publicKey(algorithm: SignatureAlgorithm): { readonly keys: readonly PublicJwk[] } {
  return { keys: [publicJwkOf(fixtureKeys[algorithm])] }
}

const clients = [
  ...algorithms.map((algorithm) =>
    providerClient(`partner ${algorithm}`, 'private_key_jwt', { jwks: publicKey(algorithm) }),
  ),
  providerClient('partner HS256', 'client_secret_jwt', { client_secret: macSecret }),
]

async function tokenBy(
  issuer: string,
  clientId: string,
  clientAuthentication: ClientAuthentication,
  options: Partial<TokenClientOptions> = {},
) {
  const client = createTokenClient({
    ...{ issuer, clientId, clientAuthentication, scope: the.scope },
    ...options,
  })
  const outcome = await outcomeOf(client.token())
  const requests = client.explain().filter(({ event }) => event.type === 'token_requested').length
  client.forget()
  const again = await outcomeOf(client.token())
  await client.dispose()
  return { outcome, again, requests }
}

test('gets tokens from oidc-provider by assertions of every algorithm and audience [C11]', async () => {
  await withProvider({ clients }, async (issuer) => {
    for (const algorithm of algorithms) {
      for (const audience of ['issuer', 'token_endpoint'] as const) {
        const method = privateKeyJwt({ key: fixtureKeys[algorithm], algorithm, audience })
        const { outcome, again, requests } = await tokenBy(issuer, `partner ${algorithm}`, method)
        assert.equal(outcome.value?.scope, the.scope, `${algorithm} for ${audience}`)
        // A second assertion, which the provider would refuse if it were the same.
        assert.equal(again.value?.scope, the.scope, `${algorithm} for ${audience}`)
        assert.equal(requests, 1)
      }
    }
  })
})

test('gets tokens from oidc-provider by a MAC of the secret [C11]', async () => {
  await withProvider({ clients }, async (issuer) => {
    const { outcome, again } = await tokenBy(issuer, 'partner HS256', clientSecretJwt(macSecret))
    assert.equal(outcome.value?.scope, the.scope)
    assert.equal(again.value?.scope, the.scope)
  })
})

test('gets tokens from oidc-provider with a clock that is ten minutes wrong [C11]', async () => {
  await withProvider({ clients }, async (issuer) => {
    for (const aheadMs of [600_000, -600_000]) {
      const clock = { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs }
      const method = privateKeyJwt({ key: fixtureKeys.ES256 })
      const { outcome, again, requests } = await tokenBy(issuer, 'partner ES256', method, { clock })
      assert.equal(outcome.value?.scope, the.scope)
      assert.equal(again.value?.scope, the.scope)
      assert.equal(requests, 2)
    }
  })
})

test('understands that oidc-provider refuses the key of somebody else [C7] [C11]', async () => {
  await withProvider({ clients }, async (issuer) => {
    const { kid, ...key } = attackerKeys.ES256
    for (const keyId of [`${kid}`, `${fixtureKeys.ES256.kid}`]) {
      const method = privateKeyJwt({ key, keyId })
      const { outcome, again, requests } = await tokenBy(issuer, 'partner ES256', method)
      for (const { error } of [outcome, again]) {
        assert(error instanceof TokenAcquisitionError)
        assert.deepEqual([error.code, error.oauthError], ['client_refused', 'invalid_client'])
      }
      assert.equal(requests, 1)
    }
  })
})
