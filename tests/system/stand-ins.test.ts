/**
 * The client with a preset against a stand-in of each service, over real HTTP: a token, its use, its renewal, its
 * replacement after a 401, and every way to authenticate that the service documents.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PresetName, TokenAcquisitionError, type TokenClientOptions } from '@mintmark/client'
import {
  auth0StandIn,
  cognitoStandIn,
  credicorpStandIn,
  entraStandIn,
  FakeClock,
  firstyApi,
  firstyStandIn,
  jsonResponse,
  keycloakStandIn,
  myparcelApi,
  myparcelStandIn,
  oktaStandIn,
  type Responder,
  type StandIn,
  type StandInOptions,
} from '@mintmark/testkit'
import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { acquisitionError, bearerApi, eventually, serviceWorld } from './service-world.ts'

interface Service {
  readonly standIn: (options?: StandInOptions) => StandIn
  readonly api: (standIn: StandIn) => Responder
  /** What has to be asked for. */
  readonly request: Partial<TokenClientOptions>
  /** Where the keys of its tokens are, for those that publish them. */
  readonly jwksUri?: string
}

const services: Readonly<Record<PresetName, Service>> = {
  credicorp: {
    standIn: credicorpStandIn,
    api: bearerApi,
    request: { scope: 'decisions:read' },
    jwksUri: 'https://partners.credicorp.example/partner/v1/oauth/jwks',
  },
  myparcel: { standIn: myparcelStandIn, api: myparcelApi, request: {} },
  firsty: { standIn: firstyStandIn, api: firstyApi, request: {} },
  auth0: {
    standIn: auth0StandIn,
    api: bearerApi,
    request: { audience: 'https://orders.example/', scope: 'read:orders' },
    jwksUri: 'https://tenant.eu.auth0.com/.well-known/jwks.json',
  },
  okta: {
    standIn: oktaStandIn,
    api: bearerApi,
    request: { scope: 'orders.read' },
    jwksUri: 'https://dev-1234.okta.com/oauth2/default/v1/keys',
  },
  entra: {
    standIn: entraStandIn,
    api: bearerApi,
    request: { scope: 'api://orders/.default' },
    jwksUri:
      'https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/discovery/v2.0/keys',
  },
  keycloak: {
    standIn: keycloakStandIn,
    api: bearerApi,
    request: { scope: 'orders' },
    jwksUri: 'https://sso.example/realms/demo/protocol/openid-connect/certs',
  },
  cognito: {
    standIn: cognitoStandIn,
    api: bearerApi,
    request: { scope: 'orders/read' },
    jwksUri:
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E/.well-known/jwks.json',
  },
}

const entries = Object.entries(services) as [PresetName, Service][]

for (const [preset, { standIn: make, api, request, jwksUri }] of entries) {
  describe(preset, () => {
    test('gets one token for a hundred calls, good for its API and its keys [S7] [T1]', async (context) => {
      const standIn = make()
      const world = await serviceWorld(context, standIn, api(standIn))
      const client = world.connect({ preset, ...request })
      const calls = Array.from({ length: 100 }, () => client.fetch(`${world.api}/orders`))
      const statuses = (await Promise.all(calls)).map(({ status }) => status)
      assert.deepEqual(new Set(statuses), new Set([200]))
      assert.equal(standIn.tokenRequests.length, 1)
      if (jwksUri === undefined) return
      const keys = createRemoteJWKSet(new URL(jwksUri), { [customFetch]: world.transport })
      const { payload } = await jwtVerify((await client.token()).reveal(), keys)
      assert.equal(payload.iss, standIn.issuer)
    })

    test('replaces a refused token once for all, and retries each call once [S7] [T3]', async (context) => {
      const standIn = make()
      const world = await serviceWorld(context, standIn, api(standIn))
      const client = world.connect({ preset, ...request })
      await client.warm()
      standIn.revokeTokens()
      const calls = Array.from({ length: 20 }, (_, number) =>
        client.fetch(`${world.api}/orders`, {
          method: 'POST',
          headers: { 'idempotency-key': `${number}` },
          body: `order ${number}`,
        }),
      )
      const statuses = (await Promise.all(calls)).map(({ status }) => status)
      assert.deepEqual(new Set(statuses), new Set([200]))
      assert.equal(standIn.tokenRequests.length, 2)
      assert.ok(world.apiRequests.length <= 40)
    })

    test('renews in the background, and serves the old token through an outage [S7] [C3] [C7]', async (context) => {
      const clock = new FakeClock()
      const standIn = make({ clock })
      const world = await serviceWorld(context, standIn, api(standIn))
      const client = world.connect({ preset, ...request, clock })
      const first = await client.token()
      const lifetimeMs = first.expiresAt.getTime() - clock.wallMs()
      standIn.fail(() => new Response('<html>Bad Gateway</html>', { status: 502 }))
      await clock.advance(Math.max(0.86 * lifetimeMs, lifetimeMs - 299_000))
      assert.equal((await client.token()).fingerprint, first.fingerprint)
      await eventually(() => client.explain().some(isFailedRenewal), 'a renewal failed')
      assert.equal((await client.fetch(world.api)).status, 200)
      await clock.advance(Math.min(60_000, 0.03 * lifetimeMs))
      assert.equal((await client.token()).fingerprint, first.fingerprint)
      await eventually(() => standIn.tokenRequests.length === 3, 'a renewal succeeded')
      await eventually(
        () => client.currentToken()?.fingerprint !== first.fingerprint,
        'the new token is in use',
      )
    })

    test('asks once with a wrong secret, and at once with the right one [S7] [C7]', async (context) => {
      const standIn = make()
      const world = await serviceWorld(context, standIn, api(standIn))
      let clientSecret = 'not-the-secret'
      const client = world.connect({ preset, ...request, clientSecret: () => clientSecret })
      for (let call = 0; call < 20; call += 1) {
        const error = await client.token().catch(acquisitionError)
        assert.ok(error instanceof TokenAcquisitionError)
        assert.deepEqual([error.code, error.kind], ['client_refused', 'terminal'])
      }
      assert.equal(standIn.tokenRequests.length, 1)
      clientSecret = standIn.client.clientSecret
      await client.token()
      assert.equal(standIn.tokenRequests.length, 2)
    })

    test('waits as long as a 429 says [S7] [C7]', async (context) => {
      const standIn = make()
      const world = await serviceWorld(context, standIn, api(standIn))
      const client = world.connect({ preset, ...request, clock: new FakeClock() })
      standIn.fail(() => jsonResponse({}, { status: 429, headers: { 'retry-after': '7' } }))
      const error = await client.token({ deadlineMs: 1_000 }).catch(acquisitionError)
      assert.ok(error instanceof TokenAcquisitionError)
      assert.deepEqual([error.kind, error.retryAfterMs], ['throttled', 7_000])
      await client.token({ deadlineMs: 1_000 }).catch(acquisitionError)
      assert.equal(standIn.tokenRequests.length, 1)
    })

    test('gets in with the second of two secrets when the first is refused [S7] [C11]', async (context) => {
      const standIn = make()
      const world = await serviceWorld(context, standIn, api(standIn))
      const clientSecret = ['not-valid-yet', standIn.client.clientSecret]
      const client = world.connect({ preset, ...request, clientSecret })
      await client.token()
      assert.equal(standIn.tokenRequests.length, 2)
    })
  })
}

function isFailedRenewal({ event }: { readonly event: { readonly type: string } }): boolean {
  return event.type === 'token_request_failed'
}
