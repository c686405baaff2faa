/** Our client against somebody else's authorization server, over real HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  clientSecretBasic,
  clientSecretPost,
  createTokenClient,
  TokenAcquisitionError,
} from '@mintmark/client'
import { the } from '@mintmark/testkit'
import { outcomeOf } from '../client-world.ts'
import { providerClient, withProvider } from './oidc-provider-world.ts'

/** Needs every encoding there is, so that each side's must agree. */
const awkwardSecret = 'w7Qm2nZx5cV9b:Kf3 LdR8+sTy/H1g%Jp6&uEa='

const resource = 'https://api.example'

const provided = {
  clients: ['client_secret_basic', 'client_secret_post'].map((method) =>
    providerClient(`partner ${method}`, method, { client_secret: awkwardSecret }),
  ),
  scopes: ['decisions:write'],
  features: {
    resourceIndicators: {
      enabled: true,
      ...Object.fromEntries([['getResourceServerInfo', () => ({ scope: the.scope })]]),
    },
  },
}

test('finds oidc-provider by discovery and gets tokens with Basic and with the body [C11] [C12]', async () => {
  await withProvider(provided, async (issuer) => {
    const methods = [clientSecretBasic(awkwardSecret), clientSecretPost(awkwardSecret)]
    for (const clientAuthentication of methods) {
      const client = createTokenClient({
        issuer,
        clientId: `partner ${clientAuthentication.method}`,
        clientAuthentication,
        scope: the.scope,
      })
      const tokens = await Promise.all(Array.from({ length: 100 }, () => client.token()))
      const [token] = tokens
      assert.equal(new Set(tokens).size, 1)
      assert.equal(token?.scope, the.scope)
      assert.equal(token?.tokenType, 'Bearer')
      const { expiresAt } = token
      const [obtained] = client.explain().filter(({ event }) => event.type === 'token_obtained')
      assert(obtained?.event.type === 'token_obtained')
      assert.equal(obtained.event.lifetimeSeconds, 600)
      assert(Math.abs(expiresAt.getTime() - obtained.atWallMs - 600_000) < 5_000)
      await client.dispose()
    }
  })
})

test('gets one token per resource indicator from oidc-provider [C1] [C13]', async () => {
  await withProvider(provided, async (issuer) => {
    const client = createTokenClient({
      issuer,
      clientId: 'partner client_secret_basic',
      clientSecret: awkwardSecret,
    })
    const orders = client.for({ scope: 'decisions:read', resource })
    const [token, same] = await Promise.all([orders.token(), orders.for({}).token()])
    assert.equal(token, same)
    assert.equal(token?.scope, 'decisions:read')
    assert.notEqual((await client.token()).reveal(), token?.reveal())
    await client.dispose()
  })
})

test('understands the refusals of oidc-provider [C7]', async () => {
  await withProvider(provided, async (issuer) => {
    const clientId = 'partner client_secret_basic'
    const wrongSecret = createTokenClient({ issuer, clientId, clientSecret: 'not-the-secret' })
    const { error } = await outcomeOf(wrongSecret.token())
    assert(error instanceof TokenAcquisitionError)
    assert.deepEqual(
      [error.code, error.oauthError, error.httpStatus],
      ['client_refused', 'invalid_client', 401],
    )
    const client = createTokenClient({ issuer, clientId, clientSecret: awkwardSecret })
    const refused = await outcomeOf(client.for({ scope: 'decisions:write', resource }).token())
    assert(refused.error instanceof TokenAcquisitionError)
    assert.deepEqual(
      [refused.error.code, refused.error.oauthError],
      ['request_refused', 'invalid_scope'],
    )
    await client.token()
    await Promise.all([client.dispose(), wrongSecret.dispose()])
  })
})
